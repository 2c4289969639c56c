import { type AnyActorLogic, type AnyActorRef, type AnyStateMachine, createActor } from 'xstate'
import { ITEMS, type PoolItems } from '../../../border/external-events/machines.ts'
import type { TurnCalls, CallsOptions, Ending } from '../../../compile/tool-calls.ts'
import { movePath } from '../../../errors.ts'
import type { AnyFn } from '../../../types.ts'
import type { Real } from '../run-path.ts'
import type { Happening } from '../simulated-event.ts'
import { type Host, simulation } from '../harness.ts'
import { type Control, simulated } from '../failpoints.ts'
import { BESIDE, CALL, type ToolChart } from './tool-chart.ts'

/**
 * A call of a tool in its own agent, in the pool in which its calls are made, beside another call of it. Events come to it
 * by the root, and it is cancelled as a person does. Where it waits for its turn, the other one is at work.
 */
export function callHost(agent: AnyFn, tool: ToolChart, rig: Control, start: Happening | undefined): Host {
  const { part, pool, act } = tool
  const { name } = agent
  const at = (id: string) => `${act}[${id}].${part.key}`
  const { queues = false, input } = (start?.type === 'start' ? start : {}) as Partial<
    Extract<Happening, { type: 'start' }>
  >
  const ids = [BESIDE, CALL]
  const calls: TurnCalls = { turn: 0, calls: ids.map((id) => ({ id, name: part.key, input, text: '' })) }
  const endings = new Map<string, Ending>()
  const item = simulation(tool.machine, rig)
  const create = (birth: object) => createActor(item, birth as never) as AnyActorRef
  const logic = pool.around({
    concurrency: queues ? 1 : 2,
    toolOf: () => ({ machine: item as unknown as AnyActorLogic, create: create as never }),
    outcome: (call, ending, of) => {
      endings.set(call.id, ending)
      if (call.id === BESIDE) return pool.options.unrun(call)
      return pool.options.outcome(call, ending, of)
    },
  } satisfies Partial<CallsOptions>)
  // What the model wrote is of no matter: the arguments of both calls are those of the path.
  const given = {
    ...logic,
    getInitialSnapshot: (scope: never, call: object) =>
      logic.getInitialSnapshot(scope, { ...call, input: calls } as never),
  }
  const { machine } = agent as unknown as { machine: AnyStateMachine }
  const actors = Object.keys(machine.implementations.actors).filter((src) => !src.includes('#'))
  const others = Object.fromEntries(actors.map((src) => [src, src === act ? given : simulated]))
  const running = (actor: AnyActorRef): PoolItems['running'] => {
    const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
    const ref = children[act] as (AnyActorRef & { logic: { [ITEMS]: (snapshot: unknown) => PoolItems } }) | undefined
    return ref ? ref.logic[ITEMS](ref.getSnapshot()).running : new Map<string, AnyActorRef>()
  }
  const own = (actor: AnyActorRef) => running(actor).get(CALL)
  const asked = (event: { type: string; path?: string }) =>
    event.path === undefined ? event : { ...event, path: movePath(event.path, part.path, at(CALL)) }
  return {
    machine: machine.provide({ actors: others } as never),
    inputOf: () => conversation(ids, part.key),
    runOf: (actor) => (own(actor)?.getSnapshot() as Real | undefined) ?? outcomeOf(actor, endings),
    refOf: own,
    othersOf: (actor) => JSON.stringify((running(actor).get(BESIDE)?.getSnapshot() as Real | undefined)?.value ?? null),
    here: (src) => src,
    told: (path) => movePath(path, part.path, at(CALL)),
    sent: (event) => asked(event) as never,
    error: (error) => error,
    begun: (actor) => {
      // The other one must have a person's leave to be at work.
      const beside = running(actor).get(BESIDE)?.getSnapshot() as Real | undefined
      if (queues && beside?.value === 'waitingForApproval') actor.send({ type: 'APPROVE', id: BESIDE, path: name })
    },
    cancel: (actor) => actor.send({ type: 'CANCEL_CALL', id: CALL, path: name }),
    turn: (actor) => actor.send({ type: 'CANCEL_CALL', id: BESIDE, path: name }),
  }
}

/** What the agent is given: calls that are its own to make. */
const conversation = (ids: readonly string[], name: string) => ({
  messages: [
    { role: 'user', content: 'text' },
    {
      role: 'assistant',
      content: null,
      tool_calls: ids.map((id) => ({ id, type: 'function', function: { name, arguments: '{}' } })),
    },
  ],
  resume: true,
})

/** How the call has ended; a word that ends the agent ends it with that. */
function outcomeOf(actor: AnyActorRef, endings: ReadonlyMap<string, Ending>): Real {
  const ending = endings.get(CALL)
  if (ending?.error !== undefined) return { status: 'error', value: 'failed', error: ending.error }
  if (ending) return { status: 'done', value: ending.state, output: ending.output }
  const { error } = actor.getSnapshot() as { error?: { code?: unknown } }
  return error?.code === 'rejected'
    ? { status: 'done', value: 'rejected', output: { end: true } }
    : { status: 'unknown' }
}
