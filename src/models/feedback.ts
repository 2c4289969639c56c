import { formatIssues } from '../errors.ts'
import { isRecord } from '../border/restore.ts'
import type { AssistantMessage, ChatMessage, Issue, RefusedAnswer } from '../types.ts'
import { toolError } from './assistant-message.ts'
import { MAX_ISSUES } from './parsing/output-schema.ts'
import { isWrapped, type Wrapper } from './parsing/wrapped-answer.ts'

/**
 * The conversation followed by each rejected answer and its validation issues: in a user message, or, for tool calls,
 * in one tool message for each call, because servers require that. `wrapper` is the property that the answer was
 * wrapped in.
 */
export const withFeedback = (
  messages: readonly ChatMessage[],
  refused: readonly RefusedAnswer[],
  wrapper?: Wrapper,
): readonly ChatMessage[] =>
  refused.length > 0 ? [...messages, ...refused.flatMap((one) => feedbackMessages(one, wrapper))] : messages

function feedbackMessages({ said: answer = '', issues }: RefusedAnswer, wrapper: Wrapper | undefined): ChatMessage[] {
  if (isAssistantMessage(answer) && answer.tool_calls?.length) {
    const results = answer.tool_calls.map(({ id }, index): ChatMessage => {
      const own = issues.flatMap((issue) => issuesOfToolCall(issue, index))
      const what = own.length > 0 ? describeMismatch(own) : 'was not made: another one does not fit.'
      return { role: 'tool', tool_call_id: id, ...toolError(`Error: this call ${what} Make it again.`) }
    })
    return [answer, ...results]
  }
  const message: AssistantMessage = isAssistantMessage(answer)
    ? answer
    : { role: 'assistant', content: answerAsText(answer) }
  const request: ChatMessage = {
    role: 'user',
    content: `Your last answer ${describeMismatch(withWrapperPath(issues, message.content, wrapper))} ${ANSWER_AGAIN}`,
  }
  // Servers reject an empty message.
  return message.content?.trim() ? [message, request] : [request]
}

/** A rejected answer as text: a string as it is, any other value as JSON. */
export const answerAsText = (answer: unknown): string => (typeof answer === 'string' ? answer : JSON.stringify(answer))

export const ANSWER_AGAIN = 'Answer again, in the form that was asked for.'

/**
 * `does not fit: age: expected number.` Lists at most `MAX_ISSUES`, because every item of a long array may have one.
 */
export function describeMismatch(issues: readonly Issue[]): string {
  const more = issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : ''
  return `does not fit: ${formatIssues(issues.slice(0, MAX_ISSUES)).replace(/\.$/, '')}${more}.`
}

/** The issues with their path in the wrapped answer: the schema validated the unwrapped value. */
export function withWrapperPath(
  issues: readonly Issue[],
  answer: unknown,
  wrapper: Wrapper | undefined,
): readonly Issue[] {
  if (!wrapper || typeof answer !== 'string' || !isWrapped(wrapper, answer)) return issues
  return issues.map(({ message, path }) => ({ message, path: [wrapper, ...path] }))
}

/** The issues of one tool call; an issue without a call applies to each. */
function issuesOfToolCall({ message, path }: Issue, index: number): Issue[] {
  const [field, at, part, ...below] = path
  if (field !== 'tool_calls' || typeof at !== 'number') return [{ message, path }]
  return at === index ? [{ message, path: part === 'arguments' ? below : path.slice(2) }] : []
}

/** Whether it is an assistant message that can be sent back: with text, or with tool calls that have ids. */
function isAssistantMessage(answer: unknown): answer is AssistantMessage {
  if (!isRecord(answer) || answer.role !== 'assistant') return false
  const { content = null, tool_calls: calls = [] } = answer
  const isCalls = Array.isArray(calls) && calls.every((call) => typeof Object(call).id === 'string')
  return isCalls && (typeof content === 'string' || (content === null && calls.length > 0))
}
