import { type AnyActorRef, createActor, SimulatedClock } from 'xstate'
import type { AnyFn, PipelineError } from '../../types.ts'
import { type SimulatedEvent, isIdleTimer } from './simulated-event.ts'
import { createHarness, type TestTarget } from './create-harness.ts'
import { failpointControl } from './failpoints.ts'
import type { Harness, ObservedRun } from './harness.ts'
import { type SettleEvent, simulatedEmissions } from './simulated-actor.ts'
import { initialState, type SimulationState, timeAt } from './simulation-state.ts'
import { statesAlong } from './states-along.ts'
import type { TestModel } from './test-model.ts'
import { lenientStringify } from '../../analysis/stringify.ts'

/** The result of a real run along a path. */
export type PathRun = {
  /** The first difference from the chart. */
  readonly problem?: string
  /** The states, up to the first difference, in which the run was as the chart says. */
  readonly verified: readonly SimulationState[]
}

/**
 * Runs the pipeline along a path, with simulated leaves and a simulated clock, and compares each state with the chart. An
 * item runs in a real map beside another item, a tool call in its agent: events reach them through the root.
 */
export async function runPath(
  fn: AnyFn,
  model: TestModel,
  steps: readonly SimulatedEvent[],
  target: TestTarget = 'root',
): Promise<PathRun> {
  const control = failpointControl()
  const clock = new SimulatedClock()
  const [start] = steps
  const input = start?.type === 'start' ? start.input : undefined
  const harness = createHarness(fn, control, target, start)
  // The first states are entered when the actor is created.
  if (start?.type === 'start') control.active = start.failpoint && harness.actualName(start.failpoint)
  if (start?.type === 'start') control.needsApproval = start.needsApproval
  const actor = createActor(harness.machine, { clock, input: harness.inputOf(input) } as never)
  actor.subscribe({ error: () => {} })
  let rejections = 0
  actor.on('refused' as never, () => rejections++)

  const expected = statesAlong(model, steps)
  const verified: SimulationState[] = []
  try {
    for (const [index, step] of steps.entries()) {
      const state = expected[index]
      if (!state) break
      control.active = 'failpoint' in step && step.failpoint ? harness.actualName(step.failpoint) : undefined
      const time = timeAt(expected[index - 1] ?? initialState, step)
      // Also where no time passes: a timer of 0 ms fires only when the clock is set.
      if (time > clock.now() || step.type === 'after') clock.set(Math.max(time, clock.now()))
      await settled()
      const before = harness.siblingState(actor)
      rejections = 0
      const problem = perform(actor as never, harness, step)
      await settled()
      control.needsApproval = undefined
      if (step.type === 'start' && harness.afterStart) {
        harness.afterStart(actor as never)
        await settled()
      }
      if (problem) return { problem: `step ${index + 1}: ${problem}`, verified }
      const difference =
        differs(harness.observe(actor), state) ??
        (step.type === 'send'
          ? deliveryProblem(step, rejections, before !== harness.siblingState(actor) && !isForAll(step.event))
          : undefined)
      if (difference) return { problem: `step ${index + 1}: ${difference}`, verified }
      verified.push(state)
    }
    const problem = endDiffers(harness.observe(actor), expected.at(-1), harness)
    return { verified, ...(problem !== undefined && { problem }) }
  } finally {
    actor.stop()
  }
}

function perform(actor: AnyActorRef & { start(): void }, harness: Harness, step: SimulatedEvent): string | undefined {
  switch (step.type) {
    case 'start':
      actor.start()
      return
    case 'send':
      actor.send(harness.actualEvent(step.event))
      return
    case 'cancel':
      harness.cancel(actor)
      return
    case 'dequeue':
      harness.dequeue?.(actor)
      return
    case 'after':
      // Simulated leaves make no progress, so only the path ends idle timers; the clock ends all others.
      if (isIdleTimer(step.actor))
        return settle(actor, harness, step.actor, { type: 'tinyllm.simulated.done', output: undefined })
      return
    default: {
      if (step.type === 'error')
        return settle(actor, harness, step.actor, {
          type: 'tinyllm.simulated.error',
          error: harness.actualError(step.error),
        })
      for (const event of simulatedEmissions(step)) harness.actorOf(actor)?.send(event)
      return settle(actor, harness, step.actor, { type: 'tinyllm.simulated.done', output: step.value })
    }
  }
}

function settle(actor: AnyActorRef, harness: Harness, name: string, event: SettleEvent): string | undefined {
  const child = harness.observe(actor).children?.[harness.actualName(name)]
  if (!child) return `${name} does not run`
  child.send(event)
}

function differs({ value }: ObservedRun, { snapshot, timers, now }: SimulationState): string | undefined {
  // Timers that are due at the same time have all fired already.
  if ([...timers.values()].some((at) => at <= now)) return undefined
  const [got, wanted] = [lenientStringify(value), lenientStringify(snapshot?.value)]
  return got === wanted ? undefined : `the run is in the state ${got}; the chart says ${wanted}`
}

function endDiffers(
  { status, output, error }: ObservedRun,
  state: SimulationState | undefined,
  harness: Harness,
): string | undefined {
  const end = state?.end
  if (!end) return 'the chart does not end after the last step'
  if (end.state === 'complete') {
    if (status !== 'done') return `the status of the run is ${status}; the chart says it is complete`
    const [got, wanted] = [lenientStringify(output), lenientStringify(end.output)]
    return got === wanted ? undefined : `the output is ${got}; the chart says ${wanted}`
  }
  const { code, path } = (error ?? {}) as Partial<PipelineError>
  if (status === 'error' && code === end.code && path === harness.actualPath(end.path)) return undefined
  return `the status of the run is ${status} (${code ?? 'no error'} at ${path ?? 'no path'}); the chart says it failed at ${end.path} (${end.code})`
}

/** An event that ends an agent goes to all of its calls that wait for an approval. */
const isForAll = (event: object): boolean => 'end' in event && event.end === true

/** An event is accepted once, by the state that it is for, or rejected once. */
function deliveryProblem(
  { rejected = false }: { rejected?: boolean },
  rejections: number,
  isSiblingChanged: boolean,
): string | undefined {
  if (isSiblingChanged) return 'the event was also accepted by another item'
  if (rejections === Number(rejected)) return undefined
  return rejected
    ? `the event was rejected ${rejections} times instead of once`
    : 'the event was both accepted and rejected'
}

/** Actors end in microtasks; 16 rounds are enough for all that follows from one step. */
async function settled(): Promise<void> {
  for (let round = 0; round < 16; round++) await null
}
