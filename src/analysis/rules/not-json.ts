import type { Rule } from '../rule.ts'
import { foreignValue } from '../schema/foreign-value.ts'

/** A schema outputs what JSON cannot hold. */
export const notJson: Rule = ({ dataFlow }) =>
  dataFlow.flatMap((event) => {
    const foreign = event.type === 'output' ? foreignValue(event.value) : undefined
    if (!foreign) return []
    const { path, displayName } = event.definition
    const field = foreign.path ? ` at ${foreign.path.replace(/^\./, '')}` : ''
    return [
      {
        code: 'not-json',
        severity: 'warning',
        path,
        message: `A schema of ${displayName} returns ${foreign.what}${field}, which JSON cannot hold: the run could not be saved.`,
        remedy: 'Return plain data, such as an ISO string for a date.',
      },
    ]
  })
