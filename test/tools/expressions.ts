import ts from 'typescript5'
import type { Sources } from './floors.ts'

export interface Expression {
  readonly file: string
  readonly line: number
  /** As it stands in the file, `/x+/g`; of one that is put together when it runs, the code. */
  readonly text: string
  readonly expression?: RegExp
}

/** Every regular expression of the sources, also those that are only made at run time. */
export function expressionsOf(sources: Sources): Expression[] {
  return Object.entries(sources).flatMap(([file, source]) => {
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
    const found: Expression[] = []
    const visit = (node: ts.Node): void => {
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/')
        const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1))
        found.push({ file, line, text: node.text, expression })
      } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
        found.push({ file, line, text: node.getText() })
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
    return found
  })
}

/** A text of about this length. */
export type Attack = (length: number) => string

/**
 * Texts that an expression may take long for, by parts of its own: what a repeated part takes, again and again, after
 * what stands before it, and with an end that nothing takes.
 */
export function* attacks({ source, flags }: RegExp): Generator<Attack> {
  const seen = new Set<string>()
  for (const { before, part, after } of repeated(source, flags)) {
    const ended = part.slice(0, -1) + after.slice(0, 1)
    const units = [part, ended, before + part, before + part + after.slice(0, -1), `${before}${part}${after} `]
    for (const unit of units) {
      if (unit === '' || seen.has(`${before}\n${unit}`)) continue
      seen.add(`${before}\n${unit}`)
      for (const end of ['\u0001', 'x', '']) {
        for (const start of ['', before, 'x']) {
          yield (length) => start + unit.repeat(Math.ceil(length / unit.length)) + end
        }
      }
    }
  }
}

type Repeated = { before: string; part: string; after: string }

/** The parts that may be repeated without end, each with a text for itself, and for what is before and behind it. */
function repeated(source: string, flags: string): Repeated[] {
  const found: Repeated[] = []
  let at = 0
  // A text that the whole takes, and where in it each repeated part stood.
  const alternatives = (before: string): string[] => {
    const texts = [sequence(before)]
    while (source[at] === '|') {
      at++
      texts.push(sequence(before))
    }
    return texts
  }
  const sequence = (before: string): string => {
    let text = ''
    const own: Repeated[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const samples = atom(before + text)
      const [quantifier, min, max] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(source.slice(at)) ? quantify() : ['', 1, 1]
      const sample = samples[0] ?? ''
      if (quantifier && max === Infinity) {
        for (const part of samples) {
          const one = { before: before + text, part, after: '' }
          own.push(one)
          found.push(one)
        }
      }
      const taken = sample.repeat(Math.max(min as number, max === Infinity ? 1 : 0))
      for (const one of own) if (one.before.length < (before + text).length || !quantifier) one.after += taken
      text += taken
    }
    return text
  }
  const quantify = (): [string, number, number] => {
    const [text = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(at)) ?? []
    at += text.length
    const [, min, comma, max] = /^\{(\d+)(,?)(\d*)\}/.exec(text) ?? []
    if (min !== undefined) return [text, Number(min), max ? Number(max) : comma ? Infinity : Number(min)]
    return [text, text.startsWith('+') ? 1 : 0, text.startsWith('?') ? 1 : Infinity]
  }
  const atom = (before: string): string[] => {
    if (source[at] === '(') {
      const [opening = '('] = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at)) ?? []
      at += opening.length
      const texts = alternatives(before)
      at++
      return /^\(\?<?[=!]/.test(opening) ? [''] : texts
    }
    const [text = source[at] ?? ''] =
      /^(?:\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\.)/.exec(
        source.slice(at),
      ) ?? []
    at += text.length
    if (text === '^' || text === '$' || text === String.raw`\b` || text === String.raw`\B`) return ['']
    const one = new RegExp(`^(?:${text})$`, flags.replaceAll(/[gy]/g, ''))
    const taken = SAMPLES.filter((sample) => one.test(sample))
    return taken.length > 3 ? [taken[0]!, taken[Math.floor(taken.length / 2)]!, taken.at(-1)!] : taken
  }
  alternatives('')
  return found
}

const SAMPLES = [
  ...Array.from({ length: 95 }, (_, code) => String.fromCharCode(code + 32)).toSorted((a, b) => rank(a) - rank(b)),
  ...'\n\t\u00a0é好\u200b²\u0001',
]

/** Letters first: they are the least special. */
function rank(char: string): number {
  return /\w/.test(char) ? 0 : 1
}
