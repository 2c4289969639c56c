import type { AnyActorRef, Snapshot } from 'xstate'
import { isRecord, type Resumable, RESUME, SnapshotMismatch } from '../border/restore.ts'
import { isDeepEqual } from '../border/shape.ts'
import { RunNotSerializable } from '../border/not-serializable.ts'
import type { Frame, PipelineContext } from '../types.ts'
import type { LeafInput } from './leaf-input.ts'
import {
  byKeyIn,
  callPath,
  type CallPoolState,
  callRunId,
  type CallsOptions,
  type OneCall,
  type TurnCalls,
} from './tool-calls.ts'
import { callKey } from './names.ts'
import { machinePath } from './pool-snapshot.ts'

/** The persisted state of a pool of calls: outcomes of ended calls by id, and snapshots of running ones. */
export type SavedCalls = {
  readonly outcomes: Readonly<Record<string, unknown>>
  readonly items: Readonly<Record<string, Snapshot<unknown>>>
  /** The names of the tools, which follow the ids in paths of the run. */
  readonly names?: Readonly<Record<string, string>>
  /** The ids of calls that had not started: an observer may save inside a macrostep. */
  readonly left?: readonly string[]
  /** No call had started. */
  readonly isNew?: boolean
}
type CallPoolOptions = CallsOptions & { path: string }

export function persistCalls(
  { path, toSave }: CallPoolOptions,
  { call, outcomes, byKey, running, isTold }: CallPoolState,
): SavedCalls {
  const { calls } = call.input as TurnCalls
  const callOf = (id: string) => byKey.get(callKey(id)) as OneCall
  const left = calls.flatMap(({ id }) => (outcomes.has(id) || running.has(callKey(id)) ? [] : [id]))
  const items = [...running].map(([key, ref]) => {
    const from = machinePath((ref as unknown as { logic: never }).logic)
    const to = callPath(path, byKey.get(key) as OneCall)
    return [key, RunNotSerializable.relocate(from, to, () => ref.getPersistedSnapshot())] as const
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
 * Validates a persisted pool against the calls of the turn; throws a `SnapshotMismatch`. A tool that does not exist any
 * more is not one: the model gets that as the result.
 */
export function restoreCalls(
  options: CallPoolOptions,
  saved: unknown,
  call: LeafInput,
  self: AnyActorRef,
): SavedCalls & { call: LeafInput } {
  const { path } = options
  // A database may have dropped empty values.
  const { outcomes = {}, items = {}, left = [], isNew = false } = saved as Partial<SavedCalls>
  if (!isRecord(outcomes) || !isRecord(items) || !Array.isArray(left))
    throw new SnapshotMismatch(path, 'holds calls that it was not given')
  const calls = call.input as TurnCalls
  const known = byKeyIn(calls)
  const strange =
    Object.keys(items).some((key) => !known.has(key)) || Object.keys(outcomes).some((id) => !known.has(callKey(id)))
  if (strange) throw new SnapshotMismatch(path, 'holds calls that it was not given')
  // An id may be a name that every object has, such as toString.
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
    if (root && !hasOwnArguments(root, one.input))
      throw new SnapshotMismatch(at, 'holds other arguments than those of its call')
    const snapshot = SnapshotMismatch.relocate(machinePath(runner.machine), at, () =>
      (runner.machine as unknown as Resumable)[RESUME](item, undefined, self),
    )
    resumed.set(key, snapshot)
  }
  return { call, isNew: isNew === true, outcomes: Object.fromEntries(ended), items: Object.fromEntries(resumed) }
}

/** Whether the run has the arguments of its call; they may have been changed on approval. */
const hasOwnArguments = (root: Frame, input: unknown): boolean =>
  root.gate?.changed === true ||
  root.unsaved === true ||
  isDeepEqual(('given' in root ? root.given : root.input) ?? null, input ?? null)
