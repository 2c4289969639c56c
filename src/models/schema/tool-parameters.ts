import type { StandardSchema } from '../../types.ts'
import { safeValidate } from '../../border/schema.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'
import { schemaTypes } from '../parsing/json-type.ts'
import type { JsonSchema } from './json-schema.ts'
import { requireJsonSchema } from './model-schema.ts'
import { unwrap, wrapSchema } from './wrap-schema.ts'

/**
 * A schema as the parameters of a tool. They are always an object: another schema is wrapped in its property `input`.
 */
export type ToolParameters = {
  readonly parameters: JsonSchema
  /** The JSON Schema of the tool's input, without the wrapper. */
  readonly form: JsonSchema
  /** The tool's input, from the arguments that a model wrote. */
  readonly inputOf: (given: unknown) => unknown
}

/** Throws a `TypeError` if the schema has no JSON Schema, or no JSON satisfies it. */
export function toolParameters(tool: string, input: StandardSchema, alternatives?: string): ToolParameters {
  return parametersOf(requireJsonSchema(`${tool}: the schema of its input`, input, alternatives), input)
}

/** The same for a JSON Schema. `input` is the schema that validates the arguments, if there is one. */
export function parametersOf(schema: JsonSchema, input?: StandardSchema): ToolParameters {
  if (schema.type === 'object') return { parameters: schema, form: schema, inputOf: (given) => given }
  const takes = (value: unknown): boolean =>
    input !== undefined && attempt(() => safeValidate(input, value).issues) === undefined
  const mayBeObject = schemaTypes(schema)?.includes('object') ?? true
  return {
    parameters: wrapSchema('input', schema),
    form: schema,
    inputOf: (given) => {
      const wrapped = unwrap('input', given)
      if (wrapped) return wrapped.inner
      const isEmpty = isPlainObject(given) && Object.keys(given).length === 0
      // A tool without required input is often called with `{}`.
      return isEmpty && !(mayBeObject && takes({})) && takes(undefined) ? undefined : given
    },
  }
}
