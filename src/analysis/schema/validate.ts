import { safeValidate } from '../../border/schema.ts'
import type { StandardSchema } from '../../types.ts'

/** The output of a schema, or the message and the path of its first issue. */
export type ValidationResult =
  | { readonly value: unknown }
  | { readonly issue: string; readonly path: readonly PropertyKey[] }

/** Validates a value. Never throws: an asynchronous schema, and one that throws, reject the value. */
export function tryValidate(schema: StandardSchema, value: unknown): ValidationResult {
  try {
    const result = safeValidate(schema, value)
    if (!result.issues) return { value: result.value }
    const [issue] = result.issues
    return { issue: issue?.message ?? '', path: issue?.path ?? [] }
  } catch (thrown) {
    return { issue: String((thrown as Partial<Error> | undefined)?.message ?? thrown), path: [] }
  }
}
