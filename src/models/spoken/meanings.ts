import { attempt } from '../../border/shape.ts'
import { choosing, EMPTY_BOX, peeled, trimmed } from './choices.ts'
import { parseJson } from '../json.ts'
import { type Kind, kindOf } from './kinds.ts'
import { afterThinking, jsonAmid, plainJson, setApart } from './spoken.ts'

type Kinds = readonly Kind[] | undefined
/** Which of the texts that a schema allows is meant; undefined where they are not known. */
type Choose = ((said: string) => string | undefined) | undefined

/**
 * What a text may mean, the likeliest first: JSON that is no text or number, if a schema takes such; the text, as it is,
 * tidied, or the choice that it names; a number, a boolean or null, which come before the text where the schema names
 * them first or takes no text. Only what is all refused is looked for in what is said after thinking, in what that sets
 * apart, and at last in its one JSON value. Returns what is the matter with that, for a message.
 */
export function* meaningsOf(
  text: string,
  kinds: Kinds,
  choose: Choose,
  isTaken: (value: unknown) => boolean,
): Generator<unknown, string> {
  const plain = isOnly('string', kinds) ? undefined : plainJson(text)
  const kind = kindOf(plain?.value)
  // The issues of what is so large are all that there is to say of it.
  if (plain && (kind === 'object' || kind === 'array') && kinds?.includes(kind) && !kinds.includes('string')) {
    yield plain.value
    return ''
  }
  yield* plainMeanings(text, kinds, choose)
  const answer = afterThinking(text)
  if (answer !== text && answer !== '') yield* plainMeanings(answer, kinds, choose)
  const apart = setApart(answer, (words) => [...plainMeanings(words, kinds, choose)].some(isTaken))
  if (apart !== undefined) yield* plainMeanings(apart, kinds, choose)
  const roots = (takes('object', kinds) ? '{' : '') + (takes('array', kinds) ? '[' : '')
  if (roots === '') return ''
  const amid = jsonAmid(text, answer, roots)
  if ('problem' in amid) return amid.problem
  yield amid.value
  return ''
}

const takes = (kind: Kind, kinds: Kinds): boolean => kinds?.includes(kind) ?? true

function* plainMeanings(text: string, kinds: Kinds, choose: Choose): Generator<unknown> {
  const json = isOnly('string', kinds) ? undefined : plainJson(text)
  const kind = json && kindOf(json.value)
  if (json && kind !== 'string' && kind !== 'number' && takes(kind as Kind, kinds)) yield json.value
  const words = new Set([text, trimmed(text), choose ? choose(text) : peeled(text), stringIn(text)])
  words.delete(undefined)
  const number = numberIn(text)
  const numbers = number === undefined ? [] : [number]
  const spelled = spelledOut(text)
  const others = spelled === undefined ? [] : [spelled]
  if (kinds && !kinds.includes('string')) yield* [...numbers, ...others, ...words]
  else if (kinds?.includes('number') && kinds.indexOf('number') < kinds.indexOf('string'))
    yield* [...numbers, ...words, ...others]
  else yield* [...words, ...numbers, ...others]
}

const isOnly = (kind: Kind, kinds: Kinds): boolean => kinds?.every((each) => each === kind) ?? false

const MOST_DIGITS = 1000
const SAYS_MORE = /[-+<>~≈±≤≥]/
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/** A number as one writes it in code; what has units, or marks between its digits, is not guessed at. */
function numberIn(text: string): number | undefined {
  const plain = text.length > MOST_DIGITS ? text : text.replaceAll(/[\u2010-\u2015\u2212\uff0d]/g, '-')
  const digits = peeled(plain)
  // "< 5" is none, nor is what may be a minus, or a mark of a list.
  const [before, after] = NUMBER.test(digits) ? plain.split(digits) : ['<']
  const isMore = SAYS_MORE.test(`${before}${after}`) || EMPTY_BOX.test(`${before}`)
  const number = isMore ? NaN : Number(digits)
  // A minus before a zero means nothing.
  return Number.isFinite(number) ? number + 0 : undefined
}

const WORDS = { true: true, false: false, null: null } as const
const spell = /* @__PURE__ */ choosing(/* @__PURE__ */ Object.keys(WORDS) as (keyof typeof WORDS)[])

/** "True." is true. */
function spelledOut(text: string): boolean | null | undefined {
  const word = spell(text)
  return word && WORDS[word]
}

/** The text that a text in quotes is. */
function stringIn(text: string): string | undefined {
  const inner = trimmed(text)
  const value = inner.startsWith('"') ? attempt(() => parseJson(inner)) : undefined
  return typeof value === 'string' ? value : undefined
}
