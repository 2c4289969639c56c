import { allDefinitions, type Definition, retryDelay } from '../definition.ts'
import type { Rule, Finding } from '../finding.ts'

/** Above these, a number was meant to say "for ever". */
const MOST_ATTEMPTS = 100
const MOST_ITERATIONS = 1000
const LONGEST_WAIT = 60 * 60 * 1000

/** What goes round must end. */
export const checkBounds: Rule = (root) =>
  allDefinitions(root).flatMap((definition) => [...retries(definition), ...waits(definition), ...loops(definition)])

function retries({ path, displayName, node }: Definition): Finding[] {
  const attempts = node.policy.retry?.attempts ?? 1
  if (attempts <= MOST_ATTEMPTS) return []
  const message = `${displayName} is tried ${attempts.toLocaleString('en')} times: a permanent failure would be retried almost forever.`
  const remedy = `Make retry.attempts ${MOST_ATTEMPTS} at most; 3 to 5 are usual.`
  return [{ code: 'retry-uncapped', severity: 'error', path, message, remedy }]
}

function waits({ path, displayName, node }: Definition): Finding[] {
  const { retry } = node.policy
  if (!retry || retry.attempts < 2 || retry.attempts > MOST_ATTEMPTS) return []
  const longest = retryDelay(retry, retry.attempts - 1)
  if (longest <= LONGEST_WAIT) return []
  const hours = Math.round(longest / 360_000) / 10
  const message = `${displayName} waits ${hours.toLocaleString('en')} hours before its last attempt: its delays grow without a limit.`
  return [{ code: 'backoff-unbounded', severity: 'warning', path, message, remedy: 'Set retry.backoff.max (in ms).' }]
}

function loops({ path, displayName, node }: Definition): Finding[] {
  const { maxIterations = 0 } = node.facts ?? {}
  if (maxIterations <= MOST_ITERATIONS) return []
  const message = `${displayName} may run ${maxIterations.toLocaleString('en')} iterations, which is not an effective bound.`
  const remedy = `Make maxIterations ${MOST_ITERATIONS.toLocaleString('en')} at most, or use map for a list.`
  return [{ code: 'loop-unbounded', severity: 'error', path, message, remedy }]
}
