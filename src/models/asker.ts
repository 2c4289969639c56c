import type { RunContext } from '../types.ts'
import { type Answer, messageOf, textOf } from './answer.ts'
import { isModelError } from './failure/error.ts'
import { named } from './failure/named.ts'
import { type ModelProvider, type ProviderRequest, speak, type Speaking } from './provider.ts'

/**
 * Asks a model once; resolves to its answer as plain data, to a list of them if `n` is more than 1. Rejects with a
 * `ModelError` where there is none that could be used.
 */
export type Asker = (request: ProviderRequest, ctx: RunContext, form: 'text' | 'message') => Promise<unknown>

/** A provider's model as whatever calls a model asks it. The core loads this only when a model is asked. */
export const asker =
  (provider: ModelProvider, speaking: Speaking): Asker =>
  async (request, ctx, form) => {
    const answers = await speak(provider, speaking, request, ctx)
    const { messages, n = 1 } = request
    const one = (answer: Answer): unknown => (form === 'message' ? messageOf(answer, messages) : textOf(answer))
    try {
      return n === 1 ? one(answers[0] as Answer) : answers.map(one)
    } catch (thrown) {
      // What an answer is no good for is said where nobody knows who gave it.
      throw isModelError(thrown) ? named(thrown, { provider: provider.owner, model: provider.model }) : thrown
    }
  }
