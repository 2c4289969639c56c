import { escapeControls } from './format-value.ts'
import { InvalidAnswer, parseYesNo } from './parse-answer.ts'

/** Who is asked: `say` writes, `read` writes a prompt and comes to the line that was typed. */
export type PromptIO = { say(text: string): void; read(prompt: string): Promise<string> }
/** What an answer without a word in it stands for; `means` says so: "leaves it out". */
export type EmptyAnswer = { readonly value: unknown; readonly means: string }

/** Asks until `take` accepts what was typed. */
export async function promptUntilValid<T>(
  person: PromptIO,
  name: string,
  hint: string,
  take: (line: string) => T,
): Promise<T> {
  for (;;) {
    const line = await person.read(`  ${escapeControls(name)}${hint && ` (${hint})`}: `)
    try {
      return take(line)
    } catch (error) {
      if (!(error instanceof InvalidAnswer)) throw error
      person.say(`  ✖ ${escapeControls(name)} ${escapeControls(error.message)}.\n`)
    }
  }
}

/** A choice of several by its number or its own word: the place of what was chosen, or -1 for none. */
export async function promptChoice(
  person: PromptIO,
  name: string,
  labels: readonly string[],
  empty?: EmptyAnswer,
): Promise<number> {
  // Where the words are numbers themselves, a number can only be one of these.
  const isNumbered = !labels.some((label) => /^[\d.-]+$/.test(label))
  person.say(`  ${escapeControls(name)}:\n`)
  for (const [index, label] of labels.entries()) {
    person.say(`    ${isNumbered ? `${index + 1})` : '-'} ${escapeControls(label)}\n`)
  }
  const some = isNumbered ? `1-${labels.length}` : 'one of them'
  return promptUntilValid(person, name, empty ? `${some}; empty ${empty.means}` : some, (line) => {
    const word = line.trim()
    if (word === '' && empty) return -1
    const exact = labels.indexOf(word)
    if (exact >= 0) return exact
    if (isNumbered && /^\d+$/.test(word) && labels[Number(word) - 1] !== undefined) return Number(word) - 1
    const alike = labels.filter((label) => label.toLowerCase() === word.toLowerCase())
    if (alike.length === 1) return labels.indexOf(alike[0] as string)
    throw new InvalidAnswer(
      `must be one of ${labels.join(', ')}${isNumbered ? `, or the number of one (${some})` : ''}`,
    )
  })
}

/** Whether it is wanted; not, where nothing is said. */
export const promptConfirm = (person: PromptIO, question: string): Promise<boolean> =>
  promptUntilValid(person, question, 'y/N', (line) => line.trim() !== '' && parseYesNo(line.trim()))
