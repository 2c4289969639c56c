import type { AnyActorRef } from 'xstate'
import { freshSnapshot, SnapshotMismatch } from '../border/restore.ts'
import { withUsage, PipelineError, toErrorData } from '../errors.ts'
import type { Frame } from '../types.ts'
import type { Config } from './chart.ts'
import type { PlainSnapshot } from './restore.ts'

/** The run that a snapshot becomes which does not fit its chart: it has failed with `snapshot_mismatch`, and says why. */
export function refused(
  id: string,
  { context: contextOf, meta }: Config,
  thrown: unknown,
  self: AnyActorRef,
): PlainSnapshot {
  const root = (meta as { path?: string } | undefined)?.path ?? id
  const mismatch = SnapshotMismatch.of(thrown, id)
  const { problem } = mismatch
  const [path] = mismatch.path.split('#') as [string] // An actor `it.work#timeout` is a part of `it.work`.
  const message = problem.startsWith('The snapshot')
    ? problem
    : `The snapshot does not fit ${id}. ${path}: ${problem}. Restore it as it was saved, or start a new run.`
  const context = contextOf({ self, input: undefined })
  const mismatched = new PipelineError({ code: 'snapshot_mismatch', path, state: 'starting', message })
  const error = withUsage(toErrorData(mismatched), context.usage)
  const frame: Frame = { path: root, attempt: 1, input: undefined, error }
  const actor = `${root}#failed`
  return {
    status: 'active',
    value: 'failed',
    historyValue: {},
    context: { ...context, slots: [[frame]] },
    children: { [actor]: { src: actor, snapshot: freshSnapshot(error) } },
  } as unknown as PlainSnapshot
}

/** Throws where a snapshot is not one of this version of the chart. */
export function checkVersion(id: string, config: Config, { version }: { version?: unknown }): void {
  if (version === config.version) return
  const why =
    version === undefined
      ? 'it does not come from getPersistedSnapshot(). Save that, not getSnapshot().'
      : 'its states have changed. Finish the run on the old version, or start a new run.'
  const versions = `of version ${String(version)} and ${id} is of version ${config.version}`
  throw new SnapshotMismatch(id, `The snapshot is ${versions}: ${why}`)
}
