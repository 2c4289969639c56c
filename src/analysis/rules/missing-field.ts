import type { DataFlowEvent } from '../data-flow.ts'
import type { Rule } from '../rule.ts'

/** A schema needs a field that its input does not have. */
export const missingField: Rule = ({ dataFlow }) =>
  dataFlow.flatMap((event) => {
    const missing = missingFieldOf(event)
    if (!missing) return []
    const { path, displayName } = event.definition
    const { field, known } = missing
    return [
      {
        code: 'missing-field',
        severity: 'error',
        path,
        message: `${displayName} needs ${field}, and nothing provides it: its input has ${known.join(', ') || 'nothing'}.`,
        remedy: `Return ${field} from the step before, or use a flow, whose mappers reach earlier outputs.`,
      },
    ]
  })

/** The field that a rejected value lacks, and the fields beside it; undefined where it was rejected for another reason. */
export function missingFieldOf(event: DataFlowEvent): { field: string; known: string[] } | undefined {
  if (event.type !== 'rejected') return undefined
  const { value, at } = event
  const holder = at.slice(0, -1).reduce<unknown>((inside, key) => (inside as never)?.[key], value)
  const key = at.at(-1)
  if (key === undefined || typeof holder !== 'object' || holder === null || key in holder) return undefined
  return { field: at.map(String).join('.'), known: Object.keys(holder) }
}
