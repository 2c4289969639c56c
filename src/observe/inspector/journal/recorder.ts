import type { AnyActorRef, InspectionEvent } from 'xstate'
import { createChartReader } from './machine-chart.ts'
import type { Redactor } from './redact.ts'
import { RunRecorder, type WriteLine } from './run-recorder.ts'
import { rootActorOf } from '../../../border/actors.ts'

type SystemRecorder = { recorder: RunRecorder | undefined }

/** One observer for any number of runs: every root actor has a journal of its own. */
export type Recorder = {
  readonly inspect: (event: InspectionEvent) => void
  /** The live actor of that number in a run. */
  actor(run: string, actor: number): AnyActorRef | undefined
}

/** An error here ends the journal of that run, not the run. */
export function createRecorder(
  clean: Redactor,
  write: WriteLine,
  nameRun: () => string,
  onError: (error: unknown) => void,
): Recorder {
  const tools = { clean, read: createChartReader(clean), write }
  const systems = new WeakMap<object, SystemRecorder>()
  const recorders = new Map<string, WeakRef<RunRecorder>>()

  const begin = (event: InspectionEvent): SystemRecorder | undefined => {
    // An actor that is being created has no snapshot yet.
    if (event.type === '@xstate.actor') return undefined
    const root = rootActorOf(event.actorRef as AnyActorRef)
    const { context } = ('snapshot' in event ? event.snapshot : {}) as { context?: { runId?: unknown } }
    const run = nameRun()
    const recorder = new RunRecorder(run, root, root === event.actorRef ? context?.runId : undefined, tools)
    const recording = { recorder }
    systems.set(root.system, recording)
    recorders.set(run, new WeakRef(recorder))
    return recording
  }

  return {
    inspect: (event) => {
      let recording: SystemRecorder | undefined
      try {
        recording = systems.get((event.actorRef as AnyActorRef).system) ?? begin(event)
        recording?.recorder?.inspect(event)
      } catch (error) {
        if (recording) recording.recorder = undefined
        onError(error)
      }
    },
    actor: (run, actor) => recorders.get(run)?.deref()?.actor(actor),
  }
}
