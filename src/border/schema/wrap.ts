import type { StandardSchema } from '../../types.ts'
import { safeValidate, type Validation } from '../schema.ts'

/** The schema with another `validate`. Its library's own properties (`toJSONSchema` …) are found on the prototype. */
export const withValidate = (schema: StandardSchema, validate: (value: unknown) => Validation): StandardSchema =>
  Object.create(schema, {
    '~standard': { value: { ...schema['~standard'], vendor: 'tinyllm', validate }, enumerable: true },
  }) as StandardSchema

/** A schema that validates with `first`, then its output with `second`; to readers it looks like `first`. */
export const pipeSchemas = (first: StandardSchema, second: StandardSchema): StandardSchema =>
  withValidate(first, (value) => {
    const checked = safeValidate(first, value)
    return checked.issues ? checked : safeValidate(second, checked.value)
  })
