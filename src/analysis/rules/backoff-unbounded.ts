import { maxRetryDelay } from '../definition.ts'
import type { Rule } from '../rule.ts'

/** In ms. */
const LONGEST_DELAY = 60 * 60 * 1000
/** More attempts are `retry-uncapped`. */
const MOST_ATTEMPTS = 100

/** The delay between attempts grows beyond an hour. */
export const backoffUnbounded: Rule = ({ definitions }) =>
  definitions.flatMap(({ path, displayName, node }) => {
    const { retry } = node.policy
    if (!retry || retry.attempts < 2 || retry.attempts > MOST_ATTEMPTS) return []
    const longest = maxRetryDelay(retry, retry.attempts - 1)
    if (longest <= LONGEST_DELAY) return []
    const hours = Math.round(longest / 360_000) / 10
    const message = `${displayName} waits ${hours.toLocaleString('en')} hours before its last attempt: its delays grow without a limit.`
    return [{ code: 'backoff-unbounded', severity: 'warning', path, message, remedy: 'Set retry.backoff.max (in ms).' }]
  })
