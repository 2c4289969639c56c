/**
 * Merges the name of a tool call with that of another delta: servers send it whole, in parts, or again in each delta.
 * Undefined if it is the name of another call. `names`: the tools of the request.
 */
export function mergeToolName(
  known: string,
  piece: string,
  names: ReadonlySet<string>,
  isBegun: boolean,
): string | undefined {
  if (known === '' || piece === '') return known + piece
  const joined = known + piece
  if (known === piece && names.has(known)) return known
  if (names.has(joined)) return joined
  if (piece.startsWith(known) && names.has(piece)) return piece
  if ([...names].some((name) => name.startsWith(joined))) return joined
  if (names.has(piece)) return undefined
  if (piece.startsWith(known)) return piece
  return isBegun ? undefined : joined
}
