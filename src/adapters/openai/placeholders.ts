import { stringify } from '../../models/stringify.ts'

/** The value of a placeholder: anything but null and undefined. Objects are inserted as JSON. */
export type PlaceholderValue = string | number | bigint | boolean | object

type NonNameCharacter =
  | ' ' | '\n' | '\t' | '\r' | '"' | "'" | '`' | ',' | '.' | ':' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '{'
  | '<' | '>' | '+' | '-' | '*' | '/' | '\\' | '=' | '&' | '|' | '%' | '#' | '@' | '^' | '~' // prettier-ignore
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type IsPlaceholderName<T extends string> = T extends '' | `${Digit}${string}` | `${string}${NonNameCharacter}${string}`
  ? false
  : true

/**
 * The placeholder names in a text: `'Hello {name}'` has `'name'`. Only identifiers count, so JSON stays text;
 * `{{name}}` is the text `{name}`. `string` for a text with more braces than the compiler can process.
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

/**
 * The input type for the placeholders of a text: unknown if there are none, any names if there are too many for the
 * compiler.
 */
export type PlaceholderInput<T extends string> = InputWithNames<Placeholders<T>>
type InputWithNames<Names extends string> = [Names] extends [never]
  ? unknown
  : string extends Names
    ? { [name: string]: unknown }
    : { [K in Names]: PlaceholderValue }

const PLACEHOLDER = /\{([\p{ID_Start}_$][\p{ID_Continue}$]*)\}/uy

/**
 * Fills in the placeholders of a text in one pass: inserted values are not scanned again. `{{` and its matching `}}`
 * are an escaped brace; braces around anything else stay. `owner` begins the message of an error.
 */
export const fillPlaceholders = (template: string, input: unknown, owner: string): string =>
  replacePlaceholders(template, (name) => placeholderText(name, input, owner))

/** The names of a text's placeholders. */
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
      // The end of nested JSON is not an escape: its braces were opened one by one.
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
    `${owner} has the placeholder {${name}}, and the input has no value for it (the input ${has}). Add it to the input, or write {{${name}}} if the braces are meant as text`,
  )
}

function stringifyValue(name: string, value: object, owner: string): string {
  try {
    return stringify(value, { indent: 2, name })
  } catch (thrown) {
    throw new TypeError(
      `${owner} has the placeholder {${name}}, and its value cannot be written as text: it contains ${(thrown as Error).message}. Give plain data, or a string`,
      { cause: thrown },
    )
  }
}

const describeInput = (input: unknown): string => (input === null || input === undefined ? String(input) : typeof input)
