import { attempt } from '../border/shape.ts'
import type { StandardSchema, ToolSpec } from '../types.ts'
import { answerForm, readBy, untold } from './schema/answer-form.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import type { Wrapper } from './spoken/wrapped.ts'
import { type Tools, toolset } from './tools.ts'

type Wanted = {
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers are asked for. */
  n?: number
  /** How a model is asked for what is no object and no list; without it, it is not told what its answer must be. */
  scalars: 'text' | 'wrapped' | undefined
  /** What else its user could do, if the schema has no JSON Schema. */
  ways?: string
}
export type Reading = {
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
export function reading(owner: string, { output, tools, n = 1, scalars, ways }: Wanted): Reading {
  if (tools && output) {
    throw new TypeError(
      `${owner} has both tools and output, and an answer can be only one. Leave one out, or use agent().`,
    )
  }
  // What is no schema is left to the check of the node, which says so.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form = schema && (scalars ? answerForm(owner, schema, { scalars, ways }) : untold(owner, schema))
  const set = tools && toolset(owner, tools)
  return {
    specs: set?.specs ?? [],
    jsonSchema: form?.jsonSchema,
    wrapper: form?.wrapper,
    output: set?.answer ?? (schema && form && readBy(form, schema, n > 1)) ?? output,
  }
}
