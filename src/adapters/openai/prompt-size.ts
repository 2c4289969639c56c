import { checkNumber, POSITIVE } from '../../border/ranges.ts'
import { formatValue } from '../../border/format-value.ts'
import type { ChatMessage } from '../../types.ts'

/** Measures a prompt, in tokens or any other unit. */
export type SizeOf = (messages: readonly ChatMessage[]) => number | Promise<number>
type SizeLimit = { maxSize?: number | undefined; size?: SizeOf | undefined }

/** Throws a `RangeError` if the prompt is larger than `maxSize`. */
export async function assertPromptSize(
  messages: readonly ChatMessage[],
  { maxSize, size = countCharacters }: SizeLimit,
): Promise<void> {
  if (maxSize === undefined) return
  const found = await size(messages)
  // Written so that NaN does not pass.
  if (found <= maxSize) return
  throw new RangeError(
    `the prompt has the size ${String(found)}, more than maxSize (${maxSize}). Shorten the input, or raise maxSize`,
  )
}

export function checkSizeOptions(owner: string, { maxSize, size }: SizeLimit): void {
  checkNumber(owner, 'maxSize', maxSize, POSITIVE)
  if (size === undefined) return
  if (typeof size !== 'function')
    throw new TypeError(`${owner}: size is ${formatValue(size)}, not a function. Give (messages) => number.`)
  if (maxSize === undefined)
    throw new TypeError(`${owner} has size but no maxSize. Give maxSize, the largest size allowed.`)
}

const countCharacters: SizeOf = (messages) =>
  messages.reduce((sum, { content }) => {
    if (typeof content === 'string' || !content) return sum + (content?.length ?? 0)
    return content.reduce((all, part) => all + (part.type === 'text' ? part.text.length : 0), sum)
  }, 0)
