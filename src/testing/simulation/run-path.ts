import { type AnyActorRef, createActor, SimulatedClock } from 'xstate'
import type { AnyFn, PipelineError } from '../../types.ts'
import { type Happening, isSilence } from './simulated-event.ts'
import type { Host } from './harness.ts'
import { hostOf, type Stands } from './harnesses.ts'
import { type ChartModel, type Moment, timeOf, beginning } from './test-model.ts'
import { momentsOf } from '../graph/paths.ts'
import { control, emissions, type Settle } from './failpoints.ts'
import { textOf } from '../../analysis/stringify.ts'

/** How a real run along a path went. */
export type Driven = {
  /** What differed from the chart, if anything did. */
  readonly problem?: string
  /** The moments by which the run and the chart agreed. */
  readonly agreed: readonly Moment[]
}

/**
 * Runs the pipeline itself along a path: its leaves are simulated, its timers run on a clock that the path sets. An item
 * runs in a real map, beside another item, and a call of a tool in its agent: events come to them as they do in a run,
 * through the root.
 */
export async function drive(
  fn: AnyFn,
  model: ChartModel,
  steps: readonly Happening[],
  stands: Stands = 'whole',
): Promise<Driven> {
  const rig = control()
  const clock = new SimulatedClock()
  const [start] = steps
  const input = start?.type === 'start' ? start.input : undefined
  const host = hostOf(fn, rig, stands, start)
  // The first states are entered as the actor is made, or as the items are.
  if (start?.type === 'start') rig.breaks = start.breaks && host.here(start.breaks)
  if (start?.type === 'start') rig.asks = start.asks
  const actor = createActor(host.machine, { clock, input: host.inputOf(input) } as never)
  actor.subscribe({ error: () => {} })
  let refusals = 0
  actor.on('refused' as never, () => refusals++)

  const expected = momentsOf(model, steps)
  const agreed: Moment[] = []
  try {
    for (const [index, step] of steps.entries()) {
      const moment = expected[index]
      if (!moment) break
      rig.breaks = 'breaks' in step && step.breaks ? host.here(step.breaks) : undefined
      const time = timeOf(expected[index - 1] ?? beginning, step)
      // Also where no time passes: a wait of 0 ms is over only when the clock is asked.
      if (time > clock.now() || step.type === 'time') clock.set(Math.max(time, clock.now()))
      await settled()
      const before = host.othersOf(actor)
      refusals = 0
      const problem = perform(actor as never, host, step)
      await settled()
      rig.asks = undefined
      if (step.type === 'start' && host.begun) {
        host.begun(actor as never)
        await settled()
      }
      if (problem) return { problem: `step ${index + 1}: ${problem}`, agreed }
      const difference =
        differs(host.runOf(actor), moment) ??
        (step.type === 'send'
          ? wronglySent(step, refusals, before !== host.othersOf(actor) && !isForAll(step.event))
          : undefined)
      if (difference) return { problem: `step ${index + 1}: ${difference}`, agreed }
      agreed.push(moment)
    }
    const problem = endDiffers(host.runOf(actor), expected.at(-1), host)
    return { agreed, ...(problem !== undefined && { problem }) }
  } finally {
    actor.stop()
  }
}

/** A run as a path speaks of it. */
export type Real = {
  readonly status: string
  readonly value?: unknown
  readonly output?: unknown
  readonly error?: unknown
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>
}

function perform(actor: AnyActorRef & { start(): void }, host: Host, step: Happening): string | undefined {
  switch (step.type) {
    case 'start':
      actor.start()
      return
    case 'send':
      actor.send(host.sent(step.event))
      return
    case 'cancel':
      host.cancel(actor)
      return
    case 'turn':
      host.turn?.(actor)
      return
    case 'time':
      // Who is silent, and how long, the path says; all other timers run by the clock.
      if (isSilence(step.actor))
        return settle(actor, host, step.actor, { type: 'tinyllm.simulated.done', output: undefined })
      return
    default: {
      if (step.type === 'fails')
        return settle(actor, host, step.actor, { type: 'tinyllm.simulated.error', error: host.error(step.error) })
      for (const event of emissions(step)) host.refOf(actor)?.send(event)
      return settle(actor, host, step.actor, { type: 'tinyllm.simulated.done', output: step.value })
    }
  }
}

function settle(actor: AnyActorRef, host: Host, name: string, event: Settle): string | undefined {
  const child = host.runOf(actor).children?.[host.here(name)]
  if (!child) return `${name} does not run`
  child.send(event)
}

function differs({ value }: Real, { snapshot, timers, now }: Moment): string | undefined {
  // Timers that are due at the same time have all run out already.
  if ([...timers.values()].some((at) => at <= now)) return undefined
  const [got, wanted] = [textOf(value), textOf(snapshot?.value)]
  return got === wanted ? undefined : `the run is in ${got}, and the chart says ${wanted}`
}

function endDiffers({ status, output, error }: Real, moment: Moment | undefined, host: Host): string | undefined {
  const end = moment?.end
  if (!end) return 'the chart does not end here'
  if (end.state === 'complete') {
    if (status !== 'done') return `the run is ${status}, and the chart is complete`
    const [got, wanted] = [textOf(output), textOf(end.output)]
    return got === wanted ? undefined : `the output is ${got}, and by the chart it is ${wanted}`
  }
  const { code, path } = (error ?? {}) as Partial<PipelineError>
  if (status === 'error' && code === end.code && path === host.told(end.path)) return undefined
  return `the run is ${status} (${code ?? 'no error'} at ${path ?? 'nowhere'}), and by the chart it failed at ${end.path} (${end.code})`
}

/** A word that ends an agent is told to all of its calls that ask. */
const isForAll = (event: object): boolean => 'end' in event && event.end === true

/** An event is taken once, by the state that it is for, or refused once. */
function wronglySent(
  { refused = false }: { refused?: boolean },
  refusals: number,
  isElsewhere: boolean,
): string | undefined {
  if (isElsewhere) return 'another item took the event as well'
  if (refusals === Number(refused)) return undefined
  return refused
    ? `the event was rejected ${refusals} times, and not once`
    : 'the event was taken, and rejected as well'
}

/** Actors end in microtasks; a few rounds of them are enough for all that follows from one step. */
async function settled(): Promise<void> {
  for (let round = 0; round < 16; round++) await null
}
