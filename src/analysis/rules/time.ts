import { above, allParts, isModel, type Part, waitAfter } from '../definition.ts'
import { type Timeouts, timeoutsOf } from '../../border/timeouts.ts'
import type { Check, Finding } from '../finding.ts'

/** Nothing may wait for ever, and no timer may wait in vain. */
export const checkTime: Check = (root) =>
  allParts(root).flatMap((part) => [...endless(part), ...inVain(part), ...neverAgain(part)])

const timesIn = ({ node }: Part): Timeouts => timeoutsOf(node.policy.timeout)
/** What waits for an event from outside has no idle time. */
const isTimed = (part: Part, waits: boolean): boolean =>
  [part, ...above(part)].map(timesIn).some(({ attempt, idle }) => (attempt ?? (waits ? undefined : idle)) !== undefined)

function endless(part: Part): Finding[] {
  const { path, named, node } = part
  const { run, events, prompt } = node.facts ?? {}
  if (isTimed(part, events !== undefined) || prompt) return []
  if (events) {
    return [
      {
        code: 'receive-forever',
        severity: 'warning',
        path,
        message: `${named} waits for ${Object.keys(events).join(' or ')}, and if none comes it waits forever.`,
        remedy: 'Give it, or something around it, a timeout (in ms); a fallback can say what to do then.',
      },
    ]
  }
  if (!run) return []
  const remedy = 'Give it, or something around it, a timeout (in ms).'
  if (isModel(part)) {
    const message = `${named} calls a model without a timeout, and a call that hangs would hang the run.`
    return [{ code: 'no-timeout', severity: 'warning', path, message, remedy }]
  }
  if (run.constructor.name !== 'AsyncFunction') return []
  const message = `${named} is asynchronous and has no timeout: if what it waits for never comes, the run hangs.`
  return [{ code: 'no-timeout', severity: 'info', path, message, remedy }]
}

/** The nearest function around it that has a timeout, and that timeout. */
function limitAbove(part: Part): { outer?: Part | undefined; limit?: number | undefined } {
  const outer = above(part).find((each) => timesIn(each).attempt !== undefined)
  return { outer, limit: outer && timesIn(outer).attempt }
}

function inVain(part: Part): Finding[] {
  const { path, named } = part
  const { attempt, idle } = timesIn(part)
  const { outer, limit = Infinity } = limitAbove(part)
  const never = (what: string, time: number, first: string | undefined, most: number): Finding => ({
    code: 'timeout-never',
    severity: 'warning',
    path,
    message: `The ${what} of ${named} (${time} ms) never expires: that of ${first} (${most} ms) comes first.`,
    remedy: `Make it shorter than ${most} ms, or that of ${first} longer.`,
  })
  const isOwn = attempt !== undefined && attempt <= limit
  const [first, most] = isOwn ? ['the whole attempt', attempt] : [outer?.named, limit]
  return [
    ...(attempt !== undefined && attempt >= limit ? [never('timeout', attempt, outer?.named, limit)] : []),
    ...(idle !== undefined && idle >= most ? [never('idle timeout', idle, first, most)] : []),
  ]
}

function neverAgain(part: Part): Finding[] {
  const { path, named, node } = part
  const { retry } = node.policy
  const { outer, limit } = limitAbove(part)
  if (!retry || retry.attempts === 1 || limit === undefined) return []
  const wait = waitAfter(retry, 1)
  if (wait < limit) return []
  const message = `${named} is never tried again: it would wait ${wait} ms, and ${outer?.named} ends after ${limit} ms.`
  const remedy = `Wait shorter (retry.backoff), or make the timeout of ${outer?.named} longer.`
  return [{ code: 'retry-cut', severity: 'warning', path, message, remedy }]
}
