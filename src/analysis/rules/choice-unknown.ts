import { answersOf } from '../decision.ts'
import type { Rule } from '../rule.ts'

/** An answer that is not one of the choices of a decision. */
export const choiceUnknown: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const found = answersOf(definition)
    if (!found) return []
    const { decider, choices, unknownAnswers } = found
    return unknownAnswers.map((answer) => ({
      code: 'choice-unknown',
      severity: 'error',
      path: definition.path,
      message: `${decider.displayName} may return ${JSON.stringify(answer)}, which is not one of the choices of ${definition.displayName}: ${choices.join(', ')}. The run would fail.`,
      remedy: `Add a branch for it, or remove it from what ${decider.displayName} may return.`,
    }))
  })
