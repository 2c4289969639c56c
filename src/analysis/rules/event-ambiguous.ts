import { allDefinitions, type Definition } from '../definition.ts'
import type { Finding } from '../finding.ts'
import type { Rule } from '../rule.ts'

/** Children of a parallel that wait for the same event: it must say which is meant. */
export const eventAmbiguous: Rule = ({ definitions }) => definitions.flatMap(twice)

function twice({ path, displayName, node, children }: Definition): Finding[] {
  if (node.layout !== 'stack') return []
  const waiting = children.map((child) =>
    allDefinitions(child).flatMap((definition) => Object.keys(definition.node.facts?.events ?? {})),
  )
  const types = new Set(
    waiting.flatMap((list, index) =>
      list.filter((type) => waiting.some((other, at) => at !== index && other.includes(type))),
    ),
  )
  return [...types].map((type) => ({
    code: 'event-ambiguous',
    severity: 'info',
    path,
    message: `More than one child of ${displayName} may wait for ${type} at the same time; without a path it is then rejected.`,
    remedy: `Send it with the path of one, { type: '${type}', path: … }, or give the events different types.`,
  }))
}
