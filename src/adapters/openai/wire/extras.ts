import { isPlainObject } from '../../../border/shape.ts'

type Extras = Readonly<Record<string, unknown>>

/** In an object, these come in pieces; all else is said whole each time. */
const GROWING: ReadonlySet<string> = new Set([
  'text',
  'summary',
  'data',
  'transcript',
  'thinking',
  'reasoning',
  'content',
])
/** On a message, these are said whole each time; other texts come in pieces. */
const WHOLE: ReadonlySet<string> = new Set(['id', 'type', 'name', 'model', 'provider', 'format', 'signature', 'status'])

/** What a provider keeps on a message, after another piece of it. */
export function moreExtras(known: Extras, piece: Extras): Extras {
  const merged = Object.entries(piece).map(([key, value]) => [key, more(known[key], value, !WHOLE.has(key))])
  return { ...known, ...Object.fromEntries(merged) }
}

/** Without what says nothing. */
export const saidExtras = (extras: Extras): Record<string, unknown> =>
  Object.fromEntries(Object.entries(extras).filter(([, value]) => !isEmpty(value)))

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value as object).length === 0)

function more(known: unknown, piece: unknown, isGrowing: boolean): unknown {
  if (isEmpty(known)) return piece
  if (isEmpty(piece)) return known
  if (typeof known === 'string' && typeof piece === 'string') return isGrowing ? known + piece : piece
  if (Array.isArray(known) && Array.isArray(piece)) return moreParts(known, piece)
  return isPlainObject(known) && isPlainObject(piece) ? moreOf(known, piece) : piece
}

function moreOf(known: Extras, piece: Extras): Extras {
  const merged = Object.entries(piece).map(([key, value]) => [key, more(known[key], value, GROWING.has(key))])
  return { ...known, ...Object.fromEntries(merged) }
}

/** A list that belongs to the answer alone is added to, so that a long one is not copied with each piece. */
const ours = new WeakSet<unknown[]>()

function moreParts(known: unknown[], pieces: readonly unknown[]): unknown[] {
  const parts = ours.has(known) ? known : [...known]
  ours.add(parts)
  for (const piece of pieces) {
    const last = parts.at(-1)
    if (typeof last === 'string' && typeof piece === 'string') parts[parts.length - 1] = last + piece
    else if (isPlainObject(last) && isPlainObject(piece) && goesOn(last, piece))
      parts[parts.length - 1] = moreOf(last, piece)
    else parts.push(piece)
  }
  return parts
}

/** Whether a part is a piece of the one before: of its type, and at its place, or a text where no place is said. */
function goesOn(last: Extras, piece: Extras): boolean {
  if (last.type !== piece.type || (last.id && piece.id && last.id !== piece.id)) return false
  if (last.index !== undefined || piece.index !== undefined) return last.index === piece.index
  const grows = Object.keys(last).some((key) => GROWING.has(key) && key !== 'data')
  return grows && Object.keys(piece).some((key) => key === 'signature' || (GROWING.has(key) && key !== 'data'))
}
