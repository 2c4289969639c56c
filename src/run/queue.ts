/** A node of a doubly linked list. */
export type Entry<T> = { value: T; before: Entry<T> | undefined; after: Entry<T> | undefined }

/** A FIFO queue as a doubly linked list: push, shift and remove are O(1). */
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

  /** Removes an entry of this queue. */
  remove(entry: Entry<T>): void {
    const { before, after } = entry
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // A removed entry must not keep its neighbours alive.
    entry.before = undefined
    entry.after = undefined
    this.#size--
  }
}
