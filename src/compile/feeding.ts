import { failure, toData } from '../errors.ts'
import type { Frame } from '../types.ts'

/** The input that a child starts with; a mapper that throws is the child's failure. */
export function fed(feed: () => unknown, path: string): Pick<Frame, 'input' | 'error'> {
  try {
    return { input: feed() }
  } catch (thrown) {
    return { input: undefined, error: toData(failure(thrown, { code: 'run', path, state: 'validatingInput' })) }
  }
}
