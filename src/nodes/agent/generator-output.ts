import { attempt, ignoreRejection } from '../../border/shape.ts'

type AnyGenerator = {
  next(): unknown
  return(value?: unknown): unknown
}

/** Whether it is the generator of a generator function, of any realm: any other iterable is a value. */
export function isGenerator(value: unknown): value is AnyGenerator {
  if (typeof value !== 'object' || value === null) return false
  return attempt(() => GENERATORS.includes(Object.prototype.toString.call(value)) && isMade(value)) === true
}
const GENERATORS = ['[object AsyncGenerator]', '[object Generator]']

/** The prototype of all generators is the one with these own properties. */
function isMade(value: object): boolean {
  const own = [Symbol.toStringTag, 'next', 'return', 'throw']
  for (let proto: unknown = Object.getPrototypeOf(value); proto; proto = Object.getPrototypeOf(proto)) {
    if (own.every((key) => Object.hasOwn(proto as object, key))) return true
  }
  return false
}

/**
 * The output of a generator: a promise of the last value that it yields, undefined if it yields none; its return value is
 * ignored. Each value before the last is passed to `progress` once the next one has arrived. If `signal` aborts, or
 * `progress` throws, the generator is ended by its `return()`, and the promise rejects at once. Any other value is
 * returned as it is.
 *
 * @example
 * const output = await lastYielded(run(input, ctx), (value) => ctx.emit({ type: 'progress', value }), ctx.signal)
 */
export const lastYielded = (
  result: unknown,
  progress: (value: unknown) => void,
  signal?: AbortSignal | undefined,
): unknown => (isGenerator(result) ? read(result, progress, signal) : result)

async function read(generator: AnyGenerator, progress: (value: unknown) => void, signal: AbortSignal | undefined) {
  const reason = (): unknown => signal?.reason ?? new DOMException('This operation was aborted', 'AbortError')
  if (signal?.aborted) {
    ignoreRejection(attempt(() => generator.return()))
    throw reason()
  }
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, reject) => (onAbort = () => reject(reason())))
  ignoreRejection(aborted)
  signal?.addEventListener('abort', onAbort, { once: true })
  let last: { value: unknown } | undefined
  let isOver = false
  const draw = async (): Promise<{ value: unknown } | undefined> => {
    const { done, value } = (await generator.next()) as IteratorResult<unknown>
    // A synchronous generator may yield promises.
    return done ? undefined : { value: await value }
  }
  try {
    for (;;) {
      const drawn = await Promise.race([aborted, draw()])
      if (!drawn) break
      if (last) progress(last.value)
      last = drawn
    }
    isOver = true
    return last?.value
  } finally {
    signal?.removeEventListener('abort', onAbort)
    // It ends at its next `yield`; nothing waits for it.
    if (!isOver) ignoreRejection(attempt(() => generator.return()))
  }
}
