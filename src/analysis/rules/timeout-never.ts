import type { Finding } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { outerTimeout, ownTimeouts } from '../timeouts.ts'

/** A timeout that never expires, because a shorter one expires first. */
export const timeoutNever: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const { path, displayName } = definition
    const { attempt, idle } = ownTimeouts(definition)
    const { outer, limit = Infinity } = outerTimeout(definition) ?? {}
    const never = (what: string, ms: number, first: string | undefined, most: number): Finding => ({
      code: 'timeout-never',
      severity: 'warning',
      path,
      message: `The ${what} of ${displayName} (${ms} ms) never expires: that of ${first} (${most} ms) comes first.`,
      remedy: `Make it shorter than ${most} ms, or that of ${first} longer.`,
    })
    const isOwnShorter = attempt !== undefined && attempt <= limit
    const [first, most] = isOwnShorter ? ['the whole attempt', attempt] : [outer?.displayName, limit]
    return [
      ...(attempt !== undefined && attempt >= limit ? [never('timeout', attempt, outer?.displayName, limit)] : []),
      ...(idle !== undefined && idle >= most ? [never('idle timeout', idle, first, most)] : []),
    ]
  })
