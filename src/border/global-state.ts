/**
 * A process may load this package twice (the dual package hazard): `import` loads one copy, `require` another, a test
 * runner a third. Functions of one copy are used in pipelines of another, so symbols and state are on `globalThis`, by
 * version. Copies of different versions share nothing.
 */
const VERSION = '0.1.0'

/** A symbol that all copies of this version share. */
export const globalSymbol = (name: string): symbol => Symbol.for(`tinyllm@${VERSION} ${name}`)

/** Whether a value has such a symbol: `instanceof` for a class of which each copy has its own. */
export const hasSymbol = (value: unknown, mark: symbol): boolean =>
  typeof value === 'object' && value !== null && mark in value

/** State that all copies of this version share; the first caller creates it. */
export function globalState<T extends object>(name: string, make: () => T): T {
  const all = globalThis as unknown as Record<symbol, T | undefined>
  const key = globalSymbol(name)
  const known = all[key]
  if (known) return known
  const made = make()
  Object.defineProperty(all, key, { value: made })
  return made
}
