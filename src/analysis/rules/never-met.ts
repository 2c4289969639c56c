import { requestedOutput } from '../requested-output.ts'
import type { Rule } from '../rule.ts'
import { unsatisfiableParts } from '../schema/unsatisfiable.ts'

/** A model is asked for an output that no JSON satisfies. */
export const neverMet: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const output = requestedOutput(definition)
    const { path, displayName } = definition
    return (output ? unsatisfiableParts(output.wanted) : []).map(({ at, what }) => ({
      code: 'never-met',
      severity: 'warning',
      path,
      message: `The output of ${displayName} takes ${what}${at && ` at ${at}`}, and a model writes JSON: no value that it writes there would be accepted.`,
      remedy: 'Use JSON types, and convert them: z.coerce.date(), z.codec(…), a transform.',
    }))
  })
