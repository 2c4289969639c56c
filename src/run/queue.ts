/** A value in a queue, and the way to its neighbours. */
export type Entry<T> = { value: T; before: Entry<T> | undefined; after: Entry<T> | undefined }

/** First in, first out; every step costs the same among ten and among a million, and so does leaving out of turn. */
export class Queue<T> {
  #first: Entry<T> | undefined = undefined
  #last: Entry<T> | undefined = undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get first(): Entry<T> | undefined {
    return this.#first
  }

  get last(): Entry<T> | undefined {
    return this.#last
  }

  push(value: T): Entry<T> {
    const entry: Entry<T> = { value, before: this.#last, after: undefined }
    if (this.#last) this.#last.after = entry
    else this.#first = entry
    this.#last = entry
    this.#size++
    return entry
  }

  shift(): Entry<T> | undefined {
    const entry = this.#first
    if (entry) this.remove(entry)
    return entry
  }

  /** Takes out one that is in this queue. */
  remove(entry: Entry<T>): void {
    const { before, after } = entry
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // Whoever still holds the entry holds nothing else by it.
    entry.before = undefined
    entry.after = undefined
    this.#size--
  }
}
