type Choice = string | number | boolean

/** In characters. Nobody offers a choice that is so long, and the normal forms of Unicode are not linear in every text. */
const MAX_TEXT_LENGTH = 10_000

/**
 * Finds which of some choices a text means. What is exactly one of them is that one. Else neither case, nor how Unicode
 * writes it, nor the punctuation and the Markdown around it matter, and the longest that fits counts: `C#.` is C# and not
 * C. A mark that some choice begins or ends with (`A+`, `<5`) is never around another one: `A -` is A- or nothing; and what
 * is struck (`~~good~~`), or has an empty box before it, is not meant. A choice that ends like a sentence (`No.`) is found
 * without that. Nothing where none fits, or two fit equally.
 */
export function choiceMatcher<C extends Choice>(choices: readonly C[]): (said: string) => C | undefined {
  const exact = new Map(choices.map((choice) => [String(choice), choice]))
  const known = choices.map((choice) => ({ choice, text: foldCase(normalizeSpaces(String(choice))) }))
  const marks = new Set(known.flatMap(({ text }) => markSigns(text)))
  const isAround = (before: string, after: string, text: string): boolean =>
    ![...before, ...after].some((sign) => marks.has(sign)) &&
    !(marks.size > 0 && GRADE_SIGN.test(after)) &&
    !UNCHECKED_BOX.test(before) &&
    !(COMPARISON_SIGN.test(before + after) && /^\d/.test(text))
  return (said) => {
    const same = exact.get(said)
    if (same !== undefined) return same
    const inner = trimBlank(said)
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
    // Where a mark is in the way, it may be set apart: `A -`.
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

/** Two choices with the same key are one choice to whoever writes them: `good` and "Good." */
export function choiceKey(choice: Choice): string {
  const text = String(choice).toLowerCase()
  const isAround = (code: number): boolean => isBlank(code) || '"\'`“”‘’'.includes(String.fromCharCode(code))
  return trimWhere(text, isAround, (code) => code === 46 || isAround(code)) || text
}

/** Without white space, and what cannot be seen, at its ends. */
export const trimBlank = (text: string): string => trimWhere(text, isBlank, isBlank)

/** White space, and what Unicode has no picture for: a byte order mark, a space without a width and the like. */
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

/** What stands between such characters. An expression that is anchored at the end of a text would be quadratic. */
function trimWhere(text: string, isBefore: (code: number) => boolean, isAfter: (code: number) => boolean): string {
  let from = 0
  let to = text.length
  while (from < to && isBefore(text.charCodeAt(from))) from++
  while (from < to && isAfter(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/** Without the punctuation and the Markdown around it as well; a long text is nothing that stands between such. */
export function stripPunctuation(text: string): string {
  const inner = trimBlank(text)
  if (inner.length > MAX_TEXT_LENGTH) return inner
  const [from, to] = coreRange(inner)
  return from < to ? inner.slice(from, to) : inner
}

/** What a choice may be told from another one by. */
const MARK_SIGN = /[-+#<>=*^~%$&@/\\_|]/
/** Among choices with marks, one behind a word makes another choice of it; before a word it may be Markdown. */
const GRADE_SIGN = /[-+#<>=^%]/
/** Before or after a number, these say that it is another one. */
const COMPARISON_SIGN = /[<>≈±≤≥]/
/** In a list of what can be ticked, it is not. */
export const UNCHECKED_BOX = /\[\s*\]/

/** Without the signs that end a sentence. */
const withoutEndSigns = (text: string): string =>
  trimWhere(
    text,
    () => false,
    (code) => '.!?,;:。'.includes(String.fromCharCode(code)),
  )

/** One that is made of signs alone is told by each. */
const markSigns = (text: string): string[] =>
  /[\p{L}\p{N}]/u.test(text) ? [text.slice(0, 1), text.slice(-1)].filter((end) => MARK_SIGN.test(end)) : [...text]

const withoutSpaces = (text: string): string => text.replaceAll(/\s+/g, '')

const normalizeSpaces = (text: string): string =>
  text
    // Of some flags, such characters are the country.
    .replaceAll(/(\u{1f3f4}[\u{e0020}-\u{e007f}]+)|\p{Default_Ignorable_Code_Point}/gu, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** In one form and one case; what is no plain number or letter stays itself, for 5² is not 52, and № is not No. */
const foldCase = (text: string): string =>
  text
    .replaceAll(/[^\p{No}\p{So}ªº]+/gu, (part) => part.normalize('NFKC'))
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[\u2018\u2019\u02bc]/g, "'")
    .trim()
    .toLowerCase()
    .toUpperCase()
    .normalize('NFC')

// What may be a part of a word (-1, .NET, A+, C#, 5%, !spam) is around it only where what is next to it tells.
const LEADING_SIGNS =
  /^(?:(?![-.,#%&@/\\]|!(?=[\p{L}\p{N}]))[\p{P}\p{Sk}\s|]|[.,]{2,}|[.,](?!\p{N})|[-+#=<>]+(?=[\s\p{L}*_`"'“«([{]))*/u
const TRAILING_SIGNS = /^(?:(?![-#%&@/\\])[\p{P}\p{Sk}\s|]|[-+#]+(?=\s)|[=<>]+(?=[\s\p{L}]))*/u

/** Where what matters begins and ends; in a text that has nothing but punctuation, the end stands before the beginning. */
function coreRange(text: string): [from: number, to: number] {
  const around = (expression: RegExp, chars: string): number => expression.exec(chars)?.[0].length ?? 0
  return [around(LEADING_SIGNS, text), text.length - around(TRAILING_SIGNS, [...text].toReversed().join(''))]
}
