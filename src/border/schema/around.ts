import type { StandardSchema } from '../../types.ts'
import { ask, type Checked } from '../schema.ts'

/** The same schema to all who read it, and another validation: how its library describes it is found behind it. */
export const around = (schema: StandardSchema, validate: (value: unknown) => Checked): StandardSchema =>
  Object.create(schema, {
    '~standard': { value: { ...schema['~standard'], vendor: 'tinyllm', validate }, enumerable: true },
  }) as StandardSchema

/** A schema of which another one is asked what it makes: it looks like the first, and returns what the second makes. */
export const inOrder = (first: StandardSchema, second: StandardSchema): StandardSchema =>
  around(first, (value) => {
    const checked = ask(first, value)
    return checked.issues ? checked : ask(second, checked.value)
  })
