import type * as Words from './lazy-messages.ts'
import { attempt } from './shape.ts'
import type { JsonSchema } from '../types.ts'

/** What may be sent: by type, the JSON Schema of its payload. */
export type EventSchemas = Readonly<Record<string, JsonSchema>>
/** A place where runs wait for events, how many of them do now, and how many of these are awaited by somebody. */
export type OpenWait = { readonly path: string; readonly events: EventSchemas; runs: number; awaited: number }

/** As much of Node, and of those that are like it, as is needed to be heard when a process ends. */
type Host = {
  readonly exitCode?: unknown
  readonly versions?: { readonly node?: string }
  on(type: 'beforeExit' | 'exit', listener: () => void): void
  off(type: 'beforeExit' | 'exit', listener: () => void): void
}

/** Node's own code for a program whose top-level `await` can never end. */
const UNSETTLED = 13

let messages: typeof Words | undefined

/** Only places, and not the runs: those may be forgotten while they wait. */
const open = new Set<OpenWait>()
/** By the system of its actors: who waits for a run. */
const consumers = new WeakMap<object, RunConsumer>()

/** Whether somebody waits for a run now: `run` and `safeRun` do, and a reader of its `stream`. */
export class RunConsumer {
  #isThere = false
  /** Where the run waits itself, and in how many of its actors. */
  #places: Map<OpenWait, number> | undefined = undefined

  /** The run is the one whose actors have this system. */
  attachTo(system: object): void {
    consumers.set(system, this)
  }

  set isWaiting(isWaiting: boolean) {
    if (isWaiting === this.#isThere) return
    this.#isThere = isWaiting
    for (const [wait, count] of this.#places ?? []) wait.awaited += isWaiting ? count : -count
  }

  /** An actor of the run begins to wait there, or ends to. */
  track(wait: OpenWait, by: 1 | -1): void {
    const places = (this.#places ??= new Map<OpenWait, number>())
    const count = (places.get(wait) ?? 0) + by
    if (count > 0) places.set(wait, count)
    else places.delete(wait)
    if (this.#isThere) wait.awaited += by
  }
}

/**
 * A run, known by the system of its actors, waits there; returns how that ends. While any does, a process that ends
 * because nothing else is left to do says on standard error what is waited for: if somebody waits for the run, or the
 * program itself cannot end.
 */
export function trackWait(wait: OpenWait, system: object): () => void {
  const audience = consumers.get(system)
  audience?.track(wait, 1)
  if (wait.runs++ === 0) {
    open.add(wait)
    if (open.size === 1 && host()) {
      host()?.on('beforeExit', onDrained)
      host()?.on('exit', onExit)
      // Nothing can be loaded any more when a process ends.
      if (!messages) void import('./lazy-messages.ts').then((loaded) => (messages = loaded))
    }
  }
  return () => {
    audience?.track(wait, -1)
    if (--wait.runs > 0) return
    open.delete(wait)
    if (open.size > 0) return
    host()?.off('beforeExit', onDrained)
    host()?.off('exit', onExit)
  }
}

function host(): Host | undefined {
  const { process } = globalThis as { process?: Partial<Host> }
  return attempt(() => typeof process?.versions?.node === 'string' && typeof process.on === 'function')
    ? (process as Host)
    : undefined
}

/** Whether nothing is left to do: a process that is told to exit ends before that. */
let isDrained = false

function onDrained(): void {
  isDrained = true
  // Others who listen may find something to do; then this comes, and it alone keeps no process alive.
  const { setImmediate } = globalThis as { setImmediate?: (call: () => void) => { unref?(): void } }
  setImmediate?.(() => (isDrained = false)).unref?.()
}

function onExit(): void {
  if (!isDrained || !messages) return
  const isUnsettled = host()?.exitCode === UNSETTLED
  const places = [...open].flatMap(({ path, events, runs, awaited }) => {
    const told = isUnsettled ? runs : awaited
    return told > 0 ? [{ path, runs: told, types: Object.keys(events), events: formatEvents(events) }] : []
  })
  const [first] = places
  if (!first) return
  // oxlint-disable-next-line no-console -- it is for whoever runs the program, and no logger need be there
  console.error(messages.exitWithOpenWaits(places, first.types[0] ?? 'EVENT'))
}

/** `{ type: 'APPROVE', by: string } or { type: 'REJECT', reason?: string }`. */
export const formatEvents = (events: EventSchemas): string =>
  Object.entries(events)
    .map(([type, schema]) => `{ ${[`type: '${type}'`, ...formatFields(schema)].join(', ')} }`)
    .join(' or ')

function formatFields({ type, properties, required }: JsonSchema): string[] {
  // A choice of payloads, or a reference: the schema itself says more than a line can.
  if (type !== 'object') return ['…']
  const must = Array.isArray(required) ? (required as unknown[]) : []
  return Object.entries(Object(properties) as Record<string, JsonSchema>).map(
    ([name, schema]) => `${name}${must.includes(name) ? '' : '?'}: ${formatType(schema)}`,
  )
}

function formatType(schema: JsonSchema): string {
  const { type, enum: values, const: value } = Object(schema) as JsonSchema
  if (value !== undefined) return JSON.stringify(value)
  if (Array.isArray(values)) return values.map((each) => JSON.stringify(each)).join(' | ')
  return typeof type === 'string' ? type : Array.isArray(type) ? type.join(' | ') : 'any'
}
