import type { AnyActorRef, Snapshot } from 'xstate'
import { isRecord, SnapshotMismatch, RESUME, type Resumable } from '../border/restore.ts'
import { isDeepEqual } from '../border/shape.ts'
import { NotSerializable } from '../border/not-serializable.ts'
import type { Frame, PipelineContext } from '../types.ts'
import type { Call } from './call.ts'
import { byKeyIn, callPath, callRunId, type Calls, type CallsOptions, type CallsWork, type OneCall } from './calling.ts'
import { callKey } from './names.ts'
import { pathOf } from './pool-saving.ts'

/** What a pool of calls saves: what those came to that have ended, by their ids, and the runs of the others. */
export type SavedCalls = {
  readonly outcomes: Readonly<Record<string, unknown>>
  readonly items: Readonly<Record<string, Snapshot<unknown>>>
  /** What is beside the id of a call in the paths of the run: the name of its tool. */
  readonly names?: Readonly<Record<string, string>>
  /** The ids of those that had not begun: an observer may save in the midst of a step. */
  readonly left?: readonly string[]
  /** None had begun. */
  readonly isNew?: boolean
}
type Options = CallsOptions & { path: string }

export function callsToSave(
  { path, toSave }: Options,
  { call, outcomes, byKey, running, isTold }: CallsWork,
): SavedCalls {
  const { calls } = call.input as Calls
  const callOf = (id: string) => byKey.get(callKey(id)) as OneCall
  const left = calls.flatMap(({ id }) => (outcomes.has(id) || running.has(callKey(id)) ? [] : [id]))
  const items = [...running].map(([key, ref]) => {
    const from = pathOf((ref as unknown as { logic: never }).logic)
    const to = callPath(path, byKey.get(key) as OneCall)
    return [key, NotSerializable.relocate(from, to, () => ref.getPersistedSnapshot())] as const
  })
  return {
    outcomes: Object.fromEntries([...outcomes].map(([id, outcome]) => [id, toSave(outcome, callOf(id))])),
    items: Object.fromEntries(items),
    ...(items.length > 0 && {
      names: Object.fromEntries(items.map(([key]) => [key, callKey((byKey.get(key) as OneCall).name)])),
    }),
    ...(left.length > 0 && { left, isNew: !isTold }),
  }
}

/**
 * What a saved pool is restored from, held against the calls of the turn; throws a `Mismatch`. A tool that is there no
 * more is no reason for one: the model is told.
 */
export function resumedCalls(
  options: Options,
  saved: unknown,
  call: Call,
  self: AnyActorRef,
): SavedCalls & { call: Call } {
  const { path } = options
  // A database may have dropped what is empty.
  const { outcomes = {}, items = {}, left = [], isNew = false } = saved as Partial<SavedCalls>
  if (!isRecord(outcomes) || !isRecord(items) || !Array.isArray(left))
    throw new SnapshotMismatch(path, 'holds calls that it was not given')
  const calls = call.input as Calls
  const known = byKeyIn(calls)
  const strange =
    Object.keys(items).some((key) => !known.has(key)) || Object.keys(outcomes).some((id) => !known.has(callKey(id)))
  if (strange) throw new SnapshotMismatch(path, 'holds calls that it was not given')
  // An id may be anything, also what every object has: `toString`.
  const ended = new Map(Object.entries(outcomes))
  const saves = new Map(Object.entries(items))
  const resumed = new Map<string, Snapshot<unknown>>()
  for (const [key, one] of known) {
    const at = callPath(path, one)
    const item = saves.get(key)
    const isOver = ended.has(one.id)
    if (item !== undefined && isOver) throw new SnapshotMismatch(at, 'has ended, but is marked as running')
    if (item === undefined) {
      if (!isOver && !left.includes(one.id)) throw new SnapshotMismatch(path, `has lost the call ${one.id}`)
      continue
    }
    const runner = options.toolOf(one, calls)
    if (!runner) {
      ended.set(one.id, options.unrun(one))
      continue
    }
    const { runId, call: mark, slots } = Object((item as { context?: unknown }).context) as Partial<PipelineContext>
    if (runId !== callRunId(call, one.id)) throw new SnapshotMismatch(at, 'is a call of another run')
    if (!isDeepEqual(mark, { id: one.id, name: one.name, turn: calls.turn }))
      throw new SnapshotMismatch(at, 'is another call')
    const root = slots?.[0]?.[0]
    if (root && !isArgued(root, one.input))
      throw new SnapshotMismatch(at, 'holds other arguments than those of its call')
    const snapshot = SnapshotMismatch.relocate(pathOf(runner.machine), at, () =>
      (runner.machine as unknown as Resumable)[RESUME](item, undefined, self),
    )
    resumed.set(key, snapshot)
  }
  return { call, isNew: isNew === true, outcomes: Object.fromEntries(ended), items: Object.fromEntries(resumed) }
}

/** A person may have changed the arguments, and then those are the run's own. */
const isArgued = (root: Frame, input: unknown): boolean =>
  root.gate?.changed === true ||
  root.unsaved === true ||
  isDeepEqual(('given' in root ? root.given : root.input) ?? null, input ?? null)
