import type { AnyActorRef } from 'xstate'
import type { Frame, JsonSchema, PipelineContext } from '../../types.ts'
import { isRecord } from '../restore.ts'
import {
  type LiveMachine,
  liveRoot,
  type LiveSnapshot,
  machinesBelow,
  machinesIn,
  outsideOf,
  pathInItem,
  type WaitInfo,
} from './machines.ts'
import { hashOfSchema } from './schema-hash.ts'
import { formatValue } from '../format-value.ts'

/** A place where a run waits for events from outside. */
export type Wait = {
  /** The path to send an event with: `actor.send({ type, path, … })`. */
  readonly path: string
  /** The events that are taken there, each by the JSON Schema of its payload. */
  readonly events: Readonly<Record<string, JsonSchema>>
  /** The input of the function that waits; of an approval the arguments of the call. */
  readonly input: unknown
  /** When the wait began, in ms of the actor's clock (epoch ms). */
  readonly since: number
  /** Of an approval: the call of a tool. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
}

/**
 * What a run waits for: every state that can take an event from outside now, in the order of the chart, with the paths
 * that events are sent with. Of a live snapshot (`actor.getSnapshot()`) or of a saved one
 * (`actor.getPersistedSnapshot()`, also after JSON), for which the pipeline is not needed. Of a
 * machine of your own that invokes pipelines, the paths are those of each pipeline, whose actor takes the events. Empty
 * where nothing waits, or the run has ended. Throws a `TypeError` for anything that is not a snapshot.
 *
 * @example
 * for (const { path, events, input } of waits(actor.getSnapshot())) console.log(path, Object.keys(events), input)
 */
export function waits(snapshot: object): Wait[] {
  if (!isRecord(snapshot) || !('status' in snapshot)) {
    throw new TypeError(
      `waits() takes the snapshot of a run, not ${formatValue(snapshot)}. Give actor.getSnapshot(), or what actor.getPersistedSnapshot() returned.`,
    )
  }
  if (snapshot.status !== 'active') return []
  const outside = outsideOf(snapshot.machine)
  if (outside) return [...waitsIn(liveRoot(outside, snapshot))]
  if ('machine' in snapshot && isRecord(snapshot.children)) {
    const { children } = snapshot as unknown as LiveSnapshot
    return [...machinesBelow(children, () => '', undefined)].flatMap((live) => [...waitsOf(live)])
  }
  return [...savedIn(snapshot as SavedRun, (path) => path, {})]
}

/** Whether anything waits in machines below that of a live snapshot. */
export function hasWaitsBelow(snapshot: object): boolean {
  const { machine, status } = snapshot as { machine?: unknown; status?: unknown }
  const outside = outsideOf(machine)
  if (!outside || status !== 'active' || (outside.below.size === 0 && !outside.isOpen)) return false
  const root = liveRoot(outside, snapshot)
  for (const live of machinesIn(root)) if (live !== root && waitingIn(live.snapshot.context).length > 0) return true
  return false
}

type WaitInput = WaitInfo & { readonly since: number }
const waitInputOf = (ref: AnyActorRef | undefined): WaitInput | undefined =>
  (ref?.getSnapshot() as { input?: WaitInput } | undefined)?.input

function* waitsIn(root: LiveMachine): Generator<Wait> {
  for (const live of machinesIn(root)) yield* waitsOf(live)
}

function* waitsOf({ snapshot, at }: LiveMachine): Generator<Wait> {
  for (const path of waitingIn(snapshot.context)) {
    const announced = waitInputOf(snapshot.children[`${path}#waiting`])
    if (!announced) continue
    const { events, input, since, call } = announced
    yield { path: at(path), events, input, since, ...(call && { call }) }
  }
}

/** The schemas of all events that a live run waits for, by a hash of their content. */
export function waitSchemasOf(root: LiveMachine): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {}
  for (const { events } of waitsIn(root)) {
    for (const schema of Object.values(events)) schemas[hashOfSchema(schema)] = schema
  }
  return schemas
}

const waitingIn = ({ slots }: PipelineContext): string[] =>
  slots.flatMap((page) => page.flatMap((frame) => (frame?.waitsFor && !frame.error ? [frame.path] : [])))

/** The part of a persisted snapshot that is read; damaged parts are skipped. */
type SavedRun = {
  readonly status?: unknown
  readonly context?: { readonly slots?: unknown }
  readonly children?: Readonly<Record<string, { readonly snapshot?: unknown }>>
  readonly schemas?: Readonly<Record<string, JsonSchema>>
  readonly items?: Readonly<Record<string, unknown>>
  readonly name?: string
  readonly names?: Readonly<Record<string, string>>
  readonly input?: unknown
}
type SavedWait = { input?: unknown; since?: unknown; events?: Readonly<Record<string, string>>; call?: Wait['call'] }

function* savedIn(saved: SavedRun, at: (path: string) => string, known: SavedRun['schemas']): Generator<Wait> {
  if (!isRecord(saved) || saved.status !== 'active') return
  const { children } = saved
  const schemas = saved.schemas ?? known ?? {}
  const frames = framesIn(saved)
  for (const frame of frames) {
    const { input } = Object(Object(children)[`${frame.path}#waiting`]?.snapshot) as { input?: SavedWait }
    if (!Array.isArray(frame.waitsFor) || frame.error) continue
    const { since, events, call } = Object(input) as SavedWait
    const hashes = Object(events) as Readonly<Record<string, string>>
    const read = frame.waitsFor.map((type) => [type, schemas[String(hashes[type])] ?? {}])
    const about = call ? (Object(input) as SavedWait).input : frame.input
    yield {
      path: at(frame.path),
      events: Object.fromEntries(read) as Wait['events'],
      input: about,
      since: typeof since === 'number' ? since : 0,
      ...(call && { call }),
    }
  }
  for (const [id, child] of Object.entries(Object(children) as NonNullable<SavedRun['children']>)) {
    const below = Object(Object(child).snapshot) as SavedRun
    const here = frames.length > 0 ? at(id) : at('')
    if (isRecord(below.items)) {
      for (const [place, saved] of Object.entries(below.items as Readonly<Record<string, SavedRun>>)) {
        const item = { path: framesIn(saved)[0]?.path ?? '', name: below.names?.[place] ?? below.name ?? '' }
        yield* savedIn(saved, (path) => pathInItem(item, `${here}[${place}]`, path), schemas)
      }
    } else {
      // A machine of the user has no path of its own, only what it invokes has.
      const isOurs = framesIn(below).length > 0
      yield* savedIn(below, (path) => [here, isOurs ? path : ''].filter(Boolean).join('.'), undefined)
    }
  }
}

function framesIn({ context }: SavedRun): readonly Frame[] {
  const slots = Object(context).slots as PipelineContext['slots'] | undefined
  return Array.isArray(slots)
    ? (slots.flatMap((page) => (Array.isArray(page) ? page.filter((frame) => isRecord(frame)) : [])) as Frame[])
    : []
}
