/** What every step of every contender does. */
export const leaf = async (value) => value + 1

/** The output of a chain that began with 0. */
export function checkChain(got, length) {
  if (got !== length) throw new Error(`a chain of ${length} gave ${String(got)}`)
}

/** The outputs of a parallel, in any container, each of which was given a 1. */
export function checkParallel(outputs, width) {
  const values = Object.values(outputs)
  const right = values.length === width && values.every((value) => value === 2)
  if (!right) throw new Error(`a parallel of ${width} gave ${values.length} outputs: ${values.slice(0, 9)}`)
}

/** The outputs of a map over 0, 1, 2 …, in order. */
export function checkMap(outputs, count) {
  const right = outputs.length === count && outputs.every((value, index) => value === index + 1)
  if (!right) throw new Error(`a map over ${count} gave ${outputs.length} outputs: ${outputs.slice(0, 9)}`)
}

/** As many items as a map takes. */
export const itemsOf = (count) => Array.from({ length: count }, (_, index) => index)

/** How many items of a map are under way at a time, wherever a contender can limit that. */
export const concurrency = 16
