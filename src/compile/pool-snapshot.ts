import type { AnyActorLogic, AnyActorRef, Snapshot } from 'xstate'
import {
  errorProblem,
  isIntegerBetween,
  isRecord,
  type Resumable,
  RESUME,
  SnapshotMismatch,
} from '../border/restore.ts'
import { outsideOf, pathInItem } from '../border/external-events/machines.ts'
import { isDeepEqual } from '../border/shape.ts'
import { findNonJson } from '../border/json-data.ts'
import { RunNotSerializable } from '../border/not-serializable.ts'
import type { ErrorData, PipelineContext } from '../types.ts'
import type { LeafInput } from './leaf-input.ts'

/** The outcome of an item that has ended. */
export type ItemOutcome = { output?: unknown; error?: ErrorData }
/** The persisted state of a pool: the outcome of each started item, or its snapshot. */
export type SavedPool = {
  readonly drawn: number
  readonly outcomes: readonly (ItemOutcome | null)[]
  readonly items: Readonly<Record<number, Snapshot<unknown>>>
  /** The name that follows the index of an item in paths of the run; only if one runs. */
  readonly name?: string
}
type SavedPoolOptions = {
  /** The path of the pool, and the machine of its items. */
  readonly path: string
  readonly machine: AnyActorLogic
  readonly settled: boolean
}

type SavedPoolState = {
  readonly outcomes: readonly (ItemOutcome | undefined)[]
  readonly running: ReadonlyMap<number, AnyActorRef>
}

export function persistPool({ path, machine }: SavedPoolOptions, { outcomes, running }: SavedPoolState): SavedPool {
  for (const [place, { output } = {}] of outcomes.entries()) {
    const found = findNonJson(output, 'output')
    if (found) throw new RunNotSerializable(itemPath(path, place), found)
  }
  const items = [...running].map(([place, ref]) => [
    place,
    RunNotSerializable.relocate(machinePath(machine), itemMachinePath(machine, path, place), () =>
      ref.getPersistedSnapshot(),
    ),
  ])
  // Without items whose promise is pending (an observer may save inside a macrostep): they are read again.
  const all = Math.max(outcomes.length, ...Array.from(running.keys(), (place) => place + 1))
  return {
    drawn: all,
    outcomes: Array.from({ length: all }, (_, place) => outcomes[place] ?? null),
    items: Object.fromEntries(items),
    ...(items.length > 0 && { name: outsideOf(machine)?.name as string }),
  }
}

/** Validates a persisted pool against the input of the map; throws a `SnapshotMismatch`. */
export function restorePool(
  options: SavedPoolOptions,
  saved: unknown,
  call: LeafInput,
  self: AnyActorRef,
): SavedPool & { call: LeafInput } {
  const { path, machine, settled } = options
  // A database may have dropped empty values.
  const { drawn = 0, outcomes = [], items = {} } = saved as Partial<SavedPool>
  const list = Array.isArray(call.input) ? (call.input as unknown[]) : undefined
  if (
    !isIntegerBetween(drawn, 0, list?.length) ||
    !Array.isArray(outcomes) ||
    outcomes.length > drawn ||
    !isRecord(items)
  ) {
    throw new SnapshotMismatch(path, 'holds items that it was not given')
  }
  const ended = (outcomes as (ItemOutcome | null)[]).flatMap((outcome, place) =>
    outcome === null ? [] : [{ place, outcome }],
  )
  for (const { place, outcome } of ended) {
    if (!isOutcome(outcome, settled))
      throw new SnapshotMismatch(itemPath(path, place), 'holds an outcome that is not valid')
  }
  const running = Object.entries(items)
  if (ended.length + running.length !== drawn) throw new SnapshotMismatch(path, 'has lost an item, or has one twice')
  const resumedItems = running.map(([key, item]) => {
    const place = Number(key)
    const at = itemPath(path, place)
    if (!isIntegerBetween(place, 0, drawn - 1) || outcomes[place])
      throw new SnapshotMismatch(at, 'has ended, but is marked as running')
    const { runId, slots } = savedContextOf(item)
    if (runId !== itemRunId(call, place)) throw new SnapshotMismatch(at, 'is an item of another run')
    if (list) {
      const root = slots?.[0]?.[0]
      if (
        root &&
        !root.unsaved &&
        !isDeepEqual(('given' in root ? root.given : root.input) ?? null, list[place] ?? null)
      ) {
        throw new SnapshotMismatch(at, 'holds another input than it was given')
      }
    }
    return [
      key,
      SnapshotMismatch.relocate(machinePath(machine), itemMachinePath(machine, path, place), () =>
        (machine as unknown as Resumable)[RESUME](item, undefined, self),
      ),
    ] as const
  })
  return { call, drawn, outcomes, items: Object.fromEntries(resumedItems) as SavedPool['items'] }
}

/** The id of the run of an item. */
export const itemRunId = ({ idempotencyKey }: LeafInput, place: number): string => `${idempotencyKey}[${place}]`

const itemMachinePath = (machine: AnyActorLogic, path: string, place: number): string => {
  const outside = outsideOf(machine)
  return outside ? pathInItem(outside, itemPath(path, place), outside.path) : itemPath(path, place)
}
const itemPath = (path: string, place: number): string => `${path}[${place}]`
const savedContextOf = (item: unknown): Partial<PipelineContext> =>
  Object((Object(item) as { context?: unknown }).context) as Partial<PipelineContext>
export const machinePath = (machine: AnyActorLogic): string =>
  (machine as unknown as { config: { meta: { path: string } } }).config.meta.path

function isOutcome(outcome: unknown, settled: boolean): boolean {
  if (!isRecord(outcome)) return false
  if (!('error' in outcome)) return Object.keys(outcome).every((key) => key === 'output')
  return settled && !('output' in outcome) && errorProblem(outcome.error) === undefined
}
