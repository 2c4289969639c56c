import { checkOptions } from '../border/options.ts'
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
 * A model object of the Vercel AI SDK (specification 2, 3 or 4) as a plain model function, with its settings. `llmCall`
 * takes the object itself; this is for wherever a function is wanted, to wrap it for one. It returns the text, or a message
 * where the model asks for tools. Fails with the provider's `APICallError` or a `ModelError`.
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
    throw new TypeError(`aiSdkModel: the argument is not a model. Give a model object of the AI SDK.`)
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
