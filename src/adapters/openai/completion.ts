import type { Answer } from '../../models/answer.ts'
import { ModelError } from '../../models/error.ts'
import type { Tokens } from '../../models/prices.ts'
import type { Reply } from '../../models/provider.ts'
import type { ToolCall } from '../../types.ts'

/** A chat completion, as far as it is read here; servers that only resemble OpenAI leave things out. */
export type Completion = { choices: Choice[]; usage?: TokenUsage | null; id?: string; model?: string }
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
/**
 * What a completion says. Throws a `ModelError` for what is none.
 */
export function readCompletion(completion: unknown, n: number): Reply {
  const { choices, usage, id, model } = Object(completion) as Partial<Completion>
  if (!Array.isArray(choices) || choices.length === 0 || choices.some((choice) => !Object(choice).message)) {
    throw new ModelError(
      'no_answer',
      'the server sent no chat completion. Check that baseURL (or OPENAI_BASE_URL) is the address of an OpenAI-compatible API, which usually ends in /v1',
    )
  }
  if (choices.length < n) {
    throw new ModelError(
      'no_answer',
      `the server gave ${choices.length} of ${n} answers: it may not know the option n. Ask as often as you need answers, in a parallel`,
    )
  }
  return {
    answers: choices.map(answerOf),
    usage: usage ? tokensOf(usage) : undefined,
    response: { ...(typeof id === 'string' && { id }), ...(typeof model === 'string' && { model }) },
  }
}

export function tokensOf({ prompt_tokens, completion_tokens, cost, ...details }: TokenUsage): Tokens {
  const cachedInputTokens = details.prompt_tokens_details?.cached_tokens
  const reasoningTokens = details.completion_tokens_details?.reasoning_tokens
  return {
    inputTokens: prompt_tokens ?? 0,
    outputTokens: completion_tokens ?? 0,
    ...(cachedInputTokens && { cachedInputTokens }),
    ...(reasoningTokens && { reasoningTokens }),
    ...(typeof cost === 'number' && { cost }),
  }
}

const isNamed = (call: unknown): boolean => typeof (Object(call) as Partial<ToolCall>).function?.name === 'string'

function answerOf({ index, logprobs, message, finish_reason: reason }: Choice): Answer {
  const { content, refusal, tool_calls } = message
  return {
    index,
    ...(logprobs?.content && { facts: [{ type: 'logprobs', content: logprobs.content }] }),
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
