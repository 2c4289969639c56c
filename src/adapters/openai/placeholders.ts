import { stringify } from '../../models/stringify.ts'

/** What a placeholder may stand for: anything but nothing. Objects are written as JSON. */
export type PlaceholderValue = string | number | bigint | boolean | object

type NonNameCharacter =
  | ' ' | '\n' | '\t' | '\r' | '"' | "'" | '`' | ',' | '.' | ':' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '{'
  | '<' | '>' | '+' | '-' | '*' | '/' | '\\' | '=' | '&' | '|' | '%' | '#' | '@' | '^' | '~' // prettier-ignore
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type IsPlaceholderName<T extends string> = T extends '' | `${Digit}${string}` | `${string}${NonNameCharacter}${string}`
  ? false
  : true

/**
 * The names between braces in a text: `'Hello {name}'` has `'name'`. Only what could name a variable counts, so JSON
 * stays text; `{{name}}` is the text `{name}`. Any name (`string`) for a text with more braces than a compiler can read.
 */
export type Placeholders<
  T extends string,
  Found extends string = never,
  Read extends readonly 1[] = [],
> = Read['length'] extends 200
  ? string
  : T extends `${infer _}{${infer Rest}`
    ? Rest extends `{${infer After}`
      ? Placeholders<After, Found, [...Read, 1]>
      : Rest extends `${infer Key}}${infer After}`
        ? IsPlaceholderName<Key> extends true
          ? Placeholders<After, Found | Key, [...Read, 1]>
          : Placeholders<Rest, Found, [...Read, 1]>
        : Found
    : Found

/** The input that the placeholders of a text ask for; any at all if there are none, any names if they are too many to be read. */
export type PlaceholderInput<T extends string> = InputWithNames<Placeholders<T>>
type InputWithNames<Names extends string> = [Names] extends [never]
  ? unknown
  : string extends Names
    ? { [name: string]: unknown }
    : { [K in Names]: PlaceholderValue }

const PLACEHOLDER = /\{([\p{ID_Start}_$][\p{ID_Continue}$]*)\}/uy

/**
 * The text with its placeholders filled in, in one pass: what is filled in is never read again. `{{` and the `}}` that
 * belongs to it stand for one brace; braces around anything else stay. `owner` begins the message of the error.
 */
export const fillPlaceholders = (template: string, input: unknown, owner: string): string =>
  replacePlaceholders(template, (name) => placeholderText(name, input, owner))

/** The names that a text has placeholders for. */
export function placeholderNames(template: string): string[] {
  const names = new Set<string>()
  replacePlaceholders(template, (name) => {
    names.add(name)
    return ''
  })
  return [...names]
}

function replacePlaceholders(template: string, textFor: (name: string) => string): string {
  const open: ('escaped' | 'plain')[] = []
  let text = ''
  for (let at = 0; at < template.length; at += 1) {
    const char = template[at] as string
    const doubled = template[at + 1] === char
    PLACEHOLDER.lastIndex = at
    if (char === '{' && doubled) {
      open.push('escaped')
      at += 1
      text += char
    } else if (char === '{') {
      const name = PLACEHOLDER.exec(template)?.[1]
      if (name === undefined) open.push('plain')
      else at = PLACEHOLDER.lastIndex - 1
      text += name === undefined ? char : textFor(name)
    } else if (char === '}') {
      // The end of nested JSON is no escape: its braces were opened one by one.
      if (open.pop() !== 'plain' && doubled) at += 1
      text += char
    } else {
      text += char
    }
  }
  return text
}

function placeholderText(name: string, input: unknown, owner: string): string {
  const isRecord = typeof input === 'object' && input !== null
  const value: unknown = isRecord && Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined
  if (typeof value === 'object' && value !== null) return stringifyValue(name, value, owner)
  if (value !== undefined && value !== null && typeof value !== 'function' && typeof value !== 'symbol')
    return String(value)
  const has = isRecord
    ? `has ${Object.keys(input).join(', ') || 'nothing'}`
    : `is ${describeInput(input)}, not an object`
  throw new TypeError(
    `${owner} has the placeholder {${name}}, and its input has no value for it (it ${has}). Give it, or write {{${name}}} if the braces are meant as text`,
  )
}

function stringifyValue(name: string, value: object, owner: string): string {
  try {
    return stringify(value, { indent: 2, name })
  } catch (thrown) {
    throw new TypeError(
      `${owner} has the placeholder {${name}}, and its value cannot be written as text: it holds ${(thrown as Error).message}. Give plain data, or a string`,
      { cause: thrown },
    )
  }
}

const describeInput = (input: unknown): string => (input === null || input === undefined ? String(input) : typeof input)
