import { type AnyActorRef, type AnyStateMachine, createActor, SimulatedClock } from 'xstate'
import type { AnyFn, PipelineError } from '../types.ts'
import { type Happening, isSilence } from './events.ts'
import { type ChartModel, type Moment, timeOf, beginning } from './model.ts'
import { momentsOf } from './paths.ts'
import { control, emissions, rigged, type Settle, simulated } from './simulate.ts'
import { textOf } from './text.ts'

/** How a real run along a path went. */
export type Driven = {
  /** What differed from the chart, if anything did. */
  readonly problem?: string
  /** The moments by which the run and the chart agreed. */
  readonly agreed: readonly Moment[]
}

/** Runs the pipeline itself along a path: its leaves are simulated, its timers run on a clock that the path sets. */
export async function drive(fn: AnyFn, model: ChartModel, steps: readonly Happening[]): Promise<Driven> {
  const { machine } = fn as unknown as { machine: AnyStateMachine }
  const rig = control()
  const { actors } = machine.implementations as unknown as { actors: Record<string, unknown> }
  const leaves = Object.keys(actors).filter((name) => !/#(timeout|retry|failed)$/.test(name))
  const clock = new SimulatedClock()
  const provided = machine.provide({
    actors: Object.fromEntries(leaves.map((name) => [name, simulated])),
    actions: rigged(machine, model.spots, rig),
  } as never)
  const [start] = steps
  // The first states are entered as the actor is made.
  if (start?.type === 'start') rig.breaks = start.breaks
  const actor = createActor(provided, { clock, input: start?.type === 'start' ? start.input : undefined } as never)
  actor.subscribe({ error: () => {} })

  const expected = momentsOf(model, steps)
  const agreed: Moment[] = []
  try {
    for (const [index, step] of steps.entries()) {
      const moment = expected[index]
      if (!moment) break
      rig.breaks = 'breaks' in step ? step.breaks : undefined
      const time = timeOf(expected[index - 1] ?? beginning, step)
      // Also where no time passes: a wait of 0 ms is over only when the clock is asked.
      if (time > clock.now() || step.type === 'time') clock.set(Math.max(time, clock.now()))
      await settled()
      const problem = perform(actor as never, step)
      await settled()
      if (problem) return { problem: `step ${index + 1}: ${problem}`, agreed }
      const difference = differs(actor.getSnapshot() as never, moment)
      if (difference) return { problem: `step ${index + 1}: ${difference}`, agreed }
      agreed.push(moment)
    }
    const problem = endDiffers(actor.getSnapshot() as never, expected.at(-1))
    return { agreed, ...(problem !== undefined && { problem }) }
  } finally {
    actor.stop()
  }
}

type Real = { status: string; value: unknown; output?: unknown; error?: unknown; children: Record<string, AnyActorRef> }

function perform(actor: AnyActorRef & { start(): void }, step: Happening): string | undefined {
  switch (step.type) {
    case 'start':
      actor.start()
      return
    case 'send':
      actor.send(step.event)
      return
    case 'cancel':
      actor.send({ type: 'tinyllm.cancel' })
      return
    case 'time':
      // Who is silent, and how long, the path says; all other timers run by the clock.
      if (isSilence(step.actor)) return settle(actor, step.actor, { type: 'tinyllm.simulated.done', output: undefined })
      return
    default: {
      if (step.type === 'fails')
        return settle(actor, step.actor, { type: 'tinyllm.simulated.error', error: step.error })
      for (const event of emissions(step)) actor.send(event)
      return settle(actor, step.actor, { type: 'tinyllm.simulated.done', output: step.value })
    }
  }
}

function settle(actor: AnyActorRef, name: string, event: Settle): string | undefined {
  const child = (actor.getSnapshot() as Real).children[name]
  if (!child) return `${name} does not run`
  child.send(event)
}

function differs({ value }: Real, { snapshot, timers, now }: Moment): string | undefined {
  // Timers that are due at the same time have all run out already.
  if ([...timers.values()].some((at) => at <= now)) return undefined
  const [got, wanted] = [textOf(value), textOf(snapshot?.value)]
  return got === wanted ? undefined : `the run is in ${got}, and the chart says ${wanted}`
}

function endDiffers({ status, output, error }: Real, moment: Moment | undefined): string | undefined {
  const end = moment?.end
  if (!end) return 'the chart does not end here'
  if (end.state === 'complete') {
    if (status !== 'done') return `the run is ${status}, and the chart is complete`
    const [got, wanted] = [textOf(output), textOf(end.output)]
    return got === wanted ? undefined : `the output is ${got}, and by the chart it is ${wanted}`
  }
  const { code, path } = (error ?? {}) as Partial<PipelineError>
  if (status === 'error' && code === end.code && path === end.path) return undefined
  return `the run is ${status} (${code ?? 'no error'} at ${path ?? 'nowhere'}), and by the chart it failed at ${end.path} (${end.code})`
}

/** Actors end in microtasks; a few rounds of them are enough for all that follows from one step. */
async function settled(): Promise<void> {
  for (let round = 0; round < 16; round++) await null
}
