import type { ChatMessage } from '../../types.ts'
import { formatValue } from '../../border/format-value.ts'
import { checkContent, type UserParts } from './content.ts'

/** A user message and the answer that the model should give. Placeholders are not filled in. */
export type Example = { readonly user: string | UserParts; readonly assistant: string }
/** A section of few-shot examples: always the same, or selected for an input. */
export type ExamplesSection = {
  readonly examples: readonly Example[] | ((input: never) => readonly Example[] | Promise<readonly Example[]>)
  readonly role?: never
}

export const isExamplesSection = (section: unknown): section is ExamplesSection => 'examples' in Object(section)

/** The messages of a section's examples. */
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

/** Throws a `TypeError` with the number of the first invalid example. */
export function checkExamples(owner: string, examples: unknown): asserts examples is readonly Example[] {
  if (!Array.isArray(examples)) {
    throw new TypeError(
      `${owner}: examples is ${formatValue(examples)}. Give an array of { user, assistant }, or (input) => such an array.`,
    )
  }
  for (const [index, example] of (examples as unknown[]).entries()) {
    const { user, assistant } = Object(example) as Partial<Example>
    const isText = typeof user === 'string' || Array.isArray(user)
    if (isText) checkContent(`${owner}: example ${index + 1}`, user)
    if (isText && typeof assistant === 'string') continue
    throw new TypeError(
      `${owner}: example ${index + 1} is ${formatValue(example)}, not a pair of user and assistant. Give { user: 'a question', assistant: 'its answer' }.`,
    )
  }
}
