import { Queue } from './queue.ts'

const MINUTE = 60_000

/**
 * How much may be used within any 60 seconds. It keeps only what was used since the use that must be a minute old
 * before the next may begin; that is always less than the rate, and each step costs the same on the whole.
 */
export class Rate {
  readonly #most: number
  readonly #uses = new Queue<{ at: number; amount: number }>()
  /** What `#uses` come to. */
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

  /** When less than the rate will have been used within the minute before; not after `time` if that is so already. */
  opensAt(time: number): number {
    this.#forget(time)
    return Math.max(time, this.#opensAt)
  }

  /** What was used more than a minute ago does not count any more. */
  #forget(time: number): void {
    for (let first = this.#uses.first; first && first.value.at <= time - MINUTE; first = this.#uses.first) this.#drop()
  }

  #drop(): number {
    const { at = 0, amount = 0 } = this.#uses.shift()?.value ?? {}
    // Amounts may be fractions, whose sums are not exact.
    this.#used = this.#uses.size === 0 ? 0 : this.#used - amount
    return at
  }
}
