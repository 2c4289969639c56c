import { isPlainObject } from '../../../border/shape.ts'

type MessageExtras = Readonly<Record<string, unknown>>

/**
 * The keys whose strings are streamed, so that deltas are concatenated. All others (ids, names, languages, signatures)
 * are sent whole each time, and the last one counts.
 */
const STREAMED_KEY =
  /^(?:reasoning|thinking|thoughts?|chainofthought|cot|analysis|audio)?(?:content|text|summary|transcript|data|delta)?$/
const isStreamedKey = (key: string): boolean => STREAMED_KEY.test(key.toLowerCase().replaceAll(/[^a-z]/g, ''))
/** In an array of parts, `data` (bytes) is not streamed. */
const isStreamedText = (key: string): boolean => isStreamedKey(key) && key !== 'data'

/** Merges the provider's other keys of a message with those of another delta. */
export const mergeExtras = (known: MessageExtras, piece: MessageExtras): MessageExtras => mergeObject(known, piece)

/** Objects that were created here may be mutated, so that a long value is not copied with each delta. */
const ownedObjects = new WeakSet<object>()

/** Without empty values. */
export const nonEmptyExtras = (extras: MessageExtras): Record<string, unknown> =>
  Object.fromEntries(Object.entries(extras).filter(([, value]) => !isEmptyValue(value)))

const isEmptyValue = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value)
    ? value.length === 0
    : // An object that is being accumulated is not empty.
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
    // A key may be `__proto__`.
    Object.defineProperty(merged, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return merged
}

/** The positions of parts with an index, in arrays that were created here. */
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

/** Keys by type and index, and by index alone, for a delta without a type. */
function partKeys(part: unknown): string[] {
  const { type, index } = Object(part) as MessageExtras
  if (index === undefined || index === null) return []
  return type === undefined ? [`${String(index)}`] : [`${String(index)} ${String(type)}`, `${String(index)}`]
}

/** The position of the part that a delta continues: by type and index, or the last part if it has no index. */
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
  // A signature covers all text before it, so later text is another part.
  if (!isEmptyValue(last.signature)) return false
  return (
    Object.keys(last).some(isStreamedText) &&
    Object.keys(piece).some((key) => key === 'signature' || isStreamedText(key))
  )
}
