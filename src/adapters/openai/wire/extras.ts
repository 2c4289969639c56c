import { isPlainObject } from '../../../border/shape.ts'

type Extras = Readonly<Record<string, unknown>>

/**
 * The texts that models stream, by what servers call them. All others (ids, names, languages, signatures) are said whole
 * each time, and what was said last counts: put together they would be nonsense, and go back to the server so.
 */
const GROWING =
  /^(?:reasoning|thinking|thoughts?|chainofthought|cot|analysis|audio)?(?:content|text|summary|transcript|data|delta)?$/
const grows = (key: string): boolean => GROWING.test(key.toLowerCase().replaceAll(/[^a-z]/g, ''))
/** Of the parts of a list, those with bytes are whole each. */
const isText = (key: string): boolean => grows(key) && key !== 'data'

/** What a provider keeps on a message, after another piece of it. */
export const moreExtras = (known: Extras, piece: Extras): Extras => moreOf(known, piece)

/** What belongs to the answer alone is added to, so that what is long is not copied with each piece. */
const ours = new WeakSet<object>()

/** Without what says nothing. */
export const saidExtras = (extras: Extras): Record<string, unknown> =>
  Object.fromEntries(Object.entries(extras).filter(([, value]) => !isEmpty(value)))

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value)
    ? value.length === 0
    : // What grows is looked at with each piece, and is not empty.
      typeof value === 'object' && !ours.has(value) && Object.keys(value).length === 0)

function more(known: unknown, piece: unknown, isGrowing: boolean): unknown {
  if (isEmpty(known)) return piece
  if (isEmpty(piece)) return known
  if (typeof known === 'string' && typeof piece === 'string') return isGrowing ? known + piece : piece
  if (Array.isArray(known) && Array.isArray(piece)) return moreParts(known, piece)
  return isPlainObject(known) && isPlainObject(piece) ? moreOf(known, piece) : piece
}

function moreOf(known: Extras, piece: Extras): Extras {
  const merged = ours.has(known) ? known : { ...known }
  ours.add(merged)
  for (const [key, given] of Object.entries(piece)) {
    const value = more(Object.hasOwn(merged, key) ? merged[key] : undefined, given, grows(key))
    // A key may have any name, that of the prototype as well.
    Object.defineProperty(merged, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return merged
}

/** Where the parts stand that say their own place, in the lists that are ours. */
const placesIn = new WeakMap<unknown[], Map<string, number>>()

function moreParts(known: unknown[], pieces: readonly unknown[]): unknown[] {
  const places = placesIn.get(known)
  if (!places) return moreParts(ownList(known), pieces)
  for (const piece of pieces) {
    const at = placeOf(known, piece, places)
    const before = at === undefined ? undefined : known[at]
    const isText = typeof before === 'string' && typeof piece === 'string'
    if (at === undefined) add(known, piece, places)
    else known[at] = isText ? before + piece : moreOf(before as Extras, piece as Extras)
  }
  return known
}

function ownList(given: readonly unknown[]): unknown[] {
  const list: unknown[] = []
  const places = new Map<string, number>()
  placesIn.set(list, places)
  for (const part of given) add(list, part, places)
  return list
}

function add(parts: unknown[], part: unknown, places: Map<string, number>): void {
  for (const key of keysOf(part)) places.set(key, parts.length)
  parts.push(part)
}

/** By its type and index, and by its index alone, for a piece that says no type. */
function keysOf(part: unknown): string[] {
  const { type, index } = Object(part) as Extras
  if (index === undefined || index === null) return []
  return type === undefined ? [`${String(index)}`] : [`${String(index)} ${String(type)}`, `${String(index)}`]
}

/** Of which part a piece is: of that of its type at its place, or of the last, where no place is said. */
function placeOf(parts: readonly unknown[], piece: unknown, places: Map<string, number>): number | undefined {
  const [key] = keysOf(piece)
  const at = key === undefined ? parts.length - 1 : places.get(key)
  const before = at === undefined ? undefined : parts[at]
  if (typeof before === 'string' && typeof piece === 'string') return at
  return isPlainObject(before) && isPlainObject(piece) && goesOn(before, piece, key !== undefined) ? at : undefined
}

function goesOn(last: Extras, piece: Extras, isPlaced: boolean): boolean {
  if (last.id && piece.id && last.id !== piece.id) return false
  if (isPlaced) return true
  if (keysOf(last).length > 0 || (piece.type !== undefined && last.type !== piece.type)) return false
  // A signature is of all the text before it: what comes after that is another part.
  if (!isEmpty(last.signature)) return false
  return Object.keys(last).some(isText) && Object.keys(piece).some((key) => key === 'signature' || isText(key))
}
