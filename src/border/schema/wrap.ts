import type { StandardSchema } from '../../types.ts'
import { safeValidate, type Validation } from '../schema.ts'

/** The same schema to all who read it, and another validation: how its library describes it is found behind it. */
export const withValidate = (schema: StandardSchema, validate: (value: unknown) => Validation): StandardSchema =>
  Object.create(schema, {
    '~standard': { value: { ...schema['~standard'], vendor: 'tinyllm', validate }, enumerable: true },
  }) as StandardSchema

/** A schema of which another one is asked what it makes: it looks like the first, and returns what the second makes. */
export const pipeSchemas = (first: StandardSchema, second: StandardSchema): StandardSchema =>
  withValidate(first, (value) => {
    const checked = safeValidate(first, value)
    return checked.issues ? checked : safeValidate(second, checked.value)
  })
