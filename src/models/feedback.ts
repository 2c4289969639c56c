import { issuesInWords } from '../errors.ts'
import { attempt, isPlainObject } from '../border/shape.ts'
import type { AssistantMessage, ChatMessage, Issue, RefusedAnswer } from '../types.ts'
import { toolError } from './message.ts'
import { write } from './writing.ts'

/**
 * The conversation, and after it each answer that was refused, as it was said, with what is wrong with it: in a message
 * of the user, or for calls of tools in an answer to each, because servers want one for each. Of `many` answers at a time
 * none is part of a conversation: what is said of them quotes them.
 */
export function withFeedback(
  messages: readonly ChatMessage[],
  refused: readonly RefusedAnswer[],
  many = false,
): readonly ChatMessage[] {
  if (refused.length === 0) return messages
  const told = ({ said, issues }: RefusedAnswer): ChatMessage[] => {
    if (many && Array.isArray(said)) return [{ role: 'user', content: manyWords(said, issues) }]
    if (!isMessage(said)) return answered(quoted(said), issues)
    if (!said.tool_calls?.length) return answered(said.content ?? '', issues, said)
    const results = said.tool_calls.map(({ id }, index): ChatMessage => {
      const content = callWords(issues.flatMap((issue) => ofCall(issue, index)))
      return { role: 'tool', tool_call_id: id, ...toolError(content) }
    })
    return [said, ...results]
  }
  return [...messages, ...refused.flatMap(told)]
}

/** As it was said: a text as it is, a value as JSON. */
const quoted = (said: unknown): string => (said === undefined ? '' : (attempt(() => write(said)) ?? ''))

/** Servers refuse a message of a model that says nothing. */
function answered(text: string, issues: readonly Issue[], message?: AssistantMessage): ChatMessage[] {
  const what = `does not fit: ${inWords(issues)}. ${AGAIN}`
  if (text.trim() === '') return [{ role: 'user', content: `Your last answer ${what}` }]
  return [message ?? { role: 'assistant', content: text }, { role: 'user', content: `Your last answer ${what}` }]
}

const AGAIN = 'Answer again, in the form that was asked for.'

function manyWords(answers: readonly unknown[], issues: readonly Issue[]): string {
  const own = answers.flatMap((answer, index) => {
    const wrong = issues.flatMap(({ message, path: [at, ...path] }) => (at === index ? [{ message, path }] : []))
    const what = `Answer ${index + 1} of ${answers.length} does not fit: ${inWords(wrong)}. It was:\n${quoted(answer)}`
    return wrong.length > 0 ? [what] : []
  })
  const rest = issues.filter(({ path: [at] }) => typeof at !== 'number')
  const whole = rest.length > 0 ? [`Your last answers do not fit: ${inWords(rest)}.`] : []
  return [...own, ...whole, AGAIN].join('\n\n')
}

/** What is wrong with one call of a message; what is not said of a call concerns each. */
function ofCall({ message, path }: Issue, index: number): Issue[] {
  const [field, at, part, ...below] = path
  if (field !== 'tool_calls' || typeof at !== 'number') return [{ message, path }]
  if (at !== index) return []
  return [{ message, path: part === 'arguments' || part === undefined ? below : [part, ...below] }]
}

const callWords = (issues: readonly Issue[]): string =>
  issues.length > 0
    ? `Error: this call does not fit: ${inWords(issues)}. Mend it, and make it again.`
    : 'Error: this call was not made, because another one beside it does not fit. Make it again.'

/** More than these nobody reads; a long list may be wrong in every item. */
const MOST = 20

function inWords(issues: readonly Issue[]): string {
  const more = issues.length > MOST ? `; and ${issues.length - MOST} more` : ''
  return issuesInWords(issues.slice(0, MOST)).replace(/\.$/, '') + more
}

/** A message that a server takes back: with a text, or with calls that can be answered. */
function isMessage(said: unknown): said is AssistantMessage {
  if (!isPlainObject(said) || said.role !== 'assistant') return false
  const { content = null, tool_calls: calls = [] } = said
  if (!Array.isArray(calls) || !calls.every((call) => typeof Object(call).id === 'string')) return false
  return typeof content === 'string' || (content === null && calls.length > 0)
}
