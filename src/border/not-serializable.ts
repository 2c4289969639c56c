import { globalSymbol, hasSymbol } from './global-state.ts'
import { movePath } from '../errors.ts'
import type { NonJson } from './json-data.ts'

const NOT_SERIALIZABLE = globalSymbol('unsaveable')

/** Thrown when a run holds a value that is not serializable; `path` is the function that holds it. */
export class RunNotSerializable extends TypeError {
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

  /** Returns what `save` returns; the path of an error below `from` is moved to `to`. */
  static relocate<T>(from: string, to: string, save: () => T): T {
    try {
      return save()
    } catch (thrown) {
      if (thrown instanceof RunNotSerializable)
        throw new RunNotSerializable(movePath(thrown.path, from, to), thrown.value)
      throw thrown
    }
  }
}
