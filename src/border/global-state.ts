/**
 * A process may hold this package twice: `import` loads one copy, `require` another, and a test runner a third. Functions
 * of one stand in pipelines of another, so what tells them apart, and what they know of each other, is one for all
 * copies of a version. Copies of different versions have nothing in common.
 */
const VERSION = '0.1.0'

/** A symbol that all copies have. */
export const globalSymbol = (name: string): symbol => Symbol.for(`tinyllm@${VERSION} ${name}`)

/** Whether a value has such a symbol: an error of a class, of which each copy has its own. */
export const hasSymbol = (value: unknown, mark: symbol): boolean =>
  typeof value === 'object' && value !== null && mark in value

/** State that all copies have: the first one that asks makes it. */
export function globalState<T extends object>(name: string, make: () => T): T {
  const all = globalThis as unknown as Record<symbol, T | undefined>
  const key = globalSymbol(name)
  const known = all[key]
  if (known) return known
  const made = make()
  Object.defineProperty(all, key, { value: made })
  return made
}
