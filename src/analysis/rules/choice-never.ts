import { answersOf } from '../decision.ts'
import type { Rule } from '../rule.ts'

/** A choice of a decision that no answer selects. */
export const choiceNever: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const found = answersOf(definition)
    if (!found) return []
    const { decider, answers, neverChosen } = found
    const possible = answers?.map((answer) => JSON.stringify(answer)).join(', ') ?? 'what its output schema accepts'
    return neverChosen.map((choice) => ({
      code: 'choice-never',
      severity: 'error',
      path: definition.path,
      message: `${definition.displayName} never takes the branch ${JSON.stringify(choice)}: ${decider.displayName} can only return ${possible}.`,
      remedy: `Add it to what ${decider.displayName} may return, or remove the choice.`,
    }))
  })
