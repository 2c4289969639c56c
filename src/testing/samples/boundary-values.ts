import type { Test } from './constraints.ts'
import { placed } from '../../analysis/schema/values.ts'

type Path = readonly string[]
/** So many ways are told apart at most. */
const MOST = 32

/**
 * Values that a predicate of the user's tells apart, found by watching what it looks at and by the numbers and texts
 * in its source: `({ grams }) => grams <= 500` is asked about 499, 500 and 501. One for each way is kept.
 */
export function valuesFor({ way, predicates }: Test, bases: readonly unknown[], fits: (value: unknown) => boolean) {
  const literals = predicates.flatMap(literalsIn)
  const parts = [...literals.flatMap(around), true, false, '', 'text', 0, []]
  const found = new Map<string, unknown>()
  look(bases)
  // Each round from what was found changes one field more, for predicates that look at different ones.
  for (let round = 1, known = 0; round < predicates.length && found.size > known && found.size < MOST; round++) {
    known = found.size
    look([...found.values()])
  }
  return [...found.values()]

  function look(from: readonly unknown[]): void {
    for (const value of candidates(from)) {
      if (!fits(value)) continue
      try {
        const answer = way(value)
        if (!found.has(answer)) found.set(answer, value)
      } catch {
        // A predicate that throws is told apart elsewhere.
      }
    }
  }

  function* candidates(from: readonly unknown[]): Generator<unknown> {
    yield* from
    for (const base of from.length > 0 ? from : [undefined]) {
      const paths = new Map(predicates.flatMap((predicate) => looksAt(predicate).map((path) => [path.join('.'), path])))
      // What is compared with numbers must not be missing where another field is tried.
      const filled = [...paths.values()].reduce(
        (value, path) => (has(value, path) ? value : placed(value, path, 0)),
        base,
      )
      for (const path of paths.values()) for (const part of parts) yield placed(filled, path, part)
    }
  }
}

const texts = new Set(Object.getOwnPropertyNames(String.prototype))
const lists = new Set(Object.getOwnPropertyNames(Array.prototype))

/** The properties that it reads, as paths; a method of texts or lists is none. */
function looksAt(predicate: (value: never) => unknown): Path[] {
  const seen = new Map<string, Path>()
  const watch = (path: Path): unknown =>
    new Proxy(() => {}, {
      get: (_, key) => {
        if (key === Symbol.toPrimitive) return () => 0
        if (typeof key === 'symbol') return undefined
        if (texts.has(key) || lists.has(key)) return key === 'length' ? 0 : () => watch(path)
        const below = [...path, key]
        seen.delete(path.join('.'))
        seen.set(below.join('.'), below)
        return watch(below)
      },
      apply: () => watch(path),
    })
  seen.set('', [])
  try {
    predicate(watch([]) as never)
  } catch {
    // It has told what it read until then.
  }
  return [...seen.values()]
}

function literalsIn(predicate: (value: never) => unknown): (string | number)[] {
  // A wrapped predicate shows the source of the wrapper; `origin` is the one that was written.
  const source = String((predicate as { origin?: unknown }).origin ?? predicate)
  const numbers = source.match(/(?<![\w$.])\d[\d_]*(?:\.\d+)?/g) ?? []
  const quoted = [...source.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`$]*)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  return [...numbers.map((number) => Number(number.replaceAll('_', ''))), ...quoted]
}

/** A number and its neighbours, also as the length of a text; a text, and as an end and a beginning. */
function around(literal: string | number): unknown[] {
  if (typeof literal === 'string') return [literal, `text ${literal}`, `${literal} text`, [literal]]
  const near = [literal, literal - 1, literal + 1]
  const lengths = near.filter((length) => length >= 0 && length <= 10_000)
  return [
    ...near,
    ...lengths.map((length) => 'x'.repeat(length)),
    ...lengths.map((length) => Array(length).fill('text')),
  ]
}

const has = (value: unknown, [key, ...rest]: Path): boolean =>
  key === undefined || (typeof value === 'object' && value !== null && key in value && has((value as never)[key], rest))
