import type { ResultPart } from './result-parts.ts'

/** The beginning of a text, with a note that says so; `whole` is how long all was, `before` what stands before it. */
export function cutText(text: string, length: number, whole = text.length, before = 0): string {
  // Half of a character that takes two places is none.
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length
  return `${text.slice(0, end)}… [cut: the first ${counted(before + end)} of ${counted(whole)} characters]`
}

const counted = (count: number): string => count.toLocaleString('en-US')

/** Parts whose texts together are no longer than that: those that come first; pictures stay. `cut` is how long all were. */
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
