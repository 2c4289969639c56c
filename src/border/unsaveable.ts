import { bears, commonSymbol } from './copies.ts'
import { moved } from '../errors.ts'
import type { Found } from './saving.ts'

const UNSAVEABLE = commonSymbol('unsaveable')

/** Thrown when a run cannot be saved, with the place; what holds the run below it says where that is. */
export class Unsaveable extends TypeError {
  readonly path: string
  readonly found: Found

  constructor(path: string, found: Found) {
    super(
      `The run cannot be saved: ${path} holds ${found.what} at ${found.at}, which is not JSON data. Give plain data instead (for example, a date as an ISO string).`,
    )
    Object.defineProperty(this, UNSAVEABLE, { value: true })
    this.name = 'TypeError'
    this.path = path
    this.found = found
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return bears(value, UNSAVEABLE)
  }

  /** What `save` gives; where that fails inside `from`, the error says that it was at `to`. */
  static within<T>(from: string, to: string, save: () => T): T {
    try {
      return save()
    } catch (thrown) {
      if (thrown instanceof Unsaveable) throw new Unsaveable(moved(thrown.path, from, to), thrown.found)
      throw thrown
    }
  }
}
