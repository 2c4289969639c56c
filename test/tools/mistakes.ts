import type { Diagnostic } from './compile.ts'

/** A mistake that a file makes on purpose: everything from its comment `// wrong: …` to the next empty line. */
export interface Mistake {
  readonly title: string
  /** Its first and last line, from 1. */
  readonly from: number
  readonly to: number
}

export function findMistakes(source: string): Mistake[] {
  const lines = source.split('\n')
  return lines.flatMap((line, index) => {
    const title = /^\s*\/\/ wrong: (.+)$/.exec(line)?.[1]
    if (title === undefined) return []
    const end = lines.findIndex((text, at) => at > index && text.trim() === '')
    return [{ title, from: index + 1, to: end === -1 ? lines.length : end }]
  })
}

/** Errors where no mistake was announced. */
export function unexpected(mistakes: readonly Mistake[], errors: readonly Diagnostic[]): Diagnostic[] {
  return errors.filter(({ line }) => !mistakes.some(({ from, to }) => from <= line && line <= to))
}

/** Mistakes that the compiler let pass. */
export function unnoticed(mistakes: readonly Mistake[], errors: readonly Diagnostic[]): string[] {
  return mistakes
    .filter(({ from, to }) => !errors.some(({ line }) => from <= line && line <= to))
    .map(({ title }) => title)
}

/** What its author would see, with a mark under the offending place. Line numbers are left out: they move too often. */
export function showErrors(source: string, mistakes: readonly Mistake[], errors: readonly Diagnostic[]): string {
  const lines = source.split('\n')
  return mistakes
    .map(({ title, from, to }) => {
      const shown = errors
        .filter(({ line }) => from <= line && line <= to)
        .map(({ line, column, message }) => `${lines[line - 1]}\n${' '.repeat(column - 1)}^ ${sorted(message)}\n`)
      return `// wrong: ${title}\n${shown.join('')}`
    })
    .join('\n')
}

/** Compilers name the members of a union in the order in which they met them, which is nobody's concern. */
const sorted = (message: string): string =>
  message.replace(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(' | ').toSorted().join(' | '))
