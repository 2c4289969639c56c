import type { Partition } from './constraints.ts'
import { setIn } from '../../analysis/schema/set-in.ts'

type Path = readonly string[]
/** The maximum number of equivalence classes. */
const MOST_CLASSES = 32

/**
 * One value of each equivalence class that predicates of the user make. Candidates come from the properties that a predicate
 * reads and the literals in its source: for `({ grams }) => grams <= 500` they are 499, 500 and 501.
 */
export function boundaryValues(
  { classify, predicates }: Partition,
  bases: readonly unknown[],
  isValid: (value: unknown) => boolean,
) {
  const literals = predicates.flatMap(literalsIn)
  const parts = [...literals.flatMap(neighbours), true, false, '', 'text', 0, []]
  const byClass = new Map<string, unknown>()
  search(bases)
  // Each round changes one more field, for predicates that read different ones.
  for (
    let round = 1, known = 0;
    round < predicates.length && byClass.size > known && byClass.size < MOST_CLASSES;
    round++
  ) {
    known = byClass.size
    search([...byClass.values()])
  }
  return [...byClass.values()]

  function search(from: readonly unknown[]): void {
    for (const value of candidates(from)) {
      if (!isValid(value)) continue
      try {
        const equivalenceClass = classify(value)
        if (!byClass.has(equivalenceClass)) byClass.set(equivalenceClass, value)
      } catch {
        // A predicate that throws is covered by a failpoint.
      }
    }
  }

  function* candidates(from: readonly unknown[]): Generator<unknown> {
    yield* from
    for (const base of from.length > 0 ? from : [undefined]) {
      const paths = new Map(
        predicates.flatMap((predicate) => pathsReadBy(predicate).map((path) => [path.join('.'), path])),
      )
      // Fields that are compared with numbers need a value while another field changes.
      const filled = [...paths.values()].reduce(
        (value, path) => (has(value, path) ? value : setIn(value, path, 0)),
        base,
      )
      for (const path of paths.values()) for (const part of parts) yield setIn(filled, path, part)
    }
  }
}

const stringMembers = new Set(Object.getOwnPropertyNames(String.prototype))
const arrayMembers = new Set(Object.getOwnPropertyNames(Array.prototype))

/** The paths of the properties that a predicate reads, without the members of strings and arrays. */
function pathsReadBy(predicate: (value: never) => unknown): Path[] {
  const seen = new Map<string, Path>()
  const spy = (path: Path): unknown =>
    new Proxy(() => {}, {
      get: (_, key) => {
        if (key === Symbol.toPrimitive) return () => 0
        if (typeof key === 'symbol') return undefined
        if (stringMembers.has(key) || arrayMembers.has(key)) return key === 'length' ? 0 : () => spy(path)
        const below = [...path, key]
        seen.delete(path.join('.'))
        seen.set(below.join('.'), below)
        return spy(below)
      },
      apply: () => spy(path),
    })
  seen.set('', [])
  try {
    predicate(spy([]) as never)
  } catch {
    // What it read before it threw is known.
  }
  return [...seen.values()]
}

function literalsIn(predicate: (value: never) => unknown): (string | number)[] {
  // `origin` is the predicate that the user wrote, where this one wraps it.
  const source = String((predicate as { origin?: unknown }).origin ?? predicate)
  const numbers = source.match(/(?<![\w$.])\d[\d_]*(?:\.\d+)?/g) ?? []
  const quoted = [...source.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`$]*)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  return [...numbers.map((number) => Number(number.replaceAll('_', ''))), ...quoted]
}

/** A number and its neighbours, also as lengths of texts and lists; a text, also at the end and the start of a longer one. */
function neighbours(literal: string | number): unknown[] {
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
