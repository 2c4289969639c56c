import { attempt } from './shape.ts'
import { formatValue } from './format-value.ts'
import type { Policy } from '../types.ts'

/** The options of a policy; the type requires each one to be listed. */
const policies: Readonly<Record<keyof Policy, true>> = {
  retry: true,
  timeout: true,
  limit: true,
  description: true,
  tags: true,
  meta: true,
  verbose: true,
}
export const POLICY_OPTIONS: readonly string[] = Object.keys(policies)
/** For kinds that only inspect their input: they are synchronous and deterministic, so no retry and no timeout. */
export const POLICY_OPTIONS_WITHOUT_RETRY: readonly string[] = /* @__PURE__ */ POLICY_OPTIONS.filter(
  (key) => key !== 'retry' && key !== 'timeout',
)

/**
 * Throws a `TypeError` where options are not an object, or have an unknown key: a misspelt option would be ignored
 * silently. A key whose value is `undefined` was not passed.
 */
export function checkOptions(owner: string, given: unknown, known: readonly string[]): asserts given is object {
  checkObject(owner, given, known)
  const unknown = keysIn(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw unknownOption(owner, unknown, known)
}

function checkObject(owner: string, given: unknown, known: readonly string[]): asserts given is object {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
  throw new TypeError(
    `${owner} takes an object of options, and was given ${formatValue(given)}. Give { ${known[0]}: … }.`,
  )
}

/** The same for a factory: its own options, its name and a policy. */
export function checkFactory(
  factory: string,
  given: unknown,
  own: readonly string[],
  policy: readonly string[] = POLICY_OPTIONS,
): void {
  const name: unknown = attempt(() => Object(given).name)
  const owner = typeof name === 'string' && name !== '' ? `${factory} ${name}` : factory
  checkOptions(owner, given, ['name', ...own, ...policy])
}

/** The same where a server may accept more options: only a key that is close to a known one is an error. */
export function checkSpelling(
  owner: string,
  given: unknown,
  known: readonly string[],
  others: readonly string[] = [],
): asserts given is object {
  checkObject(owner, given, known)
  for (const key of keysIn(given)) {
    if (known.includes(key) || others.includes(key)) continue
    if (known.some((name) => isMisspelt(key, name))) throw unknownOption(owner, key, known)
  }
}

function unknownOption(owner: string, key: string, known: readonly string[]): TypeError {
  const near = closestName(key, known)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  return new TypeError(`${owner} has no option ${formatValue(key)}.${hint} The options are ${known.join(', ')}.`)
}

const keysIn = (given: object): string[] =>
  Object.keys(given).filter((key) => (given as Readonly<Record<string, unknown>>)[key] !== undefined)

/** The known name with the smallest edit distance, if that is at most half its length. */
export function closestName(key: string, known: readonly string[]): string | undefined {
  const [first] = known
    .map((name) => ({ name, edits: editDistance(normalized(key), normalized(name)) }))
    .filter(({ name, edits }) => edits <= Math.max(key.length, name.length) / 2)
    .toSorted((a, b) => a.edits - b.edits)
  return first?.name
}

/** Short names that differ in a letter are different options (`top_k`, `top_p`); case, `-` and `_` never matter. */
function isMisspelt(key: string, name: string): boolean {
  const [a, b] = [normalized(key), normalized(name)]
  const edits = editDistance(a, b)
  const length = Math.max(a.length, b.length)
  if (length >= 6) return edits <= (length < 10 ? 1 : 2)
  return edits === 0 || (edits === 1 && length > 3 && (a.length !== b.length || sorted(a) === sorted(b)))
}

const sorted = (word: string): string => [...word].toSorted().join('')

const normalized = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '')

/** The Damerau–Levenshtein distance (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, place) => place)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] as number) + 1 : Infinity
      row.push(Math.min(changed, swapped, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    before = above
    above = row
  }
  return above[b.length] as number
}
