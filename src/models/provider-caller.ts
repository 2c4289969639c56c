import type { RunContext } from '../types.ts'
import { type ModelAnswer, answerMessage, answerText } from './model-answer.ts'
import { isModelError } from './failure/model-error.ts'
import { withProviderLabel } from './failure/provider-label.ts'
import { type ModelProvider, type ProviderRequest, callProvider, type ProviderCallOptions } from './provider.ts'

/**
 * Asks a model once; resolves to its answer as plain data, to a list of them if `n` is more than 1. Rejects with a
 * `ModelError` where there is none that could be used.
 */
export type ModelCaller = (request: ProviderRequest, ctx: RunContext, form: 'text' | 'message') => Promise<unknown>

/** A provider's model as whatever calls a model asks it. The core loads this only when a model is asked. */
export const providerCaller =
  (provider: ModelProvider, callOptions: ProviderCallOptions): ModelCaller =>
  async (request, ctx, form) => {
    const answers = await callProvider(provider, callOptions, request, ctx)
    const { messages, n = 1 } = request
    const one = (answer: ModelAnswer): unknown =>
      form === 'message' ? answerMessage(answer, messages) : answerText(answer)
    try {
      return n === 1 ? one(answers[0] as ModelAnswer) : answers.map(one)
    } catch (thrown) {
      // What an answer is no good for is said where nobody knows who gave it.
      throw isModelError(thrown)
        ? withProviderLabel(thrown, { provider: provider.label, model: provider.model })
        : thrown
    }
  }
