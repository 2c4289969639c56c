/**
 * A token count or a cost that a server reports, as a number or a numeric string. Undefined if it is not a number from
 * 0 up.
 */
export function tokenCount(given: unknown): number | undefined {
  const count = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  // JSON has no -0.
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count + 0 : undefined
}
