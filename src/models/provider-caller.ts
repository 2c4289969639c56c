import type { RunContext } from '../types.ts'
import { type ProviderAnswer, answerAsMessage, textOfAnswer } from './provider-answer.ts'
import { isModelError } from './failure/model-error.ts'
import { withProviderLabel } from './failure/provider-label.ts'
import { type ModelProvider, type ProviderRequest, callProvider, type ProviderCallOptions } from './provider.ts'

/**
 * Calls a model once. Resolves to its answer as a text or a message, to an array of them if `n` is more than 1. Rejects
 * with a `ModelError` if there is no usable answer.
 */
export type ModelCaller = (request: ProviderRequest, ctx: RunContext, form: 'text' | 'message') => Promise<unknown>

/** A provider's model as a `ModelCaller`. The core loads this file when a model is called. */
export const providerCaller =
  (provider: ModelProvider, callOptions: ProviderCallOptions): ModelCaller =>
  async (request, ctx, form) => {
    const answers = await callProvider(provider, callOptions, request, ctx)
    const { messages, n = 1 } = request
    const one = (answer: ProviderAnswer): unknown =>
      form === 'message' ? answerAsMessage(answer, messages) : textOfAnswer(answer)
    try {
      return n === 1 ? one(answers[0] as ProviderAnswer) : answers.map(one)
    } catch (thrown) {
      // The check of an answer does not know the provider, so its label is added here.
      throw isModelError(thrown)
        ? withProviderLabel(thrown, { provider: provider.label, model: provider.model })
        : thrown
    }
  }
