/** A share of two cells, by the minimum of the rounds, on one of the two clocks. */
export const share = (over, under, clock) => over[clock].min / under[clock].min
export const isMeasured = (cell) => cell !== undefined && !cell.leftOut
export const sizesOf = (results) => Object.keys(results).map(Number)

/** How many times faster ours is than the fastest of the peers that were measured. */
export function lead(cells, peers, clock) {
  const ratios = peers.filter((peer) => isMeasured(cells[peer])).map((peer) => share(cells[peer], cells.tinyllm, clock))
  return ratios.length > 0 ? Math.min(...ratios) : undefined
}
