export type ChoiceValue = string | number | boolean

/** In characters: no choice is this long, and Unicode normalization is not linear in every text. */
const MAX_TEXT_LENGTH = 10_000

/**
 * Returns a function that finds the choice that a text means. An exact match wins. Otherwise case, Unicode form, and
 * punctuation and Markdown around the text are ignored, and the longest match wins: `C#.` is C#, not C. A sign that
 * some choice begins or ends with (`A+`, `<5`) is not ignored: `A -` is A- or nothing. Struck-through text (`~~good~~`)
 * and an unchecked box do not match. A choice that ends with a full stop (`No.`) also matches without it. Undefined if
 * no choice matches, or two match equally.
 *
 * @example
 * choiceMatcher(['good', 'bad'])('**Good.**') // 'good'
 */
export function choiceMatcher<C extends ChoiceValue>(choices: readonly C[]): (given: string) => C | undefined {
  const exact = new Map(choices.map((choice) => [String(choice), choice]))
  const known = choices.map((choice) => ({ choice, text: foldCase(normalizeSpaces(String(choice))) }))
  const marks = new Set(known.flatMap(({ text }) => markSigns(text)))
  const isAround = (before: string, after: string, text: string): boolean =>
    ![...before, ...after].some((sign) => marks.has(sign)) &&
    !(marks.size > 0 && GRADE_SIGN.test(after)) &&
    !UNCHECKED_BOX.test(before) &&
    !(COMPARISON_SIGN.test(before + after) && /^\d/.test(text))
  return (given) => {
    const same = exact.get(given)
    if (same !== undefined) return same
    const inner = trimBlank(given)
    if (inner.length > MAX_TEXT_LENGTH) return undefined
    const text = foldCase(normalizeSpaces(inner))
    const [from, to] = coreRange(text)
    const placed = known.flatMap((one) => {
      const at = text.indexOf(one.text, Math.max(0, to - one.text.length))
      return at !== -1 && at <= from
        ? [{ ...one, before: text.slice(0, at), after: text.slice(at + one.text.length) }]
        : []
    })
    const around = placed.filter((one) => isAround(one.before, one.after, one.text))
    const whole = withoutSpaces(text)
    const core = text.slice(from, to)
    // If such a sign prevents a match, it may be separated by a space: `A -`.
    const fitting =
      around.length > 0
        ? around
        : placed.length > 0
          ? known.filter((one) => withoutSpaces(one.text) === whole)
          : known.filter(
              (one) =>
                core !== '' &&
                withoutEndSigns(one.text) === core &&
                isAround(text.slice(0, from), text.slice(to), core),
            )
    const longest = Math.max(...fitting.map((one) => one.text.length))
    const [first, ...others] = fitting.filter((one) => one.text.length === longest)
    return others.length === 0 ? first?.choice : undefined
  }
}

/** Choices with the same key cannot be distinguished in a model's text: `good` and "Good." */
export function choiceKey(choice: ChoiceValue): string {
  const text = String(choice).toLowerCase()
  const isAround = (code: number): boolean => isBlank(code) || '"\'`“”‘’'.includes(String.fromCharCode(code))
  return trimWhere(text, isAround, (code) => code === 46 || isAround(code)) || text
}

/** Trims white space and invisible characters. */
export const trimBlank = (text: string): string => trimWhere(text, isBlank, isBlank)

/** White space, and invisible characters: a byte order mark, a zero-width space and the like. */
const isBlank = (code: number): boolean =>
  code === 32 ||
  (code > 8 && code < 14) ||
  (code > 127 &&
    (code === 0xa0 ||
      code === 0xad ||
      code === 0xfeff ||
      code === 0x3000 ||
      (code >= 0x2000 && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202f) ||
      (code >= 0x205f && code <= 0x206f)))

/** Trims such characters. A regular expression that is anchored at the end of a text would be quadratic. */
function trimWhere(text: string, isBefore: (code: number) => boolean, isAfter: (code: number) => boolean): string {
  let from = 0
  let to = text.length
  while (from < to && isBefore(text.charCodeAt(from))) from++
  while (from < to && isAfter(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/** Also strips punctuation and Markdown around it; a long text is only trimmed. */
export function stripPunctuation(text: string): string {
  const inner = trimBlank(text)
  if (inner.length > MAX_TEXT_LENGTH) return inner
  const [from, to] = coreRange(inner)
  return from < to ? inner.slice(from, to) : inner
}

/** A sign that may distinguish two choices. */
const MARK_SIGN = /[-+#<>=*^~%$&@/\\_|]/
/** After a word, such a sign makes another choice of it (`A+`); before a word it may be Markdown. */
const GRADE_SIGN = /[-+#<>=^%]/
/** Before or after a number, these change its meaning. */
const COMPARISON_SIGN = /[<>≈±≤≥]/
/** An unchecked item of a Markdown task list. */
export const UNCHECKED_BOX = /\[\s*\]/

/** Without the punctuation that ends a sentence. */
const withoutEndSigns = (text: string): string =>
  trimWhere(
    text,
    () => false,
    (code) => '.!?,;:。'.includes(String.fromCharCode(code)),
  )

/** A choice that consists of signs alone is distinguished by each of them. */
const markSigns = (text: string): string[] =>
  /[\p{L}\p{N}]/u.test(text) ? [text.slice(0, 1), text.slice(-1)].filter((end) => MARK_SIGN.test(end)) : [...text]

const withoutSpaces = (text: string): string => text.replaceAll(/\s+/g, '')

const normalizeSpaces = (text: string): string =>
  text
    // In the emoji of some flags, such characters name the country.
    .replaceAll(/(\u{1f3f4}[\u{e0020}-\u{e007f}]+)|\p{Default_Ignorable_Code_Point}/gu, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()

/**
 * One Unicode form and one case. Signs that NFKC would change into letters or digits stay: 5² is not 52, and № is not
 * No.
 */
const foldCase = (text: string): string =>
  text
    .replaceAll(/[^\p{No}\p{So}ªº]+/gu, (part) => part.normalize('NFKC'))
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[\u2018\u2019\u02bc]/g, "'")
    .trim()
    .toLowerCase()
    .toUpperCase()
    .normalize('NFC')

// A sign that may be part of a word (-1, .NET, A+, C#, 5%, !spam) is stripped only if its neighbours show that it is not.
const LEADING_SIGNS =
  /^(?:(?![-.,#%&@/\\]|!(?=[\p{L}\p{N}]))[\p{P}\p{Sk}\s|]|[.,]{2,}|[.,](?!\p{N})|[-+#=<>]+(?=[\s\p{L}*_`"'“«([{]))*/u
const TRAILING_SIGNS = /^(?:(?![-#%&@/\\])[\p{P}\p{Sk}\s|]|[-+#]+(?=\s)|[=<>]+(?=[\s\p{L}]))*/u

/** The range without punctuation around it; for a text of punctuation alone, `to` is less than `from`. */
function coreRange(text: string): [from: number, to: number] {
  const around = (expression: RegExp, chars: string): number => expression.exec(chars)?.[0].length ?? 0
  return [around(LEADING_SIGNS, text), text.length - around(TRAILING_SIGNS, [...text].toReversed().join(''))]
}
