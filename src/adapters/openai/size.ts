import { checkNumber, POSITIVE } from '../../border/ranges.ts'
import type { ChatMessage } from '../../types.ts'

/** Measures a prompt, in tokens or whatever counts for you. */
export type SizeOf = (messages: readonly ChatMessage[]) => number | Promise<number>
type Limit = { maxSize?: number | undefined; size?: SizeOf | undefined }

/** Throws where the prompt is larger than it may be. */
export async function sizeCheck(
  messages: readonly ChatMessage[],
  { maxSize, size = characters }: Limit,
): Promise<void> {
  if (maxSize === undefined) return
  const found = await size(messages)
  // A size that is no number must not pass as small enough.
  if (found <= maxSize) return
  throw new RangeError(
    `the prompt has size ${String(found)}, and its maxSize is ${maxSize}. Shorten the input, or raise maxSize`,
  )
}

export function checkSize(owner: string, { maxSize, size }: Limit): void {
  checkNumber(owner, 'maxSize', maxSize, POSITIVE)
  if (size === undefined) return
  if (typeof size !== 'function') throw new TypeError(`${owner}: size is not a function. Give (messages) => number.`)
  if (maxSize === undefined)
    throw new TypeError(`${owner} has size but no maxSize. Give maxSize, the largest size allowed.`)
}

const characters: SizeOf = (messages) =>
  messages.reduce((sum, { content }) => {
    if (typeof content === 'string' || !content) return sum + (content?.length ?? 0)
    return content.reduce((all, part) => all + (part.type === 'text' ? part.text.length : 0), sum)
  }, 0)
