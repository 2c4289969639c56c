import { attempt } from '../../border/shape.ts'
import { choiceMatcher, UNCHECKED_BOX, stripPunctuation, trimBlank } from './match-choice.ts'
import { parseJson } from './parse-json.ts'
import { type JsonType, jsonTypeOf } from './json-type.ts'
import { withoutReasoning, extractEmbeddedJson, parseWholeText, delimitedAnswer } from './extract-json.ts'

type AllowedTypes = readonly JsonType[] | undefined
/** Finds the allowed string that a text means; undefined if the schema lists no strings. */
type ChoiceMatcher = ((text: string) => string | undefined) | undefined

/**
 * The values that a text may mean, the most likely first: JSON, if it is not a string or a number and the schema
 * accepts its type; the text as it is, trimmed, or the choice that it names; a number, a boolean or null, which come
 * before the text if the schema lists them first or accepts no string. If all are rejected, the same of the text after
 * the reasoning, then of a code block or object at its end, and last its only JSON value. Returns the problem of that
 * JSON, for a message.
 */
export function* interpretations(
  text: string,
  kinds: AllowedTypes,
  choose: ChoiceMatcher,
  isTaken: (value: unknown) => boolean,
): Generator<unknown, string> {
  const plain = allowsOnly('string', kinds) ? undefined : parseWholeText(text)
  const kind = jsonTypeOf(plain?.value)
  // The schema's issues of an object or an array say enough.
  if (plain && (kind === 'object' || kind === 'array') && kinds?.includes(kind) && !kinds.includes('string')) {
    yield plain.value
    return ''
  }
  yield* plainInterpretations(text, kinds, choose)
  const answer = withoutReasoning(text)
  if (answer !== text && answer !== '') yield* plainInterpretations(answer, kinds, choose)
  const apart = delimitedAnswer(answer, (words) => [...plainInterpretations(words, kinds, choose)].some(isTaken))
  if (apart !== undefined) yield* plainInterpretations(apart, kinds, choose)
  const roots = (allowsType('object', kinds) ? '{' : '') + (allowsType('array', kinds) ? '[' : '')
  if (roots === '') return ''
  const amid = extractEmbeddedJson(text, answer, roots)
  if ('problem' in amid) return amid.problem
  yield amid.value
  return ''
}

const allowsType = (kind: JsonType, kinds: AllowedTypes): boolean => kinds?.includes(kind) ?? true

function* plainInterpretations(text: string, kinds: AllowedTypes, choose: ChoiceMatcher): Generator<unknown> {
  const json = allowsOnly('string', kinds) ? undefined : parseWholeText(text)
  const kind = json && jsonTypeOf(json.value)
  if (json && kind !== 'string' && kind !== 'number' && allowsType(kind as JsonType, kinds)) yield json.value
  const words = new Set([
    text,
    trimBlank(text),
    choose ? choose(text) : stripPunctuation(text),
    parseQuotedString(text),
  ])
  words.delete(undefined)
  const number = parseNumber(text)
  const numbers = number === undefined ? [] : [number]
  const spelled = parseLiteral(text)
  const others = spelled === undefined ? [] : [spelled]
  if (kinds && !kinds.includes('string')) yield* [...numbers, ...others, ...words]
  else if (kinds?.includes('number') && kinds.indexOf('number') < kinds.indexOf('string'))
    yield* [...numbers, ...words, ...others]
  else yield* [...words, ...numbers, ...others]
}

const allowsOnly = (kind: JsonType, kinds: AllowedTypes): boolean => kinds?.every((each) => each === kind) ?? false

const MAX_NUMBER_LENGTH = 1000
const RANGE_SIGN = /[-+<>~≈±≤≥]/
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/** A number in the notation of code; with units or separators it is not a number. */
function parseNumber(text: string): number | undefined {
  const plain = text.length > MAX_NUMBER_LENGTH ? text : text.replaceAll(/[\u2010-\u2015\u2212\uff0d]/g, '-')
  const digits = stripPunctuation(plain)
  // Not "< 5", nor a number after what may be a minus or a list marker.
  const [before, after] = NUMBER.test(digits) ? plain.split(digits) : ['<']
  const isMore = RANGE_SIGN.test(`${before}${after}`) || UNCHECKED_BOX.test(`${before}`)
  const number = isMore ? NaN : Number(digits)
  // 0 instead of -0.
  return Number.isFinite(number) ? number + 0 : undefined
}

const LITERALS = { true: true, false: false, null: null } as const
const matchLiteral = /* @__PURE__ */ choiceMatcher(/* @__PURE__ */ Object.keys(LITERALS) as (keyof typeof LITERALS)[])

/** "True." is the literal true. */
function parseLiteral(text: string): boolean | null | undefined {
  const word = matchLiteral(text)
  return word && LITERALS[word]
}

/** The string in a text that is a JSON string. */
function parseQuotedString(text: string): string | undefined {
  const inner = trimBlank(text)
  const value = inner.startsWith('"') ? attempt(() => parseJson(inner)) : undefined
  return typeof value === 'string' ? value : undefined
}
