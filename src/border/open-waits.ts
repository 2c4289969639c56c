import type * as Words from './seldom.ts'
import { attempt } from './shape.ts'
import type { JsonSchema } from '../types.ts'

/** What may be sent: by type, the JSON Schema of its payload. */
export type Awaited = Readonly<Record<string, JsonSchema>>
/** A place where runs wait for events, and how many of them do now. */
export type Wait = { readonly path: string; readonly events: Awaited; runs: number }

/** As much of Node, and of those that are like it, as is needed to be heard when a process ends. */
type Host = {
  readonly exitCode?: unknown
  readonly versions?: { readonly node?: string }
  on(type: 'exit', listener: () => void): void
  off(type: 'exit', listener: () => void): void
}

/** Node's own code for a program whose top-level `await` can never end. */
const UNSETTLED = 13

let words: typeof Words | undefined

/** Only places, and not the runs: those may be forgotten while they wait. */
const open = new Set<Wait>()

/**
 * A run waits there; returns how that ends. While any does, a process that ends because nothing else is left to do says on
 * standard error what is waited for.
 */
export function waitOpen(wait: Wait): () => void {
  if (wait.runs++ === 0) {
    open.add(wait)
    if (open.size === 1 && host()) {
      host()?.on('exit', onExit)
      // Nothing can be loaded any more when a process ends.
      if (!words) void import('./seldom.ts').then((loaded) => (words = loaded))
    }
  }
  return () => {
    if (--wait.runs > 0) return
    open.delete(wait)
    if (open.size === 0) host()?.off('exit', onExit)
  }
}

function host(): Host | undefined {
  const { process } = globalThis as { process?: Partial<Host> }
  return attempt(() => typeof process?.versions?.node === 'string' && typeof process.on === 'function')
    ? (process as Host)
    : undefined
}

function onExit(): void {
  if (host()?.exitCode !== UNSETTLED || !words) return
  const places = [...open].map(({ path, events, runs }) => ({ path, runs, events: eventsInWords(events) }))
  const [type = 'EVENT'] = [...open].flatMap(({ events }) => Object.keys(events))
  // oxlint-disable-next-line no-console -- it is for whoever runs the program, and no logger need be there
  console.error(words.unsent(places, type))
}

/** `{ type: 'APPROVE', by: string } or { type: 'REJECT', reason?: string }`. */
export const eventsInWords = (events: Awaited): string =>
  Object.entries(events)
    .map(([type, schema]) => `{ ${[`type: '${type}'`, ...fieldsOf(schema)].join(', ')} }`)
    .join(' or ')

function fieldsOf({ type, properties, required }: JsonSchema): string[] {
  // A choice of payloads, or a reference: the schema itself says more than a line can.
  if (type !== 'object') return ['…']
  const must = Array.isArray(required) ? (required as unknown[]) : []
  return Object.entries(Object(properties) as Record<string, JsonSchema>).map(
    ([name, schema]) => `${name}${must.includes(name) ? '' : '?'}: ${kindOf(schema)}`,
  )
}

function kindOf(schema: JsonSchema): string {
  const { type, enum: values, const: value } = Object(schema) as JsonSchema
  if (value !== undefined) return JSON.stringify(value)
  if (Array.isArray(values)) return values.map((each) => JSON.stringify(each)).join(' | ')
  return typeof type === 'string' ? type : Array.isArray(type) ? type.join(' | ') : 'any'
}
