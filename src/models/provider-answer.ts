import type { AssistantMessage, ChatMessage, ProviderParts, ToolCall } from '../types.ts'
import { toolCallIds, withUniqueToolCallIds } from './tool-call-ids.ts'
import { ModelError, refusalError } from './failure/model-error.ts'

/** One answer of a model of any provider. `reason` is its finish reason, in OpenAI's terms. */
export type ProviderAnswer = {
  content: string | null
  refusal?: string | null
  tool_calls?: ToolCall[]
  reason: string | null
  /** The finish reason as the provider sent it. */
  rawReason?: string | undefined
  /** The provider's own content, where it contains more than text and tool calls. */
  parts?: ProviderParts | undefined
  /** Its position among several answers. */
  index?: number
  /** Further events about it, such as log probabilities and sources. */
  facts?: readonly { readonly type: string; readonly [field: string]: unknown }[]
}

/** The text of an answer. Throws a `ModelError` if it has no usable text. */
export function textOfAnswer(answer: ProviderAnswer): string {
  const { content, tool_calls, reason } = assertUsable(answer)
  if (tool_calls?.length || reason === 'tool_calls' || reason === 'function_call') {
    throw new ModelError(
      'tool_calls',
      `the model called a tool (finish reason "${reason}"), and only text is expected here. Send no tools, or set tool_choice: 'none'`,
    )
  }
  if (typeof content === 'string') return content
  throw new ModelError('no_answer', `the answer has no text (finish reason ${JSON.stringify(reason)})`)
}

/** The answer as a message of the conversation. It may contain tool calls, each with an id that is unique there. */
export function answerAsMessage(answer: ProviderAnswer, conversation: readonly ChatMessage[]): AssistantMessage {
  const { content, tool_calls, parts } = assertUsable(answer)
  const whole = parts && { parts }
  if (!tool_calls?.length) return { role: 'assistant', content: textOfAnswer(answer), ...whole }
  return withUniqueToolCallIds(
    { role: 'assistant', content: content || null, tool_calls, ...whole },
    toolCallIds(conversation),
  )
}

/** Returns the answer if it is complete; throws a `ModelError` if it was refused, cut off or filtered. */
function assertUsable(answer: ProviderAnswer): ProviderAnswer {
  const { refusal, reason } = answer
  if (refusal) throw refusalError(refusal)
  if (reason === 'length') {
    throw new ModelError(
      'length',
      'the answer reached its token limit and was cut off (finish reason "length"). Raise max_completion_tokens (maxOutputTokens in the AI SDK), or ask for a shorter answer',
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
