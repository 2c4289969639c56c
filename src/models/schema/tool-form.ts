import type { StandardSchema } from '../../types.ts'
import { safeValidate } from '../../border/schema.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { kindsIn } from '../spoken/kinds.ts'
import type { JsonSchema } from './json-schema.ts'
import { spokenSchema } from './spoken-schema.ts'
import { unwrapped, wrappedIn } from './wrapping.ts'

/** A schema as the arguments of a tool: a model gives an object always; what is none comes in the one field of one. */
export type ToolForm = {
  readonly parameters: JsonSchema
  /** What is in them for the schema itself. */
  readonly form: JsonSchema
  /** What the arguments that a model wrote mean to the schema. */
  readonly inputOf: (given: unknown) => unknown
}

/** How a model is told of a tool's arguments; throws a `TypeError` where it could not be, or in vain. */
export function toolForm(tool: string, input: StandardSchema, ways?: string): ToolForm {
  return formOf(spokenSchema(`${tool}: the schema of its input`, input, ways), input)
}

/** The same for what is a JSON Schema already; what is checked by a schema is read as that can take it. */
export function formOf(schema: JsonSchema, input?: StandardSchema): ToolForm {
  if (schema.type === 'object') return { parameters: schema, form: schema, inputOf: (given) => given }
  const takes = (value: unknown): boolean =>
    input !== undefined && attempt(() => safeValidate(input, value).issues) === undefined
  const mayBeObject = kindsIn(schema)?.includes('object') ?? true
  return {
    parameters: wrappedIn('input', schema),
    form: schema,
    inputOf: (given) => {
      const wrapped = unwrapped('input', given)
      if (wrapped) return wrapped.inner
      const isEmpty = isPlainObject(given) && Object.keys(given).length === 0
      // A tool that needs nothing is often called with nothing.
      return isEmpty && !(mayBeObject && takes({})) && takes(undefined) ? undefined : given
    },
  }
}
