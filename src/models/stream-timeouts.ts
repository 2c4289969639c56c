import { checkNumber, TIMEOUT_RANGE } from '../border/ranges.ts'

/** Limits of the silence in a streamed answer, in ms. `timeout` limits the whole answer. */
export interface StreamTimeouts {
  /** From the request to the first token; needs `stream`. */
  firstTokenTimeout?: number | undefined
  /** Between two chunks of the answer; needs `stream`. */
  idleTimeout?: number | undefined
}

/** Throws a `TypeError` at the definition for a value that is not valid or could have no effect. */
export function checkStreamTimeouts(owner: string, timeouts: StreamTimeouts, stream: unknown): void {
  for (const field of ['firstTokenTimeout', 'idleTimeout'] as const) {
    const ms = timeouts[field]
    if (ms === undefined) continue
    checkNumber(owner, field, ms, TIMEOUT_RANGE)
    if (!stream) throw new TypeError(`${owner}: ${field} needs a stream. Set stream: true, or use timeout.`)
  }
}
