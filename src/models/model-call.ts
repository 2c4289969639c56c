import type { AssistantMessage, ChatMessage, ChatModel, ModelRequest, RunContext, StandardSchema } from '../types.ts'
import { rejectedAnswersIn } from '../border/rejected-answers.ts'
import { withFeedback } from './feedback.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import { structuredOutput } from './structured-output.ts'
import type { ModelCaller } from './provider-caller.ts'
import type { Tools } from './tools.ts'

type ModelCallOptions = {
  name: string
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers to request; 1 by default. */
  n?: number
  /** How scalars are requested: as plain text or in a wrapper object. Without it, no schema is sent. */
  scalars: 'text' | 'wrapped' | undefined
  /** How rejected answers are added to the conversation; `withFeedback` by default. */
  addFeedback?: typeof withFeedback
  /** An alternative for the message of the error, if the schema has no JSON Schema. */
  alternatives?: string
}
export type ModelCall = {
  /** What the leaf runs, and the schema of its output. */
  run(input: { messages: readonly ChatMessage[] }, ctx: RunContext): Promise<unknown>
  output: StandardSchema | undefined
  /** One model call, for an agent's turn. */
  ask: ChatModel
}

/**
 * The parts of a leaf that calls a provider's model: the call, and the schema that parses its answer. `getCaller` is
 * called for each request, because some callers are loaded lazily.
 */
export function modelCall(
  owner: string,
  { name, n = 1, addFeedback = withFeedback, ...options }: ModelCallOptions,
  getCaller: () => ModelCaller | Promise<ModelCaller>,
): ModelCall {
  const { specs, jsonSchema, wrapper, output: checked } = structuredOutput(owner, { ...options, n })
  const formatOf = (schema: JsonSchema | undefined) => schema && { format: { name, schema } }
  return {
    output: checked,
    run: async ({ messages: given }, ctx) => {
      const messages = addFeedback(given, rejectedAnswersIn(ctx), wrapper)
      const request = { messages, tools: specs, n, ...formatOf(jsonSchema) }
      const ask = await getCaller()
      return ask(request, ctx, options.tools ? 'message' : 'text')
    },
    ask: async ({ tools: offered = specs, schema = jsonSchema, ...request }: ModelRequest, ctx) => {
      const ask = await getCaller()
      const message = await ask({ ...request, tools: offered, ...formatOf(schema) }, ctx, 'message')
      return message as AssistantMessage
    },
  }
}
