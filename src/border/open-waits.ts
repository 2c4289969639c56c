import type * as Words from './lazy-messages.ts'
import { attempt } from './shape.ts'
import type { JsonSchema } from '../types.ts'

/** Events by type, each with the JSON Schema of its payload. */
export type EventSchemas = Readonly<Record<string, JsonSchema>>
/** A path at which runs wait for events: how many wait now, and how many of these have a consumer that awaits them. */
export type OpenWait = { readonly path: string; readonly events: EventSchemas; runs: number; awaited: number }

/** The part of `process` (Node, Bun, Deno) that reports its exit. */
type Host = {
  readonly exitCode?: unknown
  readonly versions?: { readonly node?: string }
  on(type: 'beforeExit' | 'exit', listener: () => void): void
  off(type: 'beforeExit' | 'exit', listener: () => void): void
}

/** Node's exit code for a top-level `await` that never settles. */
const UNSETTLED = 13

let messages: typeof Words | undefined

/** Paths and not runs, so that a waiting run can be garbage-collected. */
const open = new Set<OpenWait>()
/** The consumer of each run, by the system of its actors. */
const consumers = new WeakMap<object, RunConsumer>()

/** What awaits a run: `run` and `safeRun` always, `stream` while its reader awaits the next event. */
export class RunConsumer {
  #isThere = false
  /** The waits of the run, and how many of its actors are in each. */
  #places: Map<OpenWait, number> | undefined = undefined

  /** Sets the run, by the system of its actors. */
  attachTo(system: object): void {
    consumers.set(system, this)
  }

  set isWaiting(isWaiting: boolean) {
    if (isWaiting === this.#isThere) return
    this.#isThere = isWaiting
    for (const [wait, count] of this.#places ?? []) wait.awaited += isWaiting ? count : -count
  }

  /** An actor of the run starts (1) or stops (-1) waiting. */
  track(wait: OpenWait, by: 1 | -1): void {
    const places = (this.#places ??= new Map<OpenWait, number>())
    const count = (places.get(wait) ?? 0) + by
    if (count > 0) places.set(wait, count)
    else places.delete(wait)
    if (this.#isThere) wait.awaited += by
  }
}

/**
 * Registers a wait of the run with this system; returns the function that removes it. While any run waits, a process
 * that exits with an empty event loop reports the waits on standard error: of runs that are awaited, or of all where a
 * top-level `await` did not settle.
 */
export function trackWait(wait: OpenWait, system: object): () => void {
  const audience = consumers.get(system)
  audience?.track(wait, 1)
  if (wait.runs++ === 0) {
    open.add(wait)
    if (open.size === 1 && host()) {
      host()?.on('beforeExit', onDrained)
      host()?.on('exit', onExit)
      // A module cannot be loaded in an exit handler.
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

/** Whether the event loop is empty; `process.exit()` ends a process before that. */
let isDrained = false

function onDrained(): void {
  isDrained = true
  // Another listener may schedule work; then this runs. Unreferenced, it does not keep the process alive.
  const { setImmediate } = globalThis as { setImmediate?: (call: () => void) => { unref?(): void } }
  setImmediate?.(() => (isDrained = false)).unref?.()
}

function onExit(): void {
  if (!isDrained || !messages) return
  const isUnsettled = host()?.exitCode === UNSETTLED
  const places = [...open].flatMap(({ path, events, runs, awaited }) => {
    const count = isUnsettled ? runs : awaited
    return count > 0 ? [{ path, runs: count, types: Object.keys(events), events: formatEvents(events) }] : []
  })
  const [first] = places
  if (!first) return
  // oxlint-disable-next-line no-console -- for the user of the program; there may be no logger
  console.error(messages.exitWithOpenWaits(places, first.types[0] ?? 'EVENT'))
}

/** `{ type: 'APPROVE', by: string } or { type: 'REJECT', reason?: string }`. */
export const formatEvents = (events: EventSchemas): string =>
  Object.entries(events)
    .map(([type, schema]) => `{ ${[`type: '${type}'`, ...formatFields(schema)].join(', ')} }`)
    .join(' or ')

function formatFields({ type, properties, required }: JsonSchema): string[] {
  // A union or a reference does not fit on one line.
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
