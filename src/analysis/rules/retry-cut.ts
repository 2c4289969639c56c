import { maxRetryDelay } from '../definition.ts'
import type { Rule } from '../rule.ts'
import { outerTimeout } from '../timeouts.ts'

/** A retry that never begins, because the timeout of a parent ends the delay before it. */
export const retryCut: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const { path, displayName, node } = definition
    const { retry } = node.policy
    const { outer, limit } = outerTimeout(definition) ?? {}
    if (!retry || retry.attempts === 1 || !outer || limit === undefined) return []
    const delay = maxRetryDelay(retry, 1)
    if (delay < limit) return []
    const message = `${displayName} is never tried again: it would wait ${delay} ms, and ${outer.displayName} ends after ${limit} ms.`
    const remedy = `Wait shorter (retry.backoff), or make the timeout of ${outer.displayName} longer.`
    return [{ code: 'retry-cut', severity: 'warning', path, message, remedy }]
  })
