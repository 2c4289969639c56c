import type { AssistantMessage, ChatMessage, ProviderParts, ToolCall } from '../types.ts'
import { toolCallIds, withUniqueToolCallIds } from './tool-call-ids.ts'
import { ModelError, refusalError } from './failure/model-error.ts'

/** What a model said, whoever's it is; `reason` is why it ended, in OpenAI's words. */
export type ModelAnswer = {
  content: string | null
  refusal?: string | null
  tool_calls?: ToolCall[]
  reason: string | null
  /** In the provider's own words. */
  rawReason?: string | undefined
  /** The answer as its provider gave it, where that holds more than text and calls. */
  parts?: ProviderParts | undefined
  /** Which one it is, of several. */
  index?: number
  /** What else is known of it: log probabilities. */
  facts?: readonly { readonly type: string; readonly [field: string]: unknown }[]
}

/** The text of an answer; throws a `ModelError` where it has none that could be used. */
export function answerText(answer: ModelAnswer): string {
  const { content, tool_calls, reason } = assertUsable(answer)
  if (tool_calls?.length || reason === 'tool_calls' || reason === 'function_call') {
    throw new ModelError(
      'tool_calls',
      `the model asked for a tool (finish reason "${reason}"), and only a text can be used here. Offer no tools, or set tool_choice: 'none'`,
    )
  }
  if (typeof content === 'string') return content
  throw new ModelError('no_answer', `the answer has no text (finish reason ${JSON.stringify(reason)})`)
}

/** The answer to a conversation as a message, which may ask for tools: each call has an id of its own there. */
export function answerMessage(answer: ModelAnswer, conversation: readonly ChatMessage[]): AssistantMessage {
  const { content, tool_calls, parts } = assertUsable(answer)
  const whole = parts && { parts }
  if (!tool_calls?.length) return { role: 'assistant', content: answerText(answer), ...whole }
  return withUniqueToolCallIds(
    { role: 'assistant', content: content || null, tool_calls, ...whole },
    toolCallIds(conversation),
  )
}

/** The answer, if it came to its end. */
function assertUsable(answer: ModelAnswer): ModelAnswer {
  const { refusal, reason } = answer
  if (refusal) throw refusalError(refusal)
  if (reason === 'length') {
    throw new ModelError(
      'length',
      'the answer was cut off where its tokens ran out (finish reason "length"). Raise max_completion_tokens (maxOutputTokens in the AI SDK), or ask for a shorter answer',
    )
  }
  if (reason === 'content_filter') {
    throw new ModelError(
      'content_filter',
      'the content filter of the server stopped the answer (finish reason "content_filter"). Change the prompt',
    )
  }
  if (reason === 'error') {
    throw new ModelError(
      'no_answer',
      'the model server aborted the answer (finish reason "error"). Run it again, or set retry: { attempts: 3 }',
      { passes: true },
    )
  }
  return answer
}
