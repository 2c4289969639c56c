import { type TokenKind, lexicon } from './lexicon.ts'

/** A phrase of a text in lower case, what it is, and where it stands in the text. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly start: number; readonly end: number }

const punctuation: readonly TokenKind[] = ['comma', 'stop', 'percent', 'other']
const kinds = Object.keys(lexicon) as TokenKind[]
const lexer = new RegExp(
  kinds.map((kind) => `(${patternOf(lexicon[kind])})${punctuation.includes(kind) ? '' : String.raw`(?!\w)`}`).join('|'),
  'gi',
)

function patternOf(lines: string): string {
  return lines.trim().split(/\n\s*/).join('|')
}

/** The phrases of a text, one after the other, and the text that they are parts of. */
export function tokenize(said: string): { readonly text: string; readonly words: readonly Token[] } {
  const lines = said.replaceAll('\u2019', "'").replaceAll(/[^\S\n]+/g, ' ')
  // A line that begins an entry or a sentence is one of its own; other lines are broken in the midst of a sentence.
  const text = lines.replaceAll(/ ?\n[ \n]*/g, (space, at: number) =>
    /\n ?\n/.test(space) || /[-*\u2022\p{Lu}\d]/u.test(lines[at + space.length] ?? '') ? '\n' : ' ',
  )
  const words: Token[] = []
  for (const match of text.replaceAll(/(?<=\w)-(?=\w)/g, ' ').matchAll(lexer)) {
    const { index: start, 0: found } = match
    // There is a group for each kind, in the same order.
    const group = match.findIndex((part, at) => at > 0 && part !== undefined)
    words.push({ kind: kinds[group - 1] ?? 'other', text: found.toLowerCase(), start, end: start + found.length })
  }
  return { text, words }
}
