import type { StandardSchema } from '../../types.ts'
import { ask } from '../../border/schema.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { schemaTypes } from '../parsing/json-type.ts'
import type { JsonSchema } from './json-schema.ts'
import { requireJsonSchema } from './model-schema.ts'
import { unwrap, wrapSchema } from './wrap-schema.ts'

/** A schema as the arguments of a tool: a model gives an object always; what is none comes in the one field of one. */
export type ToolParameters = {
  readonly parameters: JsonSchema
  /** What is in them for the schema itself. */
  readonly form: JsonSchema
  /** What the arguments that a model wrote mean to the schema. */
  readonly inputOf: (given: unknown) => unknown
}

/** How a model is told of a tool's arguments; throws a `TypeError` where it could not be, or in vain. */
export function toolParameters(tool: string, input: StandardSchema, ways?: string): ToolParameters {
  return parametersOf(requireJsonSchema(`${tool}: the schema of its input`, input, ways), input)
}

/** The same for what is a JSON Schema already; what is checked by a schema is read as that can take it. */
export function parametersOf(schema: JsonSchema, input?: StandardSchema): ToolParameters {
  if (schema.type === 'object') return { parameters: schema, form: schema, inputOf: (given) => given }
  const takes = (value: unknown): boolean =>
    input !== undefined && attempt(() => ask(input, value).issues) === undefined
  const mayBeObject = schemaTypes(schema)?.includes('object') ?? true
  return {
    parameters: wrapSchema('input', schema),
    form: schema,
    inputOf: (given) => {
      const wrapped = unwrap('input', given)
      if (wrapped) return wrapped.inner
      const isEmpty = isPlainObject(given) && Object.keys(given).length === 0
      // A tool that needs nothing is often called with nothing.
      return isEmpty && !(mayBeObject && takes({})) && takes(undefined) ? undefined : given
    },
  }
}
