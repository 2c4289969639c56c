import { isPlainObject } from '../../../border/shape.ts'

type MessageExtras = Readonly<Record<string, unknown>>

/**
 * The texts that models stream, by what servers call them. All others (ids, names, languages, signatures) are said whole
 * each time, and what was said last counts: put together they would be nonsense, and go back to the server so.
 */
const STREAMED_KEY =
  /^(?:reasoning|thinking|thoughts?|chainofthought|cot|analysis|audio)?(?:content|text|summary|transcript|data|delta)?$/
const isStreamedKey = (key: string): boolean => STREAMED_KEY.test(key.toLowerCase().replaceAll(/[^a-z]/g, ''))
/** Of the parts of a list, those with bytes are whole each. */
const isStreamedText = (key: string): boolean => isStreamedKey(key) && key !== 'data'

/** What a provider keeps on a message, after another piece of it. */
export const mergeExtras = (known: MessageExtras, piece: MessageExtras): MessageExtras => mergeObject(known, piece)

/** What belongs to the answer alone is added to, so that what is long is not copied with each piece. */
const ownedObjects = new WeakSet<object>()

/** Without what says nothing. */
export const nonEmptyExtras = (extras: MessageExtras): Record<string, unknown> =>
  Object.fromEntries(Object.entries(extras).filter(([, value]) => !isEmptyValue(value)))

const isEmptyValue = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value)
    ? value.length === 0
    : // What grows is looked at with each piece, and is not empty.
      typeof value === 'object' && !ownedObjects.has(value) && Object.keys(value).length === 0)

function mergeValue(known: unknown, piece: unknown, isGrowing: boolean): unknown {
  if (isEmptyValue(known)) return piece
  if (isEmptyValue(piece)) return known
  if (typeof known === 'string' && typeof piece === 'string') return isGrowing ? known + piece : piece
  if (Array.isArray(known) && Array.isArray(piece)) return mergeParts(known, piece)
  return isPlainObject(known) && isPlainObject(piece) ? mergeObject(known, piece) : piece
}

function mergeObject(known: MessageExtras, piece: MessageExtras): MessageExtras {
  const merged = ownedObjects.has(known) ? known : { ...known }
  ownedObjects.add(merged)
  for (const [key, given] of Object.entries(piece)) {
    const value = mergeValue(Object.hasOwn(merged, key) ? merged[key] : undefined, given, isStreamedKey(key))
    // A key may have any name, that of the prototype as well.
    Object.defineProperty(merged, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return merged
}

/** Where the parts stand that say their own place, in the lists that are ours. */
const partIndexes = new WeakMap<unknown[], Map<string, number>>()

function mergeParts(known: unknown[], pieces: readonly unknown[]): unknown[] {
  const places = partIndexes.get(known)
  if (!places) return mergeParts(toOwnedList(known), pieces)
  for (const piece of pieces) {
    const at = findPart(known, piece, places)
    const before = at === undefined ? undefined : known[at]
    const isText = typeof before === 'string' && typeof piece === 'string'
    if (at === undefined) addPart(known, piece, places)
    else known[at] = isText ? before + piece : mergeObject(before as MessageExtras, piece as MessageExtras)
  }
  return known
}

function toOwnedList(given: readonly unknown[]): unknown[] {
  const list: unknown[] = []
  const places = new Map<string, number>()
  partIndexes.set(list, places)
  for (const part of given) addPart(list, part, places)
  return list
}

function addPart(parts: unknown[], part: unknown, places: Map<string, number>): void {
  for (const key of partKeys(part)) places.set(key, parts.length)
  parts.push(part)
}

/** By its type and index, and by its index alone, for a piece that says no type. */
function partKeys(part: unknown): string[] {
  const { type, index } = Object(part) as MessageExtras
  if (index === undefined || index === null) return []
  return type === undefined ? [`${String(index)}`] : [`${String(index)} ${String(type)}`, `${String(index)}`]
}

/** Of which part a piece is: of that of its type at its place, or of the last, where no place is said. */
function findPart(parts: readonly unknown[], piece: unknown, places: Map<string, number>): number | undefined {
  const [key] = partKeys(piece)
  const at = key === undefined ? parts.length - 1 : places.get(key)
  const before = at === undefined ? undefined : parts[at]
  if (typeof before === 'string' && typeof piece === 'string') return at
  return isPlainObject(before) && isPlainObject(piece) && continuesPart(before, piece, key !== undefined)
    ? at
    : undefined
}

function continuesPart(last: MessageExtras, piece: MessageExtras, isPlaced: boolean): boolean {
  if (last.id && piece.id && last.id !== piece.id) return false
  if (isPlaced) return true
  if (partKeys(last).length > 0 || (piece.type !== undefined && last.type !== piece.type)) return false
  // A signature is of all the text before it: what comes after that is another part.
  if (!isEmptyValue(last.signature)) return false
  return (
    Object.keys(last).some(isStreamedText) &&
    Object.keys(piece).some((key) => key === 'signature' || isStreamedText(key))
  )
}
