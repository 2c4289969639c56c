import { attempt } from '../border/shape.ts'
import type { StandardSchema, ToolSpec } from '../types.ts'
import { answerFormat, answerSchema, modelFunctionFormat } from './schema/answer-format.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import type { Wrapper } from './parsing/wrapped-answer.ts'
import { type Tools, toolDefinitions } from './tools.ts'

type StructuredOutputOptions = {
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers are asked for. */
  n?: number
  /** How a model is asked for what is no object and no list; without it, it is not told what its answer must be. */
  scalars: 'text' | 'wrapped' | undefined
  /** What else its user could do, if the schema has no JSON Schema. */
  alternatives?: string
}
export type StructuredOutput = {
  /** What the model is told of the tools. */
  specs: readonly ToolSpec[]
  /** What the model is told of the answer, an object; undefined where it is asked for a text. */
  jsonSchema: JsonSchema | undefined
  /** What it is asked to put around the answer. */
  wrapper: Wrapper | undefined
  /** The leaf's own `output`: makes of the answer, as plain data, what the user asked for. */
  output: StandardSchema | undefined
}

/** How the answers of a model become what the user asked for: texts, values of a schema, or messages that ask for tools. */
export function structuredOutput(
  owner: string,
  { output, tools, n = 1, scalars, alternatives: ways }: StructuredOutputOptions,
): StructuredOutput {
  if (tools && output) {
    throw new TypeError(
      `${owner} has both tools and output, and an answer can be only one. Leave one out, or use agent().`,
    )
  }
  // What is no schema is left to the check of the node, which says so.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form = schema && (scalars ? answerFormat(owner, schema, { scalars, ways }) : modelFunctionFormat(owner, schema))
  const set = tools && toolDefinitions(owner, tools)
  return {
    specs: set?.specs ?? [],
    jsonSchema: form?.jsonSchema,
    wrapper: form?.wrapper,
    output: set?.answer ?? (schema && form && answerSchema(form, schema, n > 1)) ?? output,
  }
}
