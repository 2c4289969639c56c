import type { AssistantMessage, ChatMessage, ChatModel, ModelRequest, RunContext, StandardSchema } from '../types.ts'
import { refusedIn } from '../border/refused.ts'
import { withFeedback } from './feedback.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import { structuredOutput } from './structured-output.ts'
import type { ModelCaller } from './provider-caller.ts'
import type { Tools } from './tools.ts'

type ModelCallOptions = {
  name: string
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers are asked for. */
  n?: number
  /** How the model is asked for what is no object and no list; without it, it is not told what its answer must be. */
  scalars: 'text' | 'wrapped' | undefined
  /** How the answers that were refused before are told; one at a time by default. */
  addFeedback?: typeof withFeedback
  /** What else its user could do, if the schema has no JSON Schema. */
  alternatives?: string
}
export type ModelCall = {
  /** What the leaf does, and the schema of what comes out. */
  run(input: { messages: readonly ChatMessage[] }, ctx: RunContext): Promise<unknown>
  output: StandardSchema | undefined
  /** One turn, for an agent. */
  ask: ChatModel
}

/**
 * What a leaf that asks a provider's model is made of: how it asks, and how the answer becomes what the user wants.
 * `askerOf` is called for each request: some askers are loaded only then.
 */
export function modelCall(
  owner: string,
  { name, n = 1, addFeedback: retold = withFeedback, ...wanted }: ModelCallOptions,
  askerOf: () => ModelCaller | Promise<ModelCaller>,
): ModelCall {
  const { specs, jsonSchema, wrapper, output: checked } = structuredOutput(owner, { ...wanted, n })
  const formatOf = (schema: JsonSchema | undefined) => schema && { format: { name, schema } }
  return {
    output: checked,
    run: async ({ messages: given }, ctx) => {
      const messages = retold(given, refusedIn(ctx), wrapper)
      const request = { messages, tools: specs, n, ...formatOf(jsonSchema) }
      const ask = await askerOf()
      return ask(request, ctx, wanted.tools ? 'message' : 'text')
    },
    ask: async ({ tools: offered = specs, schema = jsonSchema, ...request }: ModelRequest, ctx) => {
      const ask = await askerOf()
      const message = await ask({ ...request, tools: offered, ...formatOf(schema) }, ctx, 'message')
      return message as AssistantMessage
    },
  }
}
