import { Queue } from './queue.ts'

const MINUTE = 60_000

/**
 * A sliding-window rate limit: less than `most` within any 60 seconds. It keeps only the uses that still count; each
 * operation is amortized O(1).
 */
export class Rate {
  readonly #most: number
  readonly #uses = new Queue<{ at: number; amount: number }>()
  /** The sum of `#uses`. */
  #used = 0
  #opensAt = -Infinity

  constructor(most: number) {
    this.#most = most
  }

  use(at: number, amount: number): void {
    if (amount <= 0) return
    const last = this.#uses.last?.value
    if (last?.at === at) last.amount += amount
    else this.#uses.push({ at, amount })
    this.#used += amount
    this.#forget(at)
    while (this.#used >= this.#most) this.#opensAt = this.#drop() + MINUTE
  }

  /** The time from which less than the rate counts; `time` if that is now. */
  opensAt(time: number): number {
    this.#forget(time)
    return Math.max(time, this.#opensAt)
  }

  /** Drops uses that are older than a minute. */
  #forget(time: number): void {
    for (let first = this.#uses.first; first && first.value.at <= time - MINUTE; first = this.#uses.first) this.#drop()
  }

  #drop(): number {
    const { at = 0, amount = 0 } = this.#uses.shift()?.value ?? {}
    // Amounts may be fractions; floating-point sums are not exact.
    this.#used = this.#uses.size === 0 ? 0 : this.#used - amount
    return at
  }
}
