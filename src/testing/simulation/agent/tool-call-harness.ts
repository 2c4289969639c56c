import { type AnyActorLogic, type AnyActorRef, type AnyStateMachine, createActor } from 'xstate'
import { ITEMS, type PoolItems } from '../../../border/external-events/machines.ts'
import type { TurnCalls, CallsOptions, Ending } from '../../../compile/tool-calls.ts'
import { movePath } from '../../../errors.ts'
import type { AnyFn } from '../../../types.ts'
import type { FailpointControl } from '../failpoints.ts'
import { type Harness, type ObservedRun, simulatedMachine } from '../harness.ts'
import { simulatedActor } from '../simulated-actor.ts'
import type { SimulatedEvent } from '../simulated-event.ts'
import { SIBLING_CALL, TESTED_CALL, type ToolChart } from './tool-chart.ts'

/**
 * A tool call in the pool of its own agent, beside another call of the same tool. Events reach it through the root, and
 * CANCEL_CALL cancels it. Where it is queued, the other call is running.
 */
export function toolCallHarness(
  agent: AnyFn,
  tool: ToolChart,
  control: FailpointControl,
  start: SimulatedEvent | undefined,
): Harness {
  const { definition, pool, act } = tool
  const { name } = agent
  const at = (id: string) => `${act}[${id}].${definition.key}`
  const { queued = false, input } = (start?.type === 'start' ? start : {}) as Partial<
    Extract<SimulatedEvent, { type: 'start' }>
  >
  const ids = [SIBLING_CALL, TESTED_CALL]
  const calls: TurnCalls = { turn: 0, calls: ids.map((id) => ({ id, name: definition.key, input, text: '' })) }
  const endings = new Map<string, Ending>()
  const item = simulatedMachine(tool.machine, control)
  const create = (birth: object) => createActor(item, birth as never) as AnyActorRef
  const logic = pool.around({
    concurrency: queued ? 1 : 2,
    toolOf: () => ({ machine: item as unknown as AnyActorLogic, create: create as never }),
    outcome: (call, ending, of) => {
      endings.set(call.id, ending)
      if (call.id === SIBLING_CALL) return pool.options.unrun(call)
      return pool.options.outcome(call, ending, of)
    },
  } satisfies Partial<CallsOptions>)
  // The arguments of both calls are those of the path, whatever the model wrote.
  const poolLogic = {
    ...logic,
    getInitialSnapshot: (scope: never, call: object) =>
      logic.getInitialSnapshot(scope, { ...call, input: calls } as never),
  }
  const { machine } = agent as unknown as { machine: AnyStateMachine }
  const actors = Object.keys(machine.implementations.actors).filter((src) => !src.includes('#'))
  const others = Object.fromEntries(actors.map((src) => [src, src === act ? poolLogic : simulatedActor]))
  const running = (actor: AnyActorRef): PoolItems['running'] => {
    const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> }
    const ref = children[act] as (AnyActorRef & { logic: { [ITEMS]: (snapshot: unknown) => PoolItems } }) | undefined
    return ref ? ref.logic[ITEMS](ref.getSnapshot()).running : new Map<string, AnyActorRef>()
  }
  const own = (actor: AnyActorRef) => running(actor).get(TESTED_CALL)
  const addressed = (event: { type: string; path?: string }) =>
    event.path === undefined ? event : { ...event, path: movePath(event.path, definition.path, at(TESTED_CALL)) }
  return {
    machine: machine.provide({ actors: others } as never),
    inputOf: () => conversation(ids, definition.key),
    observe: (actor) => (own(actor)?.getSnapshot() as ObservedRun | undefined) ?? outcomeOf(actor, endings),
    actorOf: own,
    siblingState: (actor) =>
      JSON.stringify((running(actor).get(SIBLING_CALL)?.getSnapshot() as ObservedRun | undefined)?.value ?? null),
    actualName: (src) => src,
    actualPath: (path) => movePath(path, definition.path, at(TESTED_CALL)),
    actualEvent: (event) => addressed(event) as never,
    actualError: (error) => error,
    afterStart: (actor) => {
      // The other call must be approved before it runs.
      const sibling = running(actor).get(SIBLING_CALL)?.getSnapshot() as ObservedRun | undefined
      if (queued && sibling?.value === 'waitingForApproval')
        actor.send({ type: 'APPROVE', id: SIBLING_CALL, path: name })
    },
    cancel: (actor) => actor.send({ type: 'CANCEL_CALL', id: TESTED_CALL, path: name }),
    dequeue: (actor) => actor.send({ type: 'CANCEL_CALL', id: SIBLING_CALL, path: name }),
  }
}

/** The input of the agent: a conversation whose last message has the tool calls. */
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

/** How the call ended; REJECT with `end` ends the agent with it. */
function outcomeOf(actor: AnyActorRef, endings: ReadonlyMap<string, Ending>): ObservedRun {
  const ending = endings.get(TESTED_CALL)
  if (ending?.error !== undefined) return { status: 'error', value: 'failed', error: ending.error }
  if (ending) return { status: 'done', value: ending.state, output: ending.output }
  const { error } = actor.getSnapshot() as { error?: { code?: unknown } }
  return error?.code === 'rejected'
    ? { status: 'done', value: 'rejected', output: { end: true } }
    : { status: 'unknown' }
}
