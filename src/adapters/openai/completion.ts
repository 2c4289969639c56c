import type { Answer } from '../../models/answer.ts'
import { ModelError } from '../../models/error.ts'
import { type Prices, withCost } from '../../models/prices.ts'
import type { RunContext, ToolCall } from '../../types.ts'

/** A chat completion, as far as it is read here; servers that only resemble OpenAI leave things out. */
export type Completion = { choices: Choice[]; usage?: TokenUsage | null }
export type Choice = {
  index: number
  finish_reason?: string | null
  message: { content?: string | null; refusal?: string | null; tool_calls?: ToolCall[] | null }
  logprobs?: { content?: unknown[] | null } | null
}
export type TokenUsage = {
  prompt_tokens?: number
  completion_tokens?: number
  prompt_tokens_details?: { cached_tokens?: number } | null
  completion_tokens_details?: { reasoning_tokens?: number } | null
  cost?: number
}
/** What was asked of whom, at which prices. */
export type Asked = { model: string; n: number; prices: Prices }

/**
 * The answers of a completion. Usage, finish reasons and log probabilities leave as events, also when the answer turns
 * out to be no good: it was paid for.
 */
export function readCompletion(completion: unknown, { model, n, prices }: Asked, { emit }: RunContext): Answer[] {
  const { choices, usage } = Object(completion) as Partial<Completion>
  if (usage) emit({ type: 'usage', ...withCost(tokensOf(usage), model, prices) })
  if (!Array.isArray(choices) || choices.length === 0 || choices.some((choice) => !Object(choice).message)) {
    throw new ModelError(
      'no_answer',
      'the server sent no chat completion. Check that baseURL (or OPENAI_BASE_URL) is the address of an OpenAI-compatible API, which usually ends in /v1',
    )
  }
  const place = (index: number) => (choices.length > 1 ? { index } : {})
  for (const { index, finish_reason: reason, logprobs } of choices) {
    if (reason) emit({ type: 'finish', reason, ...place(index) })
    if (logprobs?.content) emit({ type: 'logprobs', content: logprobs.content, ...place(index) })
  }
  if (choices.length < n) {
    throw new ModelError(
      'no_answer',
      `the server gave ${choices.length} of ${n} answers: it may not know the option n. Ask as often as you need answers, in a parallel`,
    )
  }
  return choices.map(answerOf)
}

export function tokensOf({ prompt_tokens, completion_tokens, cost, ...details }: TokenUsage) {
  const cachedTokens = details.prompt_tokens_details?.cached_tokens
  const reasoningTokens = details.completion_tokens_details?.reasoning_tokens
  return {
    inputTokens: prompt_tokens ?? 0,
    outputTokens: completion_tokens ?? 0,
    ...(cachedTokens && { cachedTokens }),
    ...(reasoningTokens && { reasoningTokens }),
    ...(typeof cost === 'number' && { cost }),
  }
}

const isNamed = (call: unknown): boolean => typeof (Object(call) as Partial<ToolCall>).function?.name === 'string'

function answerOf({ message: { content, refusal, tool_calls }, finish_reason: reason }: Choice): Answer {
  return {
    content: content ?? null,
    refusal: refusal ?? null,
    reason: reason ?? null,
    // A stream may leave out a place. An id may be missing: who takes the answer into a conversation gives it one.
    tool_calls: Object.values(Object(tool_calls) as ToolCall[])
      .filter(isNamed)
      .map(({ id, function: { name, arguments: text } }) => ({
        id: typeof id === 'string' ? id : '',
        type: 'function',
        function: { name, arguments: text ?? '' },
      })),
  }
}
