import type { Rule } from '../rule.ts'
import { missingFieldOf } from './missing-field.ts'

/** A schema rejects the output of the schema before it. */
export const mismatch: Rule = ({ dataFlow }) =>
  dataFlow.flatMap((event) => {
    if (event.type !== 'rejected' || missingFieldOf(event)) return []
    const { path, displayName } = event.definition
    const field = event.at.map(String).join('.')
    return [
      {
        code: 'mismatch',
        severity: 'error',
        path,
        message: `${displayName} cannot take its input${field && ` at ${field}`}: ${event.issue}.`,
        remedy: 'Fix one of the two schemas, or put a step between them.',
      },
    ]
  })
