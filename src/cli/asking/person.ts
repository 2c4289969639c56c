import { visible } from './readable.ts'
import { Unfit, yesOrNo } from './accepted.ts'

/** Who is asked: `say` writes, `read` writes a prompt and comes to the line that was typed. */
export type Person = { say(text: string): void; read(prompt: string): Promise<string> }
/** What an answer without a word in it stands for; `means` says so: "leaves it out". */
export type Empty = { readonly value: unknown; readonly means: string }

/** Asks until `take` accepts what was typed. */
export async function askUntil<T>(person: Person, name: string, hint: string, take: (line: string) => T): Promise<T> {
  for (;;) {
    const line = await person.read(`  ${visible(name)}${hint && ` (${hint})`}: `)
    try {
      return take(line)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      person.say(`  ✖ ${visible(name)} ${visible(error.message)}.\n`)
    }
  }
}

/** A choice of several by its number or its own word: the place of what was chosen, or -1 for none. */
export async function choose(person: Person, name: string, labels: readonly string[], empty?: Empty): Promise<number> {
  // Where the words are numbers themselves, a number can only be one of these.
  const isNumbered = !labels.some((label) => /^[\d.-]+$/.test(label))
  person.say(`  ${visible(name)}:\n`)
  for (const [index, label] of labels.entries()) {
    person.say(`    ${isNumbered ? `${index + 1})` : '-'} ${visible(label)}\n`)
  }
  const some = isNumbered ? `1-${labels.length}` : 'one of them'
  return askUntil(person, name, empty ? `${some}; empty ${empty.means}` : some, (line) => {
    const word = line.trim()
    if (word === '' && empty) return -1
    const exact = labels.indexOf(word)
    if (exact >= 0) return exact
    if (isNumbered && /^\d+$/.test(word) && labels[Number(word) - 1] !== undefined) return Number(word) - 1
    const alike = labels.filter((label) => label.toLowerCase() === word.toLowerCase())
    if (alike.length === 1) return labels.indexOf(alike[0] as string)
    throw new Unfit(`must be one of ${labels.join(', ')}${isNumbered ? `, or the number of one (${some})` : ''}`)
  })
}

/** Whether it is wanted; not, where nothing is said. */
export const askYes = (person: Person, question: string): Promise<boolean> =>
  askUntil(person, question, 'y/N', (line) => line.trim() !== '' && yesOrNo(line.trim()))
