import { allParts, type Part, waitAfter } from '../definition.ts'
import type { Check, Finding } from '../finding.ts'

/** Above these, a number was meant to say "for ever". */
const MOST_ATTEMPTS = 100
const MOST_ITERATIONS = 1000
const LONGEST_WAIT = 60 * 60 * 1000

/** What goes round must end. */
export const checkBounds: Check = (root) =>
  allParts(root).flatMap((part) => [...retries(part), ...waits(part), ...loops(part)])

function retries({ path, named, node }: Part): Finding[] {
  const attempts = node.policy.retry?.attempts ?? 1
  if (attempts <= MOST_ATTEMPTS) return []
  const message = `${named} is tried ${attempts.toLocaleString('en')} times: a permanent failure would be retried almost forever.`
  const remedy = `Make retry.attempts ${MOST_ATTEMPTS} at most; 3 to 5 are usual.`
  return [{ code: 'retry-uncapped', severity: 'error', path, message, remedy }]
}

function waits({ path, named, node }: Part): Finding[] {
  const { retry } = node.policy
  if (!retry || retry.attempts < 2 || retry.attempts > MOST_ATTEMPTS) return []
  const longest = waitAfter(retry, retry.attempts - 1)
  if (longest <= LONGEST_WAIT) return []
  const hours = Math.round(longest / 360_000) / 10
  const message = `${named} waits ${hours.toLocaleString('en')} hours before its last attempt: its delays grow without a limit.`
  return [{ code: 'backoff-unbounded', severity: 'warning', path, message, remedy: 'Set retry.backoff.max (in ms).' }]
}

function loops({ path, named, node }: Part): Finding[] {
  const { maxIterations = 0 } = node.facts ?? {}
  if (maxIterations <= MOST_ITERATIONS) return []
  const message = `${named} may run ${maxIterations.toLocaleString('en')} iterations, which is not an effective bound.`
  const remedy = `Make maxIterations ${MOST_ITERATIONS.toLocaleString('en')} at most, or use map for a list.`
  return [{ code: 'loop-unbounded', severity: 'error', path, message, remedy }]
}
