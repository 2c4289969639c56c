import type { ChatMessage } from '../../types.ts'
import { checkContent, type UserParts } from './content.ts'

/** What somebody might say, and what the model should then answer. The texts are final: their braces are not read. */
export type Example = { readonly user: string | UserParts; readonly assistant: string }
/** A section of examples for the model to follow: always the same, or picked for an input. */
export type ExamplesSection = {
  readonly examples: readonly Example[] | ((input: never) => readonly Example[] | Promise<readonly Example[]>)
  readonly role?: never
}

export const isExamplesSection = (section: unknown): section is ExamplesSection => 'examples' in Object(section)

/** The messages that the examples of a section stand for. */
export async function exampleMessages(
  { examples }: ExamplesSection,
  input: unknown,
  owner: string,
): Promise<ChatMessage[]> {
  const picked = typeof examples === 'function' ? await examples(input as never) : examples
  checkExamples(owner, picked)
  return picked.flatMap(({ user, assistant }): ChatMessage[] => [
    { role: 'user', content: typeof user === 'string' ? user : [...user] },
    { role: 'assistant', content: assistant },
  ])
}

/** Says which example is none; those of a function are known when it runs. */
export function checkExamples(owner: string, examples: unknown): asserts examples is readonly Example[] {
  if (!Array.isArray(examples)) {
    throw new TypeError(`${owner} has no examples. Give an array of { user, assistant }, or (input) => such an array.`)
  }
  for (const [index, example] of (examples as unknown[]).entries()) {
    const { user, assistant } = Object(example) as Partial<Example>
    const isText = typeof user === 'string' || Array.isArray(user)
    if (isText) checkContent(`${owner}: example ${index + 1}`, user)
    if (isText && typeof assistant === 'string') continue
    throw new TypeError(
      `${owner}: example ${index + 1} is not valid. Give { user: 'a question', assistant: 'its answer' }.`,
    )
  }
}
