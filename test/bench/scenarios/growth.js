/** How each contender's time grew with the size so far, to leave out what would take longer than `bound` ms. */
export function growth(bound) {
  const past = new Map()
  return {
    note: (key, size, ms) => past.set(key, [...(past.get(key) ?? []), { size, ms }]),
    /** The forecast in ms if it is over the bound. */
    over(key, size) {
      const forecast = extrapolate(past.get(key) ?? [], size)
      return forecast > bound ? forecast : undefined
    },
  }
}

/** Time grows with some power of the size: the one between the last two sizes, or 1 at least. */
function extrapolate(past, size) {
  const [before, last] = past.slice(-2)
  if (!last) return before ? (before.ms * size) / before.size : 0
  const power = Math.max(1, Math.log(last.ms / before.ms) / Math.log(last.size / before.size))
  return last.ms * (size / last.size) ** power
}
