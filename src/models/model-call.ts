import type { AssistantMessage, ChatMessage, ChatModel, ModelRequest, RunContext, StandardSchema } from '../types.ts'
import { refusedIn } from '../border/refused.ts'
import { messageOf } from './answer.ts'
import { isModelError, named } from './failure/error.ts'
import { withFeedback } from './feedback.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import { type ModelProvider, speak, type Speaking } from './provider.ts'
import { reading } from './reading.ts'
import type { Tools } from './tools.ts'

type Wanted = {
  name: string
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  /** How many answers are asked for. */
  n?: number
  /** How the model is asked for what is no object and no list; without it, it is not told what its answer must be. */
  scalars: 'text' | 'wrapped' | undefined
  /** How the answers that were refused before are told; one at a time by default. */
  retold?: typeof withFeedback
  /** What else its user could do, if the schema has no JSON Schema. */
  ways?: string
}
/** Gives the provider when it is first needed: some are loaded only then. */
type Provider = () => ModelProvider | Promise<ModelProvider>

export type ModelCall = {
  /** What the leaf does, and the schema of what comes out. */
  run(input: { messages: readonly ChatMessage[] }, ctx: RunContext): Promise<unknown>
  output: StandardSchema | undefined
  /** One turn, for an agent. */
  ask: ChatModel
}

/** What a leaf that asks a provider's model is made of: how it asks, and how the answer becomes what the user wants. */
export function modelCall(
  owner: string,
  { name, n = 1, retold = withFeedback, ...wanted }: Wanted,
  provider: Provider,
  speaking: Speaking,
): ModelCall {
  const { specs, jsonSchema, wrapper, output: checked, read } = reading(owner, { ...wanted, n })
  const formatOf = (schema: JsonSchema | undefined) => schema && { format: { name, schema } }
  return {
    output: checked,
    run: async ({ messages: given }, ctx) => {
      const messages = retold(given, refusedIn(ctx), wrapper)
      const request = { messages, tools: specs, n, ...formatOf(jsonSchema) }
      const asked = await provider()
      const answers = await speak(asked, speaking, request, ctx)
      return naming(asked, () => read(answers, messages))
    },
    ask: async (
      { tools: offered = specs, schema = jsonSchema, ...request }: ModelRequest,
      ctx,
    ): Promise<AssistantMessage> => {
      const asked = await provider()
      const [answer] = await speak(asked, speaking, { ...request, tools: offered, ...formatOf(schema) }, ctx)
      return naming(asked, () => messageOf(answer as NonNullable<typeof answer>, request.messages))
    },
  }
}

/** What an answer is no good for is said where nobody knows who gave it. */
function naming<T>(asked: ModelProvider, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    throw isModelError(thrown) ? named(thrown, { provider: asked.owner, model: asked.model }) : thrown
  }
}
