import type { Model, ModelRequest, StandardSchema } from '../types.ts'
import { rejectedAnswersIn } from '../border/rejected-answers.ts'
import { withFeedback } from './feedback.ts'
import { toAssistantMessage } from './assistant-message.ts'
import { callModelFunction } from './call-model-function.ts'
import type { ModelCall } from './model-call.ts'
import { structuredOutput } from './structured-output.ts'
import type { Tools } from './tools.ts'

type ModelFunctionOptions = {
  output?: StandardSchema | undefined
  tools?: Tools | undefined
  settings: Readonly<Record<string, unknown>>
}

/**
 * The parts of a leaf that calls a user's model function. What it returns is the answer; text is parsed as any model's.
 */
export function modelFunctionCall(
  owner: string,
  model: Model<unknown>,
  { output, tools, settings }: ModelFunctionOptions,
): ModelCall {
  const { specs, jsonSchema, wrapper, output: checked } = structuredOutput(owner, { output, tools, scalars: undefined })
  const requestOf = (request: ModelRequest): ModelRequest => {
    const { tools: offered = specs, schema = jsonSchema, ...rest } = request
    const { toolChoice } = rest
    const given: Readonly<Record<string, unknown>> = { ...settings, ...rest.settings }
    // The toolChoice of this turn overrides that of the settings.
    const all = toolChoice !== undefined && 'toolChoice' in given ? { ...given, toolChoice } : given
    return {
      ...rest,
      ...(offered.length > 0 && { tools: offered }),
      ...(schema && { schema }),
      ...(Object.keys(all).length > 0 && { settings: all }),
    }
  }
  return {
    run: async ({ messages: given }, ctx) => {
      const conversation = withFeedback(given, rejectedAnswersIn(ctx), wrapper)
      // Copies: the model function may change them, and a retry uses the originals.
      const messages = conversation.map((message) => ({ ...message }))
      const answer = assertNotStream(await callModelFunction(ctx, () => model(messages, ctx, requestOf({ messages }))))
      return tools ? toAssistantMessage(answer, conversation) : answer
    },
    output: checked,
    ask: async (request, ctx) => {
      const { messages } = request
      const conversation = [...messages]
      return toAssistantMessage(
        assertNotStream(await callModelFunction(ctx, () => model(messages, ctx, requestOf(request)))),
        conversation,
      )
    },
  }
}

/** Throws a `TypeError` for a generator or a stream of an SDK. */
function assertNotStream(answer: unknown): unknown {
  const { [Symbol.asyncIterator]: pieces, next } = Object(answer) as Partial<AsyncIterableIterator<unknown>>
  if (typeof pieces !== 'function' && typeof next !== 'function') return answer
  throw new TypeError(
    "the model returned a stream. Read it: emit each delta with ctx.emit({ type: 'token', delta }), and return the whole answer",
  )
}
