/** A number of tokens, or an amount of money, as servers give it: some write numbers as texts. Undefined for what is none. */
export function tokenCount(given: unknown): number | undefined {
  const count = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  // JSON has no -0.
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count + 0 : undefined
}
