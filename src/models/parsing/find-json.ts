/** The only JSON object or array in a text, or why there is none. */
export type FoundJson =
  | { readonly json: string; readonly at: number }
  | { readonly problem: 'none' | 'several' | 'broken' | 'cut off' }

/** What the grammar allows next. */
type Expectation = 'first item' | 'item' | 'first key' | 'key' | 'comma'

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 92, 91, 93, 123, 125] as const
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const UNFINISHED_LITERALS = ['true', 'false', 'null', '-']
/** Stored for a bracket whose value is not JSON, in place of where it ends. */
const UNCLOSED = -1

/**
 * Finds the only outermost JSON object (or array, by `roots`: '{', '[' or both) in a text. Fails if there are several,
 * if it is cut off, if it is inside brackets that are not JSON, or beside a malformed object, which may be the intended
 * one. Linear in the length of the text: the result for each bracket is stored.
 */
export function findJson(text: string, roots: string): FoundJson {
  const scan = new JsonScanner(text)
  // Two arrays of numbers, because there may be as many values as characters.
  const starts: number[] = []
  const ends: number[] = []
  // Brackets that are not JSON and not closed yet; `broken` has those that began like JSON.
  const openObjects: number[] = []
  const openLists: number[] = []
  const broken = new Set<number>()
  let isBroken = false
  let isBeside = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === OPEN || char === OPEN_LIST) {
      const end = scan.endOf(at)
      if (end > 0) {
        starts.push(at)
        ends.push(end)
        at = end - 1
        continue
      }
      if (scan.isCut) return { problem: 'cut off' }
      const begun = scan.begun
      for (const place of begun) (text.charCodeAt(place) === OPEN ? openObjects : openLists).push(place)
      if (begun.length === 0) {
        ;(char === OPEN ? openObjects : openLists).push(at)
        isBeside ||= char === OPEN && roots.includes('{') && isObjectLiteral(text, at)
      } else {
        isBeside ||= roots.includes(text.charAt(at))
        broken.add(at)
        isBroken = true
        at = scan.at - 1
      }
    } else if (char === CLOSE || char === CLOSE_LIST) {
      const place = (char === CLOSE ? openObjects : openLists).pop()
      if (place === undefined) continue
      broken.delete(place)
      while (starts.length > 0 && (starts.at(-1) as number) > place) {
        starts.pop()
        ends.pop()
        isBroken = true
      }
    }
  }
  // A Set keeps the order of insertion.
  const [last = Infinity] = broken
  const isFound = (start: number): boolean => start < last && roots.includes(text.charAt(start))
  const index = starts.findIndex(isFound)
  if (index !== -1 && index !== starts.findLastIndex(isFound)) return { problem: 'several' }
  const start = starts[index]
  if (start !== undefined && !isBeside) return { json: text.slice(start, ends[index]), at: start }
  if (isBroken || start !== undefined) return { problem: 'broken' }
  return { problem: scan.isOver ? 'cut off' : 'none' }
}

const OBJECT_LITERAL = /\{\s*(?:'[^'\n]{0,100}'|[\p{L}_$][\w$]{0,100})\s*:/uy

/** An object literal of JavaScript, which is not JSON. */
function isObjectLiteral(text: string, at: number): boolean {
  OBJECT_LITERAL.lastIndex = at
  return OBJECT_LITERAL.test(text)
}

/** Scans values by the grammar of JSON. */
class JsonScanner {
  /** The current position. */
  at = 0
  /** The text ended inside a value (`isCut`), or right after an opening bracket (`isOver`). */
  isCut = false
  isOver = false
  /** The brackets that did not close, if one of them certainly begins JSON. */
  begun: readonly number[] = []
  readonly #text: string
  readonly #ends: Int32Array
  readonly #above: number[] = []

  constructor(text: string) {
    this.#text = text
    this.#ends = new Int32Array(text.length)
  }

  /** Where the value that begins with this bracket ends, or `FAILED`. */
  endOf(start: number): number {
    const known = this.#ends[start] as number
    if (this.begun.length > 0) this.begun = []
    if (known !== 0) return known
    // Most braces of other languages are rejected here, without a scan.
    const after = this.#text.charCodeAt(start + 1)
    const isOther = after > 90 && after !== CLOSE && this.#text.charCodeAt(start) === OPEN
    return isOther ? UNCLOSED : this.#read(start)
  }

  #read(start: number): number {
    const text = this.#text
    const ends = this.#ends
    const above = this.#above
    if (above.length > 0) above.length = 0
    let isBegun = false
    let isEmpty = true
    let next: Expectation = 'item'
    this.at = start
    do {
      const char = this.#skip()
      const parent = above.at(-1) ?? -1
      const isObject = text.charCodeAt(parent) === OPEN
      if ((next === 'first key' && char === CLOSE) || (next === 'first item' && char === CLOSE_LIST)) {
        ends[parent] = ++this.at
        above.pop()
        next = 'comma'
      } else if (next === 'comma') {
        if (char === 44) {
          this.at++
          isBegun ||= !isObject
          next = isObject ? 'key' : 'item'
          continue
        }
        if (char !== (isObject ? CLOSE : CLOSE_LIST)) break
        ends[parent] = ++this.at
        above.pop()
      } else if (next === 'key' || next === 'first key') {
        if (char !== QUOTE) break
        isEmpty = false
        if (!this.#string() || this.#skip() !== 58) break
        this.at++
        isBegun = true
        next = 'item'
        continue
      } else if (char === OPEN || char === OPEN_LIST) {
        const end = ends[this.at] as number
        if (end < 0) break
        if (end > 0) this.at = end
        else above.push(this.at++)
        next = end > 0 ? 'comma' : char === OPEN ? 'first key' : 'first item'
        if (end === 0) continue
      } else if (char === QUOTE ? this.#string() : this.#scalar()) next = 'comma'
      else {
        isEmpty &&= char !== QUOTE
        break
      }
      isEmpty = false
    } while (above.length > 0)
    if (above.length === 0) return this.at
    for (const place of above) ends[place] = UNCLOSED
    if (isBegun) this.begun = [...above]
    const isOver = this.at >= text.length
    this.isOver ||= isOver
    this.isCut = isOver && !isEmpty
    return UNCLOSED
  }

  /** The next character that is not white space. */
  #skip(): number {
    let char = this.#text.charCodeAt(this.at)
    while (char === 32 || (char >= 9 && char <= 13)) char = this.#text.charCodeAt(++this.at)
    return char
  }

  #string(): boolean {
    const text = this.#text
    for (let at = this.at + 1; at < text.length; at++) {
      const char = text.charCodeAt(at)
      if (char === BACKSLASH) at++
      else if (char === QUOTE || char < 32) {
        this.at = at + 1
        return char === QUOTE
      }
    }
    this.at = text.length
    return false
  }

  #scalar(): boolean {
    SCALAR.lastIndex = this.at
    const found = SCALAR.test(this.#text)
    if (found) this.at = SCALAR.lastIndex
    else if (this.#text.length - this.at < 5) {
      const rest = this.#text.slice(this.at)
      if (rest !== '' && UNFINISHED_LITERALS.some((word) => word.startsWith(rest))) this.at = this.#text.length
    }
    return found
  }
}
