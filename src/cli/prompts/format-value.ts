import { safeStringify } from '../../observe/safe-stringify.ts'
import { attempt, isPlainObject } from '../../border/shape.ts'

/** As much as a person reads of one text, and of one value. */
const MAX_CHARACTERS = 4_000
const MAX_LINES = 200

/**
 * A value as indented lines: keys and their values, a dash for each item, texts as they are. Control characters are
 * escaped, since the text may come from an untrusted source.
 */
export function formatValueLines(value: unknown, indent = '  '): string {
  const lines = attempt(() => [...linesOf(value)]) ?? [safeStringify(value)]
  const cut =
    lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `… (${lines.length - MAX_LINES} more lines)`] : lines
  return cut.map((line) => `${indent}${line}\n`).join('')
}

function* linesOf(value: unknown): Generator<string> {
  if (Array.isArray(value) && value.length > 0) {
    for (const item of value as unknown[]) yield* marked('- ', '  ', item)
  } else if (isPlainObject(value) && Object.keys(value).length > 0) {
    for (const [key, part] of Object.entries(value)) yield* keyed(key, part)
  } else yield* scalar(value)
}

function* keyed(key: string, part: unknown): Generator<string> {
  const [first, ...rest] = linesOf(part)
  const isInline = rest.length === 0 && !isNested(part)
  if (isInline) return yield `${escapeControls(key)}: ${first ?? ''}`
  yield `${escapeControls(key)}:`
  for (const line of [first, ...rest]) yield `  ${line}`
}

function* marked(mark: string, space: string, part: unknown): Generator<string> {
  const [first, ...rest] = linesOf(part)
  yield `${mark}${first ?? ''}`
  for (const line of rest) yield `${space}${line}`
}

const isNested = (part: unknown): boolean =>
  (Array.isArray(part) && part.length > 0) || (isPlainObject(part) && Object.keys(part).length > 0)

function* scalar(value: unknown): Generator<string> {
  const text = value === undefined ? 'nothing' : safeStringify(value)
  const short =
    text.length > MAX_CHARACTERS
      ? `${text.slice(0, MAX_CHARACTERS)}… (${text.length - MAX_CHARACTERS} more characters)`
      : text
  yield* short.split(/\r?\n/).map(escapeControls)
}

/** A text without what a terminal would obey. */
export const escapeControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
