import { checkNumber, TIMEOUT } from '../border/ranges.ts'

/** How long a streamed answer may keep silent, in ms; the whole of it is limited by `timeout`. */
export interface StreamTimeouts {
  /** Until the first token, from the moment of asking; needs `stream`. */
  firstTokenTimeout?: number | undefined
  /** Between two pieces of the answer; needs `stream`. */
  idleTimeout?: number | undefined
}

/** Says at the definition what could never take effect. */
export function checkStreamTimeouts(owner: string, timeouts: StreamTimeouts, stream: unknown): void {
  for (const field of ['firstTokenTimeout', 'idleTimeout'] as const) {
    const ms = timeouts[field]
    if (ms === undefined) continue
    checkNumber(owner, field, ms, TIMEOUT)
    if (!stream)
      throw new TypeError(`${owner}: ${field} needs the tokens one by one. Set stream: true, or use timeout.`)
  }
}
