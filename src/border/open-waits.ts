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
const SHOWN = 20

/** Only places, and not the runs: those may be forgotten while they wait. */
const open = new Set<Wait>()

/**
 * A run waits there; returns how that ends. While any does, a process that ends because nothing else is left to do says on
 * standard error what is waited for.
 */
export function waitOpen(wait: Wait): () => void {
  if (wait.runs++ === 0) {
    open.add(wait)
    if (open.size === 1) host()?.on('exit', onExit)
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
  if (host()?.exitCode !== UNSETTLED) return
  const waits = [...open]
  const places = waits.slice(0, SHOWN).map(({ path, events, runs }) => {
    const many = runs > 1 ? ` (${runs} runs)` : ''
    return `  ${path}${many} waits for ${eventsInWords(events)}`
  })
  const more = waits.length > SHOWN ? [`  and ${waits.length - SHOWN} more`] : []
  const [type = 'EVENT'] = Object.keys(waits[0]?.events ?? {})
  const text = [
    'tinyllm: this process exits before its run has ended: the run waits for an event, and nothing is left that could send one.',
    ...places,
    ...more,
    `Start the run with start(), and send the event: actor.send({ type: '${type}', … }). Or give the function that waits a timeout.`,
  ].join('\n')
  // oxlint-disable-next-line no-console -- it is for whoever runs the program, and no logger need be there
  console.error(text)
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
