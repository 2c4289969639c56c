import { define } from '../../define.ts'
import { leaf } from '../../nodes/function.ts'
import type { CancelEvent, ChatMessage, Fn } from '../../types.ts'
import { fill, namesIn, type Needs } from './placeholders.ts'

export type Role = Exclude<ChatMessage['role'], 'tool'>

/** A message that is also a function: from what its text asks for to `{ role, content }`. */
export interface OpenAIMessage<
  in I,
  out R extends Role = Role,
  out C = unknown,
  out N extends string = string,
> extends Fn<I, { role: R; content: string }, N, CancelEvent> {
  readonly role: R
  /** As it was given: a text with placeholders, or what makes the text. */
  readonly content: C
  as<const M extends string>(name: M): OpenAIMessage<I, R, C, M>
}

/** A text with placeholders, or what makes the text. */
export type MessageContent<C extends string, I> = C | ((input: I) => string | Promise<string>)
/** A text asks for its placeholders, a function for its argument. */
type Asked<C extends string, I> = string extends C ? I : Needs<C>
type Shown<C extends string, I> = string extends C ? MessageContent<string, I> : C

/**
 * A system message, for the sections of a template or as a function of its own. Its content is a text with
 * `{placeholders}` (see `openAIPromptTemplate`) or `(input) => text`.
 *
 * @example
 * openAISystemMessage('Answer in {language}.')
 */
export const openAISystemMessage = <const C extends string, I>(
  content: MessageContent<C, I>,
): OpenAIMessage<Asked<C, I>, 'system', Shown<C, I>, 'openAISystemMessage'> =>
  message('openAISystemMessage', 'system', content)

/**
 * A user message, for the sections of a template or as a function of its own. Its content is a text with
 * `{placeholders}` (see `openAIPromptTemplate`) or `(input) => text`. Text that you did not write belongs into a
 * placeholder or a function, else its braces would be read too.
 *
 * @example
 * chain({ name: 'ask', children: [openAIUserMessage('{question}'), openAIChat({ name: 'chat', model: 'gpt-4o-mini' })] })
 */
export const openAIUserMessage = <const C extends string, I>(
  content: MessageContent<C, I>,
): OpenAIMessage<Asked<C, I>, 'user', Shown<C, I>, 'openAIUserMessage'> => message('openAIUserMessage', 'user', content)

/**
 * An assistant message, such as the answer of an example, for the sections of a template or as a function of its own.
 * Its content is a text with `{placeholders}` (see `openAIPromptTemplate`) or `(input) => text`.
 *
 * @example
 * openAIAssistantMessage('good')
 */
export const openAIAssistantMessage = <const C extends string, I>(
  content: MessageContent<C, I>,
): OpenAIMessage<Asked<C, I>, 'assistant', Shown<C, I>, 'openAIAssistantMessage'> =>
  message('openAIAssistantMessage', 'assistant', content)

function message<M>(kind: string, role: Role, content: unknown): M {
  checkContent(kind, content)
  const run = async (input: unknown) => ({ role, content: await textOf(content, input, 'it') })
  const node = leaf(kind, { name: kind, run })
  const prompt = [{ role, content }]
  return define({ ...node, exposes: { role, content }, facts: { ...node.facts, prompt, asks: asksOf(prompt) } }) as M
}

export type AnyContent = string | ((input: never) => string | Promise<string>)

/** The fields that the texts of messages ask for; what a function asks for, nobody knows. */
export const asksOf = (messages: readonly { content: unknown }[]): string[] => [
  ...new Set(messages.flatMap(({ content }) => (typeof content === 'string' ? namesIn(content) : []))),
]

/** The text of a message for an input. */
export async function textOf(content: AnyContent, input: unknown, owner: string): Promise<string> {
  if (typeof content === 'string') return fill(content, input, owner)
  const text: unknown = await content(input as never)
  if (typeof text === 'string') return text
  throw new TypeError(`${owner} made ${text === null ? 'null' : typeof text} of its input, not a text. Return a string`)
}

export function checkContent(owner: string, content: unknown): asserts content is AnyContent {
  if (typeof content === 'string' || typeof content === 'function') return
  throw new TypeError(`${owner} has no content. Give it a text, such as 'Hello {name}', or (input) => text.`)
}
