import { failure, toErrorData } from '../errors.ts'
import type { Frame } from '../types.ts'

/** The input that a child starts with; an error of a mapper is the failure of the child. */
export function childInput(feed: () => unknown, path: string): Pick<Frame, 'input' | 'error'> {
  try {
    return { input: feed() }
  } catch (thrown) {
    return { input: undefined, error: toErrorData(failure(thrown, { code: 'run', path, state: 'validatingInput' })) }
  }
}
