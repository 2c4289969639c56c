import { define } from '../../define.ts'
import { type Flat, leaf } from '../../nodes/function.ts'
import type {
  CancelEvent,
  ChatMessage,
  Fn,
  InputOf,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../../types.ts'
import { type AnyContent, asksOf, checkContent, type OpenAIMessage, type Role, textOf } from './message.ts'
import type { Needs } from './placeholders.ts'

/** A message of a template: one of the message functions, or a plain object of the same shape. */
export type Section = { readonly role: Role; readonly content: AnyContent }
/** What a function may give as a section: the text is final, its braces are not read. */
type Written = { readonly role: Role; readonly content: string; readonly run?: never } | OpenAIMessage<unknown>

type NeedOf<M> = M extends { run(...args: never): unknown }
  ? InputOf<M>
  : M extends { content: infer C extends string }
    ? Needs<C>
    : M extends { content: (input: infer I) => unknown }
      ? I
      : unknown
type NeedsOf<M extends readonly unknown[]> = { [K in keyof M]: (input: NeedOf<M[K]>) => void }[number] extends (
  input: infer I,
) => void
  ? I
  : never

/** What the compiler shows at a section that asks for what the schema does not have. */
export interface SectionMismatch<Need, Given> {
  readonly '~error': ['the section asks for what the input does not have', { asksFor: Need; input: Given }]
}
type Checked<M extends readonly unknown[], S> = [S] extends [never]
  ? M
  : {
      readonly [K in keyof M]: SchemaOutput<S> extends NeedOf<M[K]>
        ? M[K]
        : SectionMismatch<NeedOf<M[K]>, SchemaOutput<S>>
    }

/**
 * Makes messages from its input: `{ messages }`, as `openAIChat` and `llmCall` take them. `sections` is a list of
 * messages whose texts have placeholders, `'{loanApplication}'`, or `(input) => […]` with finished texts. `{{` and `}}`
 * are braces as text, and a pair around anything but a name is left alone, so JSON can stand in a prompt. What is
 * filled in is never read for placeholders. A missing value fails with `run` and names the placeholder.
 *
 * @example
 * const ask = openAIPromptTemplate({
 *   name: 'ask',
 *   sections: [openAISystemMessage('Answer in {language}.'), openAIUserMessage('{question}')],
 * })
 * await ask.run({ language: 'French', question: 'Why?' }) // { messages: [{ role: 'system', … }, { role: 'user', … }] }
 */
// One signature, no overloads: with overloads every mistake would be reported on the whole call.
export function openAIPromptTemplate<
  const N extends string,
  const M extends readonly Section[],
  I,
  S extends StandardSchema = never,
>(
  config: Policy & {
    name: N
    input?: S
    sections:
      | (M & Checked<M, S>)
      | ((input: [S] extends [never] ? I : SchemaOutput<S>) => readonly Written[] | Promise<readonly Written[]>)
  },
): Fn<
  [S] extends [never] ? Flat<readonly Section[] extends M ? I : NeedsOf<M>> : SchemaInput<S>,
  { messages: ChatMessage[] },
  N,
  CancelEvent
> {
  const { sections, ...rest } = config as unknown as TemplateConfig
  const owner = `openAIPromptTemplate ${String(rest.name)}`
  if (typeof sections !== 'function') checkSections(owner, sections)
  const run = async (input: unknown): Promise<{ messages: ChatMessage[] }> => {
    if (typeof sections !== 'function') return { messages: await Promise.all(sections.map(filled(input))) }
    const written = await sections(input as never)
    checkSections('what sections(input) gave', written)
    return { messages: await Promise.all(written.map(asWritten(input))) }
  }
  const facts = typeof sections === 'function' ? {} : { prompt: sections, asks: asksOf(sections) }
  const node = leaf('openAIPromptTemplate', { ...rest, run })
  return define({ ...node, facts: { ...node.facts, ...facts } }) as never
}

type TemplateConfig = Policy & {
  name: string
  input?: StandardSchema
  sections: readonly Section[] | ((input: never) => readonly Section[] | Promise<readonly Section[]>)
}

const filled =
  (input: unknown) =>
  async ({ role, content }: Section, index: number): Promise<ChatMessage> => ({
    role,
    content: await textOf(content, input, `section ${index + 1} (${role})`),
  })

/** A function has its input already; to read its texts as templates would let the input place placeholders. */
const asWritten = (input: unknown) => (section: Section, index: number) =>
  typeof section.content === 'string' ? { role: section.role, content: section.content } : filled(input)(section, index)

function checkSections(owner: string, sections: unknown): void {
  if (!Array.isArray(sections) || sections.length === 0) {
    throw new TypeError(`${owner} has no sections. Give a list of messages: [openAIUserMessage('{question}')].`)
  }
  for (const [index, section] of (sections as unknown[]).entries()) {
    const { role, content } = Object(section) as Partial<Section>
    if (typeof role !== 'string')
      throw new TypeError(
        `${owner}: section ${index + 1} is no message. Give openAIUserMessage('…'), or { role, content }.`,
      )
    checkContent(`${owner}: section ${index + 1}`, content)
  }
}
