import { define } from '../../define.ts'
import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import { type OpaqueNoInfer, leaf } from '../../nodes/function.ts'
import type { CancelEvent, ChatMessage, Fn, MarkOf } from '../../types.ts'
import {
  type TemplateContent,
  placeholdersOf,
  checkContent,
  renderContent,
  type UserParts,
  type ContentText,
} from './content.ts'
import type { PlaceholderInput } from './placeholders.ts'

export type Role = Exclude<ChatMessage['role'], 'tool'>

/**
 * A message that is also a function: its input has the values of the placeholders, its output is `{ role, content }`.
 */
export interface OpenAIMessage<
  in I,
  out R extends Role = Role,
  out C = unknown,
  out N extends string = string,
> extends Fn<I, { role: R; content: C extends UserParts ? UserParts : string }, N, CancelEvent> {
  readonly role: R
  /** As it was given: a text (or parts) with placeholders, or a function that returns the text. */
  readonly content: C
  as<const M extends string>(name: M): OpenAIMessage<I, R, C, M> & MarkOf<this>
}

/** A text (or parts) with placeholders, or a function that returns the text. */
export type MessageContent<C, I> = C | ((input: I) => string | Promise<string>)
/** The same with a name of its own, for use as a function in a pipeline. */
export type NamedContent<N extends string, R extends Role, C, I> = {
  readonly name?: N | undefined
  readonly role?: R | undefined
  readonly content: MessageContent<C, I>
}
/** The input: the placeholders of a text, the argument of a function; unknown for a text that is not a literal. */
type ContentInput<C, I> = string extends ContentText<C> ? OpaqueNoInfer<I> : PlaceholderInput<ContentText<C>>
type StoredContent<C, I> = string extends C ? MessageContent<string, OpaqueNoInfer<I>> : C

/**
 * A system message, for the sections of a template or as a function of its own. Its content is a text with
 * `{placeholders}` (see `openAIPromptTemplate`) or `(input) => text`.
 *
 * @example
 * openAISystemMessage('Answer in {language}.')
 * openAISystemMessage({ name: 'rules', content: 'Answer in {language}.' }) // a function of that name
 */
export const openAISystemMessage = <const C extends string, I, const N extends string = 'openAISystemMessage'>(
  content: MessageContent<C, I> | NamedContent<N, 'system', C, I>,
): OpenAIMessage<ContentInput<C, I>, 'system', StoredContent<C, I>, N> =>
  defineMessage('openAISystemMessage', 'system', content)

/**
 * A user message, for the sections of a template or as a function of its own. Its content is a text with
 * `{placeholders}` (see `openAIPromptTemplate`), an array of parts with them (text and images), or `(input) => text`.
 * Pass text from users through a placeholder or a function; otherwise its braces would be placeholders.
 *
 * @example
 * chain({ name: 'ask', children: [openAIUserMessage('{question}'), openAIChat({ name: 'chat', model: 'gpt-4o-mini' })] })
 * openAIUserMessage([{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: '{image}' } }])
 */
export const openAIUserMessage = <const C extends string | UserParts, I, const N extends string = 'openAIUserMessage'>(
  content: MessageContent<C, I> | NamedContent<N, 'user', C, I>,
): OpenAIMessage<ContentInput<C, I>, 'user', StoredContent<C, I>, N> =>
  defineMessage('openAIUserMessage', 'user', content)

/**
 * An assistant message, such as the answer of an example, for the sections of a template or as a function of its own.
 * Its content is a text with `{placeholders}` (see `openAIPromptTemplate`) or `(input) => text`.
 *
 * @example
 * openAIAssistantMessage('good')
 */
export const openAIAssistantMessage = <const C extends string, I, const N extends string = 'openAIAssistantMessage'>(
  content: MessageContent<C, I> | NamedContent<N, 'assistant', C, I>,
): OpenAIMessage<ContentInput<C, I>, 'assistant', StoredContent<C, I>, N> =>
  defineMessage('openAIAssistantMessage', 'assistant', content)

function defineMessage<M>(
  kind: string,
  role: Role,
  given: TemplateContent | NamedContent<string, Role, unknown, never>,
): M {
  const { name = kind, content } = isNamedMessage(given) ? checkNamedMessage(kind, role, given) : { content: given }
  checkContent(kind, content)
  const run = async (input: unknown) => ({ role, content: await renderContent(content, input, 'it') })
  const node = leaf(kind, { name, run })
  const facts = { ...node.facts, prompt: [{ role, content }], asks: placeholdersOf([content]) }
  return define({ ...node, exposes: { role, content }, facts }) as M
}

type NamedMessage = { name?: string; role?: Role; content: unknown }
const isNamedMessage = (given: unknown): given is NamedMessage =>
  typeof given === 'object' && given !== null && !Array.isArray(given) && 'content' in given

function checkNamedMessage(kind: string, role: Role, given: NamedMessage): NamedMessage {
  checkOptions(kind, given, ['name', 'role', 'content'])
  if (given.role === undefined || given.role === role) return given
  throw new TypeError(
    `${kind}: its role is ${role}, not ${formatValue(given.role)}. Leave it out, or use another message.`,
  )
}
