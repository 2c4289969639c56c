import { InvalidValue } from './errors.ts'
import type { StandardSchema } from './types.ts'

/** The value as the schema gives it back; throws `InvalidValue` when it does not fit. */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise || typeof (result as { then?: unknown }).then === 'function') {
    // Its outcome is of no interest any more, and must not surface as an unhandled rejection.
    Promise.resolve(result).catch(() => {})
    throw new TypeError(
      'the schema is asynchronous, and validation is synchronous; move the asynchronous check into run',
    )
  }
  if (!result.issues) return result.value
  throw new InvalidValue(
    result.issues.map(({ message, path = [] }) => ({
      message,
      path: path.map((part) => plain(isKeyed(part) ? part.key : part)),
    })),
  )
}

const isKeyed = (part: unknown): part is { readonly key: PropertyKey } => typeof part === 'object' && part !== null
const plain = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key))
