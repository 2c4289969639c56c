import type { Checked } from '../../border/schema.ts'
import { isPlainObject } from '../../border/shape.ts'
import { unwrap } from '../schema/wrap-schema.ts'
import { parseFailure } from './parse-failure.ts'
import { withoutReasoning, extractJson } from './extract-json.ts'

export type Wrapper = 'elements' | 'result'

type WrappedParsing = {
  readonly wrapper: Wrapper
  /** What the schema says of a value as it is, and of a text that may mean one. */
  check(value: unknown): Checked
  read(text: string): Checked
  /** The schema has a property of the wrapper's name; it may take an object. */
  readonly isOwn: boolean
  readonly takesObjects: boolean
}

/** Whether a text is a value in its wrapper, and nothing else. */
export function isWrapped(wrapper: Wrapper, text: string): boolean {
  const json = extractJson(text, '{')
  const found = 'value' in json ? unwrap(wrapper, json.value) : undefined
  return found !== undefined && !unwrap(wrapper, found.inner)
}

/** Such a wrapper was begun, in a text that has no JSON value, or more than one. */
const WRAPPER_START = /\{\s*"(?:elements|result)"\s*:/

/**
 * Reads an answer that was asked for within a wrapper; a model may leave that out. What is in it is what the model said,
 * and is tried as it is. Nothing that it said is lost: not what stands beside the value, or around it once more, and a
 * wrapper that cannot be read is no text.
 */
export function parseWrapped(text: string, { wrapper, check, read, isOwn, takesObjects }: WrappedParsing): Checked {
  const misses = (problem?: string): Checked =>
    parseFailure(`{ "${wrapper}": ${wrapper === 'elements' ? '[ … ]' : '…'} }`, text, problem)
  const json = extractJson(text, '{')
  if ('problem' in json) return WRAPPER_START.test(withoutReasoning(text) || text) ? misses(json.problem) : read(text)
  const said = json.value
  if (!isPlainObject(said) || !Object.hasOwn(said, wrapper)) {
    const bare = read(text)
    return bare.issues && !takesObjects && isPlainObject(said) ? misses() : bare
  }
  /** Taken, with all that is in it: what a schema does not know of, it may leave out. */
  const isWhole = (given: unknown, result: Checked): boolean =>
    !result.issues &&
    (isOwn ||
      !(isPlainObject(given) && Object.hasOwn(given, wrapper)) ||
      !isPlainObject(result.value) ||
      Object.hasOwn(result.value, wrapper))
  const inside = (inner: unknown): Checked => {
    const result = check(inner)
    return result.issues && typeof inner === 'string' ? read(inner) : result
  }
  const inner = said[wrapper]
  const result = inside(inner)
  const bare = (): Checked => check(said)
  if (Object.keys(said).length > 1) {
    const whole = bare()
    if (whole.issues) return result.issues || isWhole(inner, result) ? result : misses()
    return result.issues && isWhole(said, whole) ? whole : misses(', with something beside it')
  }
  if (isWhole(inner, result)) return result
  const twice = unwrap(wrapper, inner)
  if (twice) {
    const deeper = inside(twice.inner)
    return isWhole(twice.inner, deeper) ? deeper : misses(', once more around it')
  }
  // What looks like a wrapper may be the value.
  const whole = bare()
  return isWhole(said, whole) ? whole : result.issues ? result : misses()
}
