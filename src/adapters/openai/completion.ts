import type { Answer } from '../../models/answer.ts'
import { ModelError } from '../../models/error.ts'
import { type Prices, withCost } from '../../models/prices.ts'
import { write } from '../../models/writing.ts'
import type { RunContext } from '../../types.ts'
import type { Choice } from './choice.ts'
import { noCompletion } from './server-error.ts'
import type { Completion } from './stream.ts'
import { tokensOf } from './usage.ts'

/** What was asked of whom, at which prices. */
export type Asked = { model: string; n: number; prices: Prices }

/**
 * The answers of a completion. Usage, finish reasons and log probabilities leave as events, also when the answer turns
 * out to be no good: it was paid for.
 */
export function readCompletion(completion: Completion, { model, n, prices }: Asked, { emit }: RunContext): Answer[] {
  const { choices, usage, other } = completion
  const tokens = tokensOf(usage)
  if (tokens) emit({ type: 'usage', ...withCost(tokens, model, prices) })
  if (choices.length === 0) throw noCompletion(write(other), {})
  for (const [index, { reason, rawReason, logprobs }] of choices.entries()) {
    const place = n > 1 ? { index } : {}
    if (reason) emit({ type: 'finish', reason, ...(rawReason && { raw: rawReason }), ...place })
    if (logprobs) emit({ type: 'logprobs', content: logprobs, ...place })
  }
  if (choices.length < n) {
    throw new ModelError(
      'no_answer',
      `the server gave ${choices.length} of ${n} answers: it may not know the option n. Ask as often as you need answers, in a parallel`,
    )
  }
  return choices.map(answerOf)
}

const answerOf = ({ content, refusal, reason, calls, extras }: Choice): Answer => ({
  content,
  refusal,
  reason,
  // An id may be missing: who takes the answer into a conversation gives it one.
  tool_calls: calls,
  ...(Object.keys(extras).length > 0 && { extras }),
})
