import type { Rule } from '../rule.ts'

const MOST_ATTEMPTS = 100

/** So many attempts were meant as "forever". */
export const retryUncapped: Rule = ({ definitions }) =>
  definitions.flatMap(({ path, displayName, node }) => {
    const attempts = node.policy.retry?.attempts ?? 1
    if (attempts <= MOST_ATTEMPTS) return []
    const message = `${displayName} is tried ${attempts.toLocaleString('en')} times: a permanent failure would be retried almost forever.`
    const remedy = `Make retry.attempts ${MOST_ATTEMPTS} at most; 3 to 5 are usual.`
    return [{ code: 'retry-uncapped', severity: 'error', path, message, remedy }]
  })
