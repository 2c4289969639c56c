import { attempt } from '../border/shape.ts'
import type { StandardSchema, ToolSpec } from '../types.ts'
import { answerFormat, answerSchema, modelFunctionFormat } from './schema/answer-format.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import type { Wrapper } from './parsing/wrapped-answer.ts'
import { type Tools, toolDefinitions } from './tools.ts'

type StructuredOutputOptions = {
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers to request; 1 by default. */
  n?: number
  /** How scalars are requested: as plain text or in a wrapper object. Without it, no schema is sent. */
  scalars: 'text' | 'wrapped' | undefined
  /** An alternative for the message of the error, if the schema has no JSON Schema. */
  alternatives?: string
}
export type StructuredOutput = {
  /** The tools of the request. */
  specs: readonly ToolSpec[]
  /** The JSON Schema of the request, an object; undefined if text is requested. */
  jsonSchema: JsonSchema | undefined
  /** The property that the answer is wrapped in, if any. */
  wrapper: Wrapper | undefined
  /** The leaf's `output` schema: parses and validates the answer. */
  output: StandardSchema | undefined
}

/**
 * What to request from a model, and the schema that parses its answers: text, values of a schema, or messages with tool
 * calls.
 */
export function structuredOutput(
  owner: string,
  { output, tools, n = 1, scalars, alternatives }: StructuredOutputOptions,
): StructuredOutput {
  if (tools && output) {
    throw new TypeError(
      `${owner} has both tools and output, and an answer is either tool calls or a value. Remove one, or use agent().`,
    )
  }
  // A value that is not a schema is reported by the check of the node.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form =
    schema && (scalars ? answerFormat(owner, schema, { scalars, alternatives }) : modelFunctionFormat(owner, schema))
  const set = tools && toolDefinitions(owner, tools)
  return {
    specs: set?.specs ?? [],
    jsonSchema: form?.jsonSchema,
    wrapper: form?.wrapper,
    output: set?.answer ?? (schema && form && answerSchema(form, schema, n > 1)) ?? output,
  }
}
