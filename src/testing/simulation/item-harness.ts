import type { AnyActorLogic, AnyActorRef, AnyStateMachine } from 'xstate'
import { ITEMS, type PoolItems, outsideOf, POOL, type Pool } from '../../border/external-events/machines.ts'
import { isPipelineError, movePath, moveError } from '../../errors.ts'
import { map } from '../../nodes/map.ts'
import type { AnyFn } from '../../types.ts'
import type { FailpointControl } from './failpoints.ts'
import { cancelRun, type Harness, type ObservedRun, simulatedMachine } from './harness.ts'
import { pathOfActor } from './simulated-event.ts'

/** The index of the tested item. The item before it gets the same input and no event. */
const TESTED = 1

/** An item in a map of two. */
export function itemHarness(fn: AnyFn, control: FailpointControl): Harness {
  const pool = 'items'
  const outer = map({ name: pool, each: fn as never, mode: 'settled' }) as unknown as { machine: AnyStateMachine }
  const { actors } = outer.machine.implementations as unknown as { actors: Record<string, AnyActorLogic> }
  const { [POOL]: made } = actors[pool] as unknown as { [POOL]: Pool }
  const item = simulatedMachine(made.machine as AnyStateMachine, control)
  const machine = outer.machine.provide({ actors: { [pool]: made.around(item) } } as never)
  const { path: root, name } = outsideOf(item) as { path: string; name: string }
  const at = (index: number) => `${pool}[${index}]${name === '' ? '' : `.${name}`}`
  const itemsOf = (actor: AnyActorRef): PoolItems['running'] => {
    const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
    const ref = children[pool] as (AnyActorRef & { logic: { [ITEMS]: (snapshot: unknown) => PoolItems } }) | undefined
    return ref ? ref.logic[ITEMS](ref.getSnapshot()).running : new Map<number, AnyActorRef>()
  }
  return {
    machine,
    inputOf: (input) => [input, input],
    observe: (actor) =>
      (itemsOf(actor).get(TESTED)?.getSnapshot() as ObservedRun | undefined) ?? outcomeOf(actor, pool),
    actorOf: (actor) => itemsOf(actor).get(TESTED),
    siblingState: (actor) =>
      JSON.stringify((itemsOf(actor).get(0)?.getSnapshot() as ObservedRun | undefined)?.value ?? null),
    actualName: (actor) => {
      const path = pathOfActor(actor)
      return movePath(path, fn.name, root) + actor.slice(path.length)
    },
    actualPath: (path) => movePath(path, fn.name, at(TESTED)),
    actualError: (error) => (isPipelineError(error) ? (moveError(error, fn.name, root) as Error) : error),
    cancel: (actor) => cancelRun(itemsOf(actor).get(TESTED)),
    actualEvent: (event) => {
      const { path } = event as { path?: string }
      return path === undefined ? event : { ...event, path: movePath(path, fn.name, at(TESTED)) }
    },
  }
}

/** How the item ended; the map itself is active until all items have. */
function outcomeOf(actor: AnyActorRef, pool: string): ObservedRun {
  const { children, output } = actor.getSnapshot() as {
    children: Record<string, AnyActorRef | undefined>
    output?: readonly Settled[]
  }
  const { work } = Object(children[pool]?.getSnapshot()) as { work?: { outcomes: readonly (Settled | undefined)[] } }
  const outcome = work?.outcomes[TESTED] ?? output?.[TESTED]
  if (!outcome) return { status: 'unknown' }
  if (outcome.error) return { status: 'error', value: 'failed', error: outcome.error }
  return { status: 'done', value: 'complete', output: outcome.output }
}
type Settled = { output?: unknown; error?: unknown }
