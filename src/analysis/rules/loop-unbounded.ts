import type { Rule } from '../rule.ts'

const MOST_ITERATIONS = 1000

/** So many iterations were meant as "forever". */
export const loopUnbounded: Rule = ({ definitions }) =>
  definitions.flatMap(({ path, displayName, node }) => {
    const { maxIterations = 0 } = node.facts ?? {}
    if (maxIterations <= MOST_ITERATIONS) return []
    const message = `${displayName} may run ${maxIterations.toLocaleString('en')} iterations, which is not an effective bound.`
    const remedy = `Make maxIterations ${MOST_ITERATIONS.toLocaleString('en')} at most, or use map for a list.`
    return [{ code: 'loop-unbounded', severity: 'error', path, message, remedy }]
  })
