import type { AnyActorRef, InspectionEvent } from 'xstate'
import { charts } from './chart.ts'
import type { Cleaner } from './clean.ts'
import { RunRecorder, type Write } from './record.ts'
import { rootActorOf } from '../../../border/actors.ts'

type Tapped = { recorder: RunRecorder | undefined }

/** One observer for any number of runs: every root actor has a journal of its own. */
export type Tap = {
  readonly inspect: (event: InspectionEvent) => void
  /** The live actor of that number in a run. */
  actor(run: string, actor: number): AnyActorRef | undefined
}

/** Whatever goes wrong here ends the journal of that run, never the run. */
export function createTap(clean: Cleaner, write: Write, nameRun: () => string, onError: (error: unknown) => void): Tap {
  const tools = { clean, read: charts(clean), write }
  const systems = new WeakMap<object, Tapped>()
  const recorders = new Map<string, WeakRef<RunRecorder>>()

  const begin = (event: InspectionEvent): Tapped | undefined => {
    // While an actor is being made there is nothing to tell of it yet.
    if (event.type === '@xstate.actor') return undefined
    const root = rootActorOf(event.actorRef as AnyActorRef)
    const { context } = ('snapshot' in event ? event.snapshot : {}) as { context?: { runId?: unknown } }
    const run = nameRun()
    const recorder = new RunRecorder(run, root, root === event.actorRef ? context?.runId : undefined, tools)
    const tapped = { recorder }
    systems.set(root.system, tapped)
    recorders.set(run, new WeakRef(recorder))
    return tapped
  }

  return {
    inspect: (event) => {
      let tapped: Tapped | undefined
      try {
        tapped = systems.get((event.actorRef as AnyActorRef).system) ?? begin(event)
        tapped?.recorder?.inspect(event)
      } catch (error) {
        if (tapped) tapped.recorder = undefined
        onError(error)
      }
    },
    actor: (run, actor) => recorders.get(run)?.deref()?.actor(actor),
  }
}
