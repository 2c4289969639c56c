import type { ResultPart } from './result-parts.ts'

/** The beginning of a text, with a note; `whole` is the original length of all texts, `before` that of those before it. */
export function cutText(text: string, length: number, whole = text.length, before = 0): string {
  // Does not split a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length
  return `${text.slice(0, end)}… [cut: the first ${counted(before + end)} of ${counted(whole)} characters]`
}

const counted = (count: number): string => count.toLocaleString('en-US')

/** Truncates parts to texts of `length` characters in all; images are kept. `cut` is the original length. */
export function cutParts(parts: readonly ResultPart[], length: number): { parts: readonly ResultPart[]; cut?: number } {
  const whole = parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
  if (whole <= length) return { parts }
  let before = 0
  let isCut = false
  const kept = parts.flatMap((part): ResultPart[] => {
    if (part.type !== 'text') return [part]
    if (isCut) return []
    const rest = length - before
    isCut = part.text.length > rest
    const text = isCut ? cutText(part.text, rest, whole, before) : part.text
    before += part.text.length
    return [{ ...part, text }]
  })
  return { parts: kept, cut: whole }
}
