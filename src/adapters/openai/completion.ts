import type { RunContext } from '../../types.ts'
import { OpenAIChatError } from './error.ts'

/** A chat completion, as far as it is read here; servers that only resemble OpenAI leave things out. */
export type Completion = { choices: Choice[]; usage?: TokenUsage | null }
export type Choice = {
  index: number
  finish_reason?: string | null
  message: { content?: string | null; refusal?: string | null }
  logprobs?: { content?: unknown[] | null } | null
}
type TokenUsage = {
  prompt_tokens?: number
  completion_tokens?: number
  prompt_tokens_details?: { cached_tokens?: number } | null
  completion_tokens_details?: { reasoning_tokens?: number } | null
  cost?: number
}

/**
 * The texts of a completion. Usage, finish reasons and log probabilities leave as events, also when the answer turns
 * out to be no good: it was paid for.
 */
export function readCompletion(completion: unknown, { emit }: RunContext): string[] {
  const { choices, usage } = Object(completion) as Partial<Completion>
  if (usage) emit({ type: 'usage', ...tokensOf(usage) })
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new OpenAIChatError(
      'no_answer',
      'the server sent no chat completion. Check that baseURL (or OPENAI_BASE_URL) is the address of an OpenAI-compatible API, which usually ends in /v1',
    )
  }
  const place = (index: number) => (choices.length > 1 ? { index } : {})
  for (const { index, finish_reason: reason, logprobs } of choices) {
    if (reason) emit({ type: 'finish', reason, ...place(index) })
    if (logprobs?.content) emit({ type: 'logprobs', content: logprobs.content, ...place(index) })
  }
  return choices.map(textOf)
}

function tokensOf({ prompt_tokens, completion_tokens, cost, ...details }: TokenUsage) {
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

function textOf({ message, finish_reason: reason }: Choice): string {
  const { content, refusal } = message
  if (refusal) {
    throw new OpenAIChatError('refusal', `the model refused to answer: ${JSON.stringify(refusal)}. Change the prompt`)
  }
  if (reason === 'length') {
    throw new OpenAIChatError(
      'length',
      'the answer was cut off where its tokens ran out (finish reason "length"). Raise max_completion_tokens, or ask for a shorter answer',
    )
  }
  if (reason === 'content_filter') {
    throw new OpenAIChatError(
      'content_filter',
      'the content filter of the server stopped the answer (finish reason "content_filter"). Change the prompt',
    )
  }
  if (reason === 'tool_calls' || reason === 'function_call') {
    throw new OpenAIChatError(
      'tool_calls',
      `the model asked for a tool (finish reason "${reason}"), and openAIChat gives text. Leave tools out, or set tool_choice: 'none'`,
    )
  }
  if (typeof content === 'string') return content
  throw new OpenAIChatError('no_answer', `the answer has no text (finish reason ${JSON.stringify(reason ?? null)})`)
}
