import { type Times, timesOf } from '../border/times.ts'
import { ancestors, type Definition } from './definition.ts'

export const timeoutsOf = ({ node }: Definition): Times => timesOf(node.policy.timeout)

/** Whether a timeout of a function or of its parents ends it. An idle timeout does not run during a wait for an event. */
export const isTimeLimited = (definition: Definition): boolean => {
  const waitsForEvent = definition.node.facts?.events !== undefined
  return [definition, ...ancestors(definition)]
    .map(timeoutsOf)
    .some(({ attempt, idle }) => attempt !== undefined || (!waitsForEvent && idle !== undefined))
}

/** The nearest parent that has a timeout, and that timeout in ms. */
export function outerTimeout(definition: Definition): { outer: Definition; limit: number } | undefined {
  for (const outer of ancestors(definition)) {
    const { attempt } = timeoutsOf(outer)
    if (attempt !== undefined) return { outer, limit: attempt }
  }
  return undefined
}
