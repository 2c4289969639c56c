import { define } from '../../define.ts'
import { formatValue } from '../../border/format-value.ts'
import { type Flat, leaf } from '../../nodes/function.ts'
import { checkFactory, checkOptions } from '../../border/options.ts'
import type { Mistake } from '../../nodes/slot.ts'
import type {
  CancelEvent,
  ChatMessage,
  Described,
  Fn,
  InputOf,
  Policy,
  PromptMessage,
  ProviderOptions,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../../types.ts'
import {
  type TemplateContent,
  placeholdersOf,
  checkContent,
  renderContent,
  type UserParts,
  type ContentText,
} from './content.ts'
import { checkExamples, type Example, type ExamplesSection, exampleMessages, isExamplesSection } from './examples.ts'
import type { OpenAIMessage, Role } from './message.ts'
import type { PlaceholderInput } from './placeholders.ts'
import { checkSizeOptions, type SizeOf, assertPromptSize } from './prompt-size.ts'

type MessageSection = {
  readonly role: Role
  readonly content: TemplateContent
  readonly providerOptions?: ProviderOptions
}
/** A section of a template: a message function, a plain object of its shape, or `{ examples }`. */
export type Section = MessageSection | ExamplesSection
/**
 * The contextual type of a section, from which the compiler infers the parameter of a content function. It does not
 * check anything: a function with any parameter matches the last member of the union.
 */
type ContextualSection<S> =
  | (Omit<MessageSection, 'content'> &
      (ContentFunction<KnownInput<S>> | { readonly content: string | UserParts | AnyFunction }))
  | { readonly examples: readonly Example[] | ExamplesFunction<KnownInput<S>> | AnyFunction; readonly role?: never }
type ContentFunction<I> = { readonly content: (input: I) => string | Promise<string> }
type ExamplesFunction<I> = (input: I) => readonly Example[] | Promise<readonly Example[]>
type KnownInput<S> = [S] extends [never]
  ? Mistake<'annotate the parameter, or give input: to the template'>
  : SchemaOutput<S>
interface AnyFunction {
  call(this: (input: never) => unknown, ...args: never): unknown
}
/** What `sections(input)` may return: messages with final texts, in which placeholders are not filled in. */
type FinalSection = (PromptMessage & { readonly run?: never }) | OpenAIMessage<unknown> | ExamplesSection

type SectionInput<M> = M extends { run(...args: never): unknown }
  ? InputOf<M>
  : M extends { content: infer C extends string | UserParts }
    ? PlaceholderInput<ContentText<C>>
    : M extends { content: (input: infer I) => unknown } | { examples: (input: infer I) => unknown }
      ? I
      : unknown
/** The intersection of the inputs of all sections, also for an array type and a union of sections. */
type SectionsInput<M> = (M extends unknown ? (input: SectionInput<M>) => void : never) extends (input: infer I) => void
  ? I
  : never

/** The compiler's error at a section with a placeholder that the schema does not have. */
export interface SectionMismatch<Need, Given> {
  readonly '~error': ['the section asks for what the input does not have', { asksFor: Need; input: Given }]
}
// The error is in the branch for what certainly is one, because for a type parameter the compiler uses the other branch.
type CheckedSections<M extends readonly unknown[], S> = {
  readonly [K in keyof M]: 'wordless' extends ReturnsContent<M[K]>
    ? Mistake<'content must return a text, and examples a list'>
    : SectionFitting<M[K], S>
}
type ReturnsContent<M> = M extends { content: (input: never) => unknown } | { examples: (input: never) => unknown }
  ? M extends ContentFunction<never> | { examples: ExamplesFunction<never> }
    ? 'words'
    : 'wordless'
  : 'words'
type SectionFitting<M, S> = [S] extends [never]
  ? M
  : SchemaOutput<S> extends SectionsInput<M>
    ? M
    : SectionMismatch<SectionsInput<M>, SchemaOutput<S>>
/**
 * Renders messages from its input: `{ messages }`, the input of `openAIChat` and `llmCall`. `sections` is an array of
 * messages whose texts have placeholders, `'{loanApplication}'`, or `(input) => […]`, which returns final texts. `{{`
 * and `}}` are escaped braces; braces around anything but a name stay, so a prompt can contain JSON. Inserted values
 * are not scanned for placeholders. A section `{ examples: [{ user, assistant }] }` has few-shot examples; a function
 * selects them for the input.
 *
 * Fails with `run` for a placeholder without a value, and for a prompt whose `size` (in characters by default) exceeds
 * `maxSize`.
 *
 * @example
 * const ask = openAIPromptTemplate({
 *   name: 'ask',
 *   sections: [openAISystemMessage('Answer in {language}.'), openAIUserMessage('{question}')],
 * })
 * await ask.run({ language: 'French', question: 'Why?' }) // { messages: [{ role: 'system', … }, { role: 'user', … }] }
 */
// One signature: with overloads, the compiler reports every error on the whole call.
export function openAIPromptTemplate<
  const N extends string,
  const M extends readonly ContextualSection<S>[],
  I,
  S extends StandardSchema = never,
  D extends string = never,
>(
  config: Policy & {
    name: N
    description?: D
    input?: S
    /** The largest allowed prompt, in the unit of `size`. */
    maxSize?: number
    /** Measures the messages (in tokens, say); counts the characters of their texts by default. */
    size?: SizeOf
    sections:
      | (M & CheckedSections<M, S>)
      | ((
          input: [S] extends [never] ? I : SchemaOutput<S>,
        ) => readonly FinalSection[] | Promise<readonly FinalSection[]>)
  },
): Fn<
  [S] extends [never] ? Flat<readonly Section[] extends M ? I : SectionsInput<M[number]>> : SchemaInput<S>,
  { messages: ChatMessage[] },
  N,
  CancelEvent
> &
  Described<D, S, SchemaOutput<S>> {
  checkFactory('openAIPromptTemplate', config, ['input', 'sections', 'maxSize', 'size'])
  const { sections, maxSize, size, ...rest } = config as unknown as TemplateConfig
  const owner = `openAIPromptTemplate ${String(rest.name)}`
  if (typeof sections !== 'function') checkSections(owner, sections)
  checkSizeOptions(owner, { maxSize, size })
  const messagesOf = async (input: unknown): Promise<ChatMessage[]> => {
    if (typeof sections !== 'function') return (await Promise.all(sections.map(renderSection(input)))).flat()
    const written = await sections(input as never)
    checkSections(RESULT, written, mayLackContent, RESULT)
    return (await Promise.all(written.map(renderFinalSection(input)))).flat()
  }
  const run = async (input: unknown): Promise<{ messages: ChatMessage[] }> => {
    const messages = await messagesOf(input)
    await assertPromptSize(messages, { maxSize, size })
    return { messages }
  }
  const node = leaf('openAIPromptTemplate', { ...rest, run })
  return define({
    ...node,
    facts: { ...node.facts, example: MESSAGES, ...(Array.isArray(sections) && promptFacts(sections)) },
  }) as never
}

const MESSAGES = { messages: [{ role: 'user', content: 'text' }] }

/** The prompt as it was written, for tools that read a definition. */
const promptFacts = (sections: readonly Section[]) => ({
  prompt: sections.map((section) =>
    isExamplesSection(section)
      ? { role: 'examples', content: section.examples }
      : { role: section.role, content: section.content },
  ),
  asks: placeholdersOf(sections.map((section) => (isExamplesSection(section) ? undefined : section.content))),
})

type TemplateConfig = Policy & {
  name: string
  input?: StandardSchema
  maxSize?: number
  size?: SizeOf
  sections: readonly Section[] | ((input: never) => readonly FinalSection[] | Promise<readonly FinalSection[]>)
}

const renderSection =
  (input: unknown) =>
  async (section: Section, index: number): Promise<ChatMessage | ChatMessage[]> => {
    if (isExamplesSection(section)) return exampleMessages(section, input, `section ${index + 1}`)
    const { role } = section
    return toChatMessage(section, await renderContent(section.content, input, `section ${index + 1} (${role})`))
  }

/** Only the fields of the message, for a section that is a function. */
const toChatMessage = ({ role, providerOptions }: MessageSection, content: unknown): ChatMessage =>
  ({ role, content, ...(providerOptions && { providerOptions }) }) as ChatMessage

/** The result of `sections(input)` is final: filling in its texts would let the input inject placeholders. */
const renderFinalSection =
  (input: unknown) =>
  async (section: FinalSection, index: number): Promise<ChatMessage | ChatMessage[]> => {
    if (isExamplesSection(section) || typeof section.content === 'function')
      return renderSection(input)(section as Section, index)
    return ('run' in section ? toChatMessage(section as MessageSection, section.content) : section) as ChatMessage
  }

/** An assistant message with tool calls may have no content. */
const mayLackContent = ({ role, content }: { role: string; content?: unknown }): boolean =>
  role === 'assistant' && (content === null || content === undefined)

const RESULT = 'the result of sections(input)'

function checkSections(
  owner: string,
  sections: unknown,
  isComplete: typeof mayLackContent = () => false,
  subject = `${owner}: sections`,
): void {
  if (!Array.isArray(sections) || sections.length === 0) {
    throw new TypeError(
      `${subject} is ${Array.isArray(sections) ? 'empty' : formatValue(sections)}. Give an array of messages: [openAIUserMessage('{question}')].`,
    )
  }
  for (const [index, section] of (sections as unknown[]).entries()) {
    if (isExamplesSection(section)) {
      checkOptions(`${owner}: section ${index + 1}`, section, ['examples'])
      if (typeof section.examples !== 'function') checkExamples(`${owner}: section ${index + 1}`, section.examples)
      continue
    }
    const { role, content } = Object(section) as Partial<MessageSection>
    if (typeof role !== 'string')
      throw new TypeError(
        `${owner}: section ${index + 1} is ${formatValue(section)}, not a message. Give openAIUserMessage('…'), or { role, content }.`,
      )
    if (!isComplete({ role, content })) checkContent(`${owner}: section ${index + 1}`, content)
  }
}
