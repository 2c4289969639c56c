import { hasSymbol, globalSymbol } from './global-state.ts'
import { moved } from '../errors.ts'
import type { NonJson } from './json-data.ts'

const NOT_SERIALIZABLE = globalSymbol('unsaveable')

/** Thrown when a run cannot be saved, with the place; what holds the run below it says where that is. */
export class NotSerializable extends TypeError {
  readonly path: string
  readonly value: NonJson

  constructor(path: string, value: NonJson) {
    super(
      `The run cannot be saved: ${path} holds ${value.what} at ${value.path}, which is not JSON data. Give plain data instead (for example, a date as an ISO string).`,
    )
    Object.defineProperty(this, NOT_SERIALIZABLE, { value: true })
    this.name = 'TypeError'
    this.path = path
    this.value = value
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasSymbol(value, NOT_SERIALIZABLE)
  }

  /** What `save` gives; where that fails inside `from`, the error says that it was at `to`. */
  static relocate<T>(from: string, to: string, save: () => T): T {
    try {
      return save()
    } catch (thrown) {
      if (thrown instanceof NotSerializable) throw new NotSerializable(moved(thrown.path, from, to), thrown.value)
      throw thrown
    }
  }
}
