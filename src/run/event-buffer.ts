import type { RunEvent, TokenEvent } from '../types.ts'
import { type Entry, Queue } from './queue.ts'

/** Up to this many events are buffered as they are; beyond it tokens are merged. */
const MAX_EVENTS = 1024

/**
 * A buffer of events for a reader that is slower than the run. Beyond the limit, consecutive tokens of one path are merged
 * into one event; no text is lost, and no other event is lost or reordered.
 */
export class EventBuffer {
  readonly #queue = new Queue<RunEvent>()
  /** By path, the last buffered event, if it is a token. */
  readonly #tokens = new Map<string, Entry<RunEvent>>()

  push(event: RunEvent): void {
    const path = 'path' in event ? event.path : undefined
    if (path === undefined) {
      this.#queue.push(event)
      return
    }
    if (event.type !== 'token') {
      this.#tokens.delete(path)
      this.#queue.push(event)
      return
    }
    const last = this.#queue.size >= MAX_EVENTS ? this.#tokens.get(path) : undefined
    if (last && isMergeable(last.value as TokenEvent, event)) {
      const { delta } = last.value as TokenEvent
      last.value = { ...event, delta: delta + event.delta }
    } else this.#tokens.set(path, this.#queue.push(event))
  }

  shift(): RunEvent | undefined {
    const entry = this.#queue.shift()
    if (!entry) return undefined
    const { value } = entry
    if (value.type === 'token' && this.#tokens.get(value.path) === entry) this.#tokens.delete(value.path)
    return value
  }
}

/** Whether two tokens differ only in their text; a leaf may emit tokens with more keys (a choice, say). */
function isMergeable(one: TokenEvent, other: TokenEvent): boolean {
  if (typeof one.delta !== 'string' || typeof other.delta !== 'string') return false
  const [left, right] = [one, other] as unknown as Record<string, unknown>[]
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length && keys.every((key) => key === 'delta' || left?.[key] === right?.[key])
  )
}
