import { ask, type Checked } from '../../border/schema.ts'
import { isRecord } from '../../border/resuming.ts'
import { attempt, isSame } from '../../border/shape.ts'
import { promptSchema } from '../../models/prompt.ts'
import { NotWritable, write } from '../../models/writing.ts'
import type { ChatMessage, StandardSchema } from '../../types.ts'

/** What an agent with `transcript: true` returns: its output, and the conversation that led to it. */
export type Transcript<O = string> = {
  readonly output: O
  /** What was given, each turn with its calls and their results, and the answer: the next input begins with it. */
  readonly messages: ChatMessage[]
}

export const isTranscript = (value: unknown): value is Transcript<unknown> =>
  isRecord(value) && 'output' in value && Array.isArray(value.messages)

/**
 * A conversation as it is handed on: without what stands before it, which is asked for anew each time. A restored run
 * may have begun with other instructions than those of today, so they are found by what comes after them: what the
 * agent was `given`, or the `opening` of this attempt, which has the refused answers as well. Those are left out, too.
 */
export function handedOn(
  messages: readonly ChatMessage[],
  given: readonly ChatMessage[],
  opening: readonly ChatMessage[],
): ChatMessage[] {
  const isBehind = messages[0]?.role === 'system' && isSame(messages.slice(1, 1 + opening.length), opening)
  return [...given, ...messages.slice(opening.length + (isBehind ? 1 : 0))]
}

/**
 * The schema of an answer, where that comes with its conversation; to one alone, as who looks at a definition gives it,
 * belongs the shortest.
 */
export const transcribed = (answer: StandardSchema): StandardSchema =>
  around(answer, (value) => {
    const whole = isTranscript(value) ? value : { output: value, messages: [spoken(value)] }
    const checked = ask(answer, whole.output)
    return checked.issues ? checked : { value: { ...whole, output: checked.value } }
  })

const spoken = (value: unknown): ChatMessage => ({ role: 'assistant', content: attempt(() => write(value)) ?? '' })

/**
 * The schema of an input as an agent begins with it. What it makes is the conversation: a text, a message, messages, or
 * `{ messages }`; of anything else the JSON is what the user says.
 */
export const conversing = (input: StandardSchema): StandardSchema =>
  around(input, (value) => {
    const checked = ask(input, value)
    return checked.issues ? checked : conversationOf(checked.value)
  })

function conversationOf(value: unknown): Checked {
  const prompt = ask(promptSchema, value)
  if (!prompt.issues || isMeant(value)) return prompt
  try {
    return ask(promptSchema, write(value))
  } catch (thrown) {
    const what = thrown instanceof NotWritable ? `: it holds ${thrown.message}` : ''
    return { issues: [{ message: `cannot be written as text for the model${what}`, path: [] }] }
  }
}

/** Whether it can be nothing but a conversation, and then a wrong one. */
function isMeant(value: unknown): boolean {
  const messages: unknown = isRecord(value) ? value.messages : value
  const isOne = (message: unknown) => isRecord(message) && typeof message.role === 'string' && 'content' in message
  if (!Array.isArray(messages)) return false
  return messages.every(isOne) && (messages.length > 0 || messages !== value)
}

/** The same schema to all who read it, and another validation: how its library describes it is found behind it. */
const around = (schema: StandardSchema, validate: (value: unknown) => Checked): StandardSchema =>
  Object.create(schema, {
    '~standard': { value: { ...schema['~standard'], vendor: 'tinyllm', validate }, enumerable: true },
  }) as StandardSchema
