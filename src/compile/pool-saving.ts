import type { AnyActorLogic, AnyActorRef, Snapshot } from 'xstate'
import {
  errorProblem,
  isIntegerBetween,
  isRecord,
  SnapshotMismatch,
  RESUME,
  type Resumable,
} from '../border/restore.ts'
import { pathInItem, outsideOf } from '../border/external-events/machines.ts'
import { isDeepEqual } from '../border/shape.ts'
import { findNonJson } from '../border/json-data.ts'
import { NotSerializable } from '../border/not-serializable.ts'
import type { ErrorData, PipelineContext } from '../types.ts'
import type { Call } from './call.ts'

/** What became of an item that has ended. */
export type Outcome = { output?: unknown; error?: ErrorData }
/** What a pool saves: of each item that was drawn what it came to, or else the run of it. */
export type Saved = {
  readonly drawn: number
  readonly outcomes: readonly (Outcome | null)[]
  readonly items: Readonly<Record<number, Snapshot<unknown>>>
  /** What is beside the number of an item in the paths of the run, where one runs. */
  readonly name?: string
}
type Options = {
  /** Where the pool stands in the pipeline, and the machine of its items. */
  readonly path: string
  readonly machine: AnyActorLogic
  readonly settled: boolean
}

type Work = {
  readonly outcomes: readonly (Outcome | undefined)[]
  readonly running: ReadonlyMap<number, AnyActorRef>
}

export function toSave({ path, machine }: Options, { outcomes, running }: Work): Saved {
  for (const [place, { output } = {}] of outcomes.entries()) {
    const found = findNonJson(output, 'output')
    if (found) throw new NotSerializable(itemOf(path, place), found)
  }
  const items = [...running].map(([place, ref]) => [
    place,
    NotSerializable.relocate(pathOf(machine), toOf(machine, path, place), () => ref.getPersistedSnapshot()),
  ])
  // Not those of which nothing is known yet (an observer may save in the midst of a step): they are drawn again.
  const all = Math.max(outcomes.length, ...Array.from(running.keys(), (place) => place + 1))
  return {
    drawn: all,
    outcomes: Array.from({ length: all }, (_, place) => outcomes[place] ?? null),
    items: Object.fromEntries(items),
    ...(items.length > 0 && { name: outsideOf(machine)?.name as string }),
  }
}

/** What a saved pool is restored from, held against what the map was called with; throws a `Mismatch`. */
export function resumed(options: Options, saved: unknown, call: Call, self: AnyActorRef): Saved & { call: Call } {
  const { path, machine, settled } = options
  // A database may have dropped what is empty.
  const { drawn = 0, outcomes = [], items = {} } = saved as Partial<Saved>
  const list = Array.isArray(call.input) ? (call.input as unknown[]) : undefined
  if (
    !isIntegerBetween(drawn, 0, list?.length) ||
    !Array.isArray(outcomes) ||
    outcomes.length > drawn ||
    !isRecord(items)
  ) {
    throw new SnapshotMismatch(path, 'holds items that it was not given')
  }
  const ended = (outcomes as (Outcome | null)[]).flatMap((outcome, place) =>
    outcome === null ? [] : [{ place, outcome }],
  )
  for (const { place, outcome } of ended) {
    if (!isOutcome(outcome, settled))
      throw new SnapshotMismatch(itemOf(path, place), 'holds an outcome that is not valid')
  }
  const running = Object.entries(items)
  if (ended.length + running.length !== drawn) throw new SnapshotMismatch(path, 'has lost an item, or has one twice')
  const resumedItems = running.map(([key, item]) => {
    const place = Number(key)
    const at = itemOf(path, place)
    if (!isIntegerBetween(place, 0, drawn - 1) || outcomes[place])
      throw new SnapshotMismatch(at, 'has ended, but is marked as running')
    const { runId, slots } = contextOf(item)
    if (runId !== itemId(call, place)) throw new SnapshotMismatch(at, 'is an item of another run')
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
      SnapshotMismatch.relocate(pathOf(machine), toOf(machine, path, place), () =>
        (machine as unknown as Resumable)[RESUME](item, undefined, self),
      ),
    ] as const
  })
  return { call, drawn, outcomes, items: Object.fromEntries(resumedItems) as Saved['items'] }
}

/** The id of the run of an item. */
export const itemId = ({ idempotencyKey }: Call, place: number): string => `${idempotencyKey}[${place}]`

const toOf = (machine: AnyActorLogic, path: string, place: number): string => {
  const outside = outsideOf(machine)
  return outside ? pathInItem(outside, itemOf(path, place), outside.path) : itemOf(path, place)
}
const itemOf = (path: string, place: number): string => `${path}[${place}]`
const contextOf = (item: unknown): Partial<PipelineContext> =>
  Object((Object(item) as { context?: unknown }).context) as Partial<PipelineContext>
export const pathOf = (machine: AnyActorLogic): string =>
  (machine as unknown as { config: { meta: { path: string } } }).config.meta.path

function isOutcome(outcome: unknown, settled: boolean): boolean {
  if (!isRecord(outcome)) return false
  if (!('error' in outcome)) return Object.keys(outcome).every((key) => key === 'output')
  return settled && !('output' in outcome) && errorProblem(outcome.error) === undefined
}
