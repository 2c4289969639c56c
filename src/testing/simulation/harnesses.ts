import type { AnyActorLogic, AnyActorRef, AnyStateMachine } from 'xstate'
import { ITEMS, type PoolItems, outsideOf, POOL, type Pool } from '../../border/external-events/machines.ts'
import { isPipelineError, movePath, moveError } from '../../errors.ts'
import { map } from '../../nodes/map.ts'
import type { AnyFn } from '../../types.ts'
import { callHost } from './agent/tool-call-harness.ts'
import type { ToolChart } from './agent/tool-chart.ts'
import type { Real } from './run-path.ts'
import type { Happening } from './simulated-event.ts'
import { type Host, simulation } from './harness.ts'
import type { Control } from './failpoints.ts'

/** What a chart is of: a whole pipeline, what a map runs for an item, or the calls of a tool. */
export type Stands = 'whole' | 'item' | ToolChart

export function hostOf(fn: AnyFn, rig: Control, stands: Stands, start: Happening | undefined): Host {
  if (stands === 'whole') return rootHost((fn as unknown as { machine: AnyStateMachine }).machine, rig)
  return stands === 'item' ? itemHost(fn, rig) : callHost(fn, stands, rig, start)
}

const cancelled = (ref: AnyActorRef | undefined) => ref?.send({ type: 'tinyllm.cancel' })

const rootHost = (machine: AnyStateMachine, rig: Control): Host => ({
  machine: simulation(machine, rig),
  inputOf: (input) => input,
  runOf: (actor) => actor.getSnapshot() as Real,
  refOf: (actor) => actor,
  othersOf: () => '',
  here: (name) => name,
  told: (path) => path,
  sent: (event) => event,
  error: (error) => error,
  cancel: cancelled,
})

/** The item that the path is of; the one before it gets the same input, and nothing happens to it. */
const PLACE = 1

function itemHost(fn: AnyFn, rig: Control): Host {
  const pool = 'items'
  const around = map({ name: pool, each: fn as never, mode: 'settled' }) as unknown as { machine: AnyStateMachine }
  const { actors } = around.machine.implementations as unknown as { actors: Record<string, AnyActorLogic> }
  const { [POOL]: made } = actors[pool] as unknown as { [POOL]: Pool }
  const item = simulation(made.machine as AnyStateMachine, rig)
  const machine = around.machine.provide({ actors: { [pool]: made.around(item) } } as never)
  const { path: root, name } = outsideOf(item) as { path: string; name: string }
  const at = (place: number) => `${pool}[${place}]${name === '' ? '' : `.${name}`}`
  const itemsOf = (actor: AnyActorRef): PoolItems['running'] => {
    const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
    const ref = children[pool] as (AnyActorRef & { logic: { [ITEMS]: (snapshot: unknown) => PoolItems } }) | undefined
    return ref ? ref.logic[ITEMS](ref.getSnapshot()).running : new Map<number, AnyActorRef>()
  }
  return {
    machine,
    inputOf: (input) => [input, input],
    runOf: (actor) => (itemsOf(actor).get(PLACE)?.getSnapshot() as Real | undefined) ?? outcomeOf(actor, pool),
    refOf: (actor) => itemsOf(actor).get(PLACE),
    othersOf: (actor) => JSON.stringify((itemsOf(actor).get(0)?.getSnapshot() as Real | undefined)?.value ?? null),
    here: (path) =>
      movePath(path.split('#')[0] as string, fn.name, root) + path.slice((path.split('#')[0] as string).length),
    told: (path) => movePath(path, fn.name, at(PLACE)),
    error: (error) => (isPipelineError(error) ? (moveError(error, fn.name, root) as Error) : error),
    cancel: (actor) => cancelled(itemsOf(actor).get(PLACE)),
    sent: (event) => {
      const { path } = event as { path?: string }
      return path === undefined ? event : { ...event, path: movePath(path, fn.name, at(PLACE)) }
    },
  }
}

/** How an item has ended; the map that it was in goes on until all have. */
function outcomeOf(actor: AnyActorRef, pool: string): Real {
  const { children, output } = actor.getSnapshot() as {
    children: Record<string, AnyActorRef | undefined>
    output?: readonly Settled[]
  }
  const { work } = Object(children[pool]?.getSnapshot()) as { work?: { outcomes: readonly (Settled | undefined)[] } }
  const outcome = work?.outcomes[PLACE] ?? output?.[PLACE]
  if (!outcome) return { status: 'unknown' }
  if (outcome.error) return { status: 'error', value: 'failed', error: outcome.error }
  return { status: 'done', value: 'complete', output: outcome.output }
}
type Settled = { output?: unknown; error?: unknown }
