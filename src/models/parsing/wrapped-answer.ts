import type { Validation } from '../../border/schema.ts'
import { isPlainObject } from '../../border/shape.ts'
import { unwrap } from '../schema/wrap-schema.ts'
import { parseFailure } from './parse-failure.ts'
import { withoutReasoning, extractJson } from './extract-json.ts'

export type Wrapper = 'elements' | 'result'

type WrappedParsing = {
  readonly wrapper: Wrapper
  /** Validates a value as it is (`check`), or a text that has to be parsed (`read`). */
  check(value: unknown): Validation
  read(text: string): Validation
  /** Whether the schema itself has a property of the wrapper's name, and whether it accepts objects. */
  readonly isOwn: boolean
  readonly takesObjects: boolean
}

/** Whether a text is a wrapped value and nothing else. */
export function isWrapped(wrapper: Wrapper, text: string): boolean {
  const json = extractJson(text, '{')
  const found = 'value' in json ? unwrap(wrapper, json.value) : undefined
  return found !== undefined && !unwrap(wrapper, found.inner)
}

/** The start of a wrapper, in a text without a JSON value, or with several. */
const WRAPPER_START = /\{\s*"(?:elements|result)"\s*:/

/**
 * Parses an answer that was requested in a wrapper object; the model may omit the wrapper. The wrapped value is
 * validated as it is. Nothing is dropped: other properties beside the value, a second wrapper, or a malformed wrapper
 * are issues.
 */
export function parseWrapped(text: string, { wrapper, check, read, isOwn, takesObjects }: WrappedParsing): Validation {
  const misses = (problem?: string): Validation =>
    parseFailure(`{ "${wrapper}": ${wrapper === 'elements' ? '[ … ]' : '…'} }`, text, problem)
  const json = extractJson(text, '{')
  if ('problem' in json) return WRAPPER_START.test(withoutReasoning(text) || text) ? misses(json.problem) : read(text)
  const answer = json.value
  if (!isPlainObject(answer) || !Object.hasOwn(answer, wrapper)) {
    const bare = read(text)
    return bare.issues && !takesObjects && isPlainObject(answer) ? misses() : bare
  }
  /** Accepted without loss: a schema may drop unknown properties. */
  const isWhole = (given: unknown, result: Validation): boolean =>
    !result.issues &&
    (isOwn ||
      !(isPlainObject(given) && Object.hasOwn(given, wrapper)) ||
      !isPlainObject(result.value) ||
      Object.hasOwn(result.value, wrapper))
  const inside = (inner: unknown): Validation => {
    const result = check(inner)
    return result.issues && typeof inner === 'string' ? read(inner) : result
  }
  const inner = answer[wrapper]
  const result = inside(inner)
  const bare = (): Validation => check(answer)
  if (Object.keys(answer).length > 1) {
    const whole = bare()
    if (whole.issues) return result.issues || isWhole(inner, result) ? result : misses()
    return result.issues && isWhole(answer, whole) ? whole : misses(', with something beside it')
  }
  if (isWhole(inner, result)) return result
  const twice = unwrap(wrapper, inner)
  if (twice) {
    const deeper = inside(twice.inner)
    return isWhole(twice.inner, deeper) ? deeper : misses(', once more around it')
  }
  // The value itself may look like a wrapper.
  const whole = bare()
  return isWhole(answer, whole) ? whole : result.issues ? result : misses()
}
