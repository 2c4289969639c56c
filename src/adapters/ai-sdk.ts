import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { languageModelCaller } from '../models/language/language-provider.ts'
import {
  type CallSettings,
  checkLanguageModel,
  checkSettings,
  isLanguageModel,
  type LanguageModel,
  CALL_SETTINGS,
} from '../models/language/language-model.ts'
import { modelCall } from '../models/model-call.ts'
import type { AssistantMessage, ChatMessage, ModelRequest, RunContext } from '../types.ts'

/**
 * A model object of the Vercel AI SDK (specification 2, 3 or 4) as a model function, with its settings. `llmCall`
 * accepts the object itself; use this to wrap a model in your own function. Resolves to the text, or to a message if
 * the model calls tools. Rejects with the provider's `APICallError` or a `ModelError`.
 *
 * @example
 * const model = aiSdkModel(openai('gpt-4o-mini'), { temperature: 0 })
 * llmCall({ name: 'careful', model: async (messages, ctx) => censor(await model(messages, ctx)) })
 */
export function aiSdkModel(
  model: LanguageModel,
  settings: CallSettings = {},
): (
  messages: readonly ChatMessage[],
  ctx: RunContext,
  request?: Partial<ModelRequest>,
) => Promise<string | AssistantMessage> {
  if (!isLanguageModel(model))
    throw new TypeError(
      `aiSdkModel: the argument is ${formatValue(model)}, not a model object of the AI SDK. Give openai('gpt-4o-mini') or the like.`,
    )
  checkLanguageModel('aiSdkModel', model)
  checkOptions('aiSdkModel', settings, CALL_SETTINGS)
  checkSettings('aiSdkModel', settings)
  const { prices = {}, firstTokenTimeout, idleTimeout, ...others } = settings
  const callOptions = { timeouts: { firstTokenTimeout, idleTimeout }, prices }
  const caller = languageModelCaller(model, others, callOptions)
  const { ask } = modelCall('aiSdkModel', { name: 'answer', scalars: undefined }, () => caller)
  return async (messages, ctx, request = {}) => {
    const message = await ask({ ...request, messages: [...messages] }, ctx)
    return message.tool_calls ? message : (message.content as string)
  }
}

export type { CallSettings, LanguageModel } from '../models/language/language-model.ts'
