import type { ChatMessage, StandardSchema, ToolSpec } from '../types.ts'
import { type Answer, messageOf, textOf } from './answer.ts'
import { type JsonSchema, textsOf, type ToJsonSchema } from './json-schema.ts'
import { outputSchema } from './output.ts'
import { toolAnswerSchema, type Tools, toolSpecs } from './tools.ts'

type Wanted = {
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers are asked for. */
  n?: number
  toJsonSchema: ToJsonSchema
}
export type Reading = {
  /** What the model is told of the tools. */
  specs: readonly ToolSpec[]
  /** What the model is told of the answer, where that is an object. */
  jsonSchema: JsonSchema | undefined
  /** The leaf's own `output`: makes of `read`'s value what the user asked for. */
  output: StandardSchema | undefined
  /** The answers to a conversation as plain data; throws a `ModelError` where there is none that could be used. */
  read(answers: readonly Answer[], conversation: readonly ChatMessage[]): unknown
}

/** How the answers of a model become what the user asked for: texts, values of a schema, or messages that ask for tools. */
export function reading(owner: string, { output, tools, n = 1, toJsonSchema }: Wanted): Reading {
  if (tools && output) {
    throw new TypeError(
      `${owner} has both tools and output, and an answer can be only one. Leave one out, or use agent().`,
    )
  }
  // What is no schema is left to the check of the node, which says so.
  const schema = output?.['~standard'] ? output : undefined
  const jsonSchema = schema && toJsonSchema(schema)
  const json = jsonSchema?.type === 'object'
  const checked =
    (tools && toolAnswerSchema(tools)) ??
    (schema && outputSchema(schema, { json, texts: textsOf(jsonSchema ?? {}), many: n > 1 }))
  return {
    specs: tools ? toolSpecs(owner, tools, toJsonSchema) : [],
    jsonSchema: json ? jsonSchema : undefined,
    output: checked ?? output,
    read: (answers, conversation) => {
      const one = (answer: Answer): unknown => (tools ? messageOf(answer, conversation) : textOf(answer))
      return n === 1 ? one(answers[0] as Answer) : answers.map(one)
    },
  }
}
