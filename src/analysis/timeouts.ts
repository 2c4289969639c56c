import { type Timeouts, timeoutsOf } from '../border/timeouts.ts'
import { ancestors, type Definition } from './definition.ts'

export const ownTimeouts = ({ node }: Definition): Timeouts => timeoutsOf(node.policy.timeout)

/** Whether a timeout of a function or of its parents ends it. An idle timeout does not run during a wait for an event. */
export const isTimeLimited = (definition: Definition): boolean => {
  const waitsForEvent = definition.node.facts?.events !== undefined
  return [definition, ...ancestors(definition)]
    .map(ownTimeouts)
    .some(({ attempt, idle }) => attempt !== undefined || (!waitsForEvent && idle !== undefined))
}

/** The nearest parent that has a timeout, and that timeout in ms. */
export function outerTimeout(definition: Definition): { outer: Definition; limit: number } | undefined {
  for (const outer of ancestors(definition)) {
    const { attempt } = ownTimeouts(outer)
    if (attempt !== undefined) return { outer, limit: attempt }
  }
  return undefined
}
