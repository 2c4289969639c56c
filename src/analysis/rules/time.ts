import { ancestors, allDefinitions, callsModel, type Definition, retryDelay } from '../definition.ts'
import { type Times, timesOf } from '../../border/times.ts'
import type { Rule, Finding } from '../finding.ts'

/** Nothing may wait for ever, and no timer may wait in vain. */
export const checkTime: Rule = (root) =>
  allDefinitions(root).flatMap((definition) => [
    ...endless(definition),
    ...inVain(definition),
    ...neverAgain(definition),
  ])

const timesIn = ({ node }: Definition): Times => timesOf(node.policy.timeout)
/** What waits for an event from outside has no idle time. */
const isTimed = (definition: Definition, waits: boolean): boolean =>
  [definition, ...ancestors(definition)]
    .map(timesIn)
    .some(({ attempt, idle }) => (attempt ?? (waits ? undefined : idle)) !== undefined)

function endless(definition: Definition): Finding[] {
  const { path, displayName, node } = definition
  const { run, events, prompt } = node.facts ?? {}
  if (isTimed(definition, events !== undefined) || prompt) return []
  if (events) {
    return [
      {
        code: 'receive-forever',
        severity: 'warning',
        path,
        message: `${displayName} waits for ${Object.keys(events).join(' or ')}, and if none comes it waits forever.`,
        remedy: 'Give it, or something around it, a timeout (in ms); a fallback can say what to do then.',
      },
    ]
  }
  if (!run) return []
  const remedy = 'Give it, or something around it, a timeout (in ms).'
  if (callsModel(definition)) {
    const message = `${displayName} calls a model without a timeout, and a call that hangs would hang the run.`
    return [{ code: 'no-timeout', severity: 'warning', path, message, remedy }]
  }
  if (run.constructor.name !== 'AsyncFunction') return []
  const message = `${displayName} is asynchronous and has no timeout: if what it waits for never comes, the run hangs.`
  return [{ code: 'no-timeout', severity: 'info', path, message, remedy }]
}

/** The nearest function around it that has a timeout, and that timeout. */
function limitAbove(definition: Definition): { outer?: Definition | undefined; limit?: number | undefined } {
  const outer = ancestors(definition).find((each) => timesIn(each).attempt !== undefined)
  return { outer, limit: outer && timesIn(outer).attempt }
}

function inVain(definition: Definition): Finding[] {
  const { path, displayName } = definition
  const { attempt, idle } = timesIn(definition)
  const { outer, limit = Infinity } = limitAbove(definition)
  const never = (what: string, time: number, first: string | undefined, most: number): Finding => ({
    code: 'timeout-never',
    severity: 'warning',
    path,
    message: `The ${what} of ${displayName} (${time} ms) never expires: that of ${first} (${most} ms) comes first.`,
    remedy: `Make it shorter than ${most} ms, or that of ${first} longer.`,
  })
  const isOwn = attempt !== undefined && attempt <= limit
  const [first, most] = isOwn ? ['the whole attempt', attempt] : [outer?.displayName, limit]
  return [
    ...(attempt !== undefined && attempt >= limit ? [never('timeout', attempt, outer?.displayName, limit)] : []),
    ...(idle !== undefined && idle >= most ? [never('idle timeout', idle, first, most)] : []),
  ]
}

function neverAgain(definition: Definition): Finding[] {
  const { path, displayName, node } = definition
  const { retry } = node.policy
  const { outer, limit } = limitAbove(definition)
  if (!retry || retry.attempts === 1 || limit === undefined) return []
  const wait = retryDelay(retry, 1)
  if (wait < limit) return []
  const message = `${displayName} is never tried again: it would wait ${wait} ms, and ${outer?.displayName} ends after ${limit} ms.`
  const remedy = `Wait shorter (retry.backoff), or make the timeout of ${outer?.displayName} longer.`
  return [{ code: 'retry-cut', severity: 'warning', path, message, remedy }]
}
