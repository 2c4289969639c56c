import type { RunEvent, TokenEvent } from '../types.ts'
import { type Entry, Queue } from './queue.ts'

/** So many events wait as they are; from then on tokens are joined. */
const MOST = 1024

/**
 * The events that wait for a reader who is slower than the run. Beyond `MOST`, a token is added to the one before it of
 * the same path, unless that path told something else in between; so the text of a model takes up one event, and
 * nothing else is lost or told in another order.
 */
export class Backlog {
  readonly #queue = new Queue<RunEvent>()
  /** By path, the last event that waits, where that is a token. */
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
    const last = this.#queue.size >= MOST ? this.#tokens.get(path) : undefined
    if (last && isAlike(last.value as TokenEvent, event)) {
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

/** Two tokens of one path that differ in nothing but their text: one that carries more (a choice, say) may. */
function isAlike(one: TokenEvent, other: TokenEvent): boolean {
  if (typeof one.delta !== 'string' || typeof other.delta !== 'string') return false
  const [left, right] = [one, other] as unknown as Record<string, unknown>[]
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length && keys.every((key) => key === 'delta' || left?.[key] === right?.[key])
  )
}
