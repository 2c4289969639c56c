import type { AnyFn } from '../types.ts'
import { dataFlowOf } from './data-flow.ts'
import { allDefinitions, definitionOf } from './definition.ts'
import type { Finding } from './finding.ts'
import { rules } from './rules/all.ts'

const severities = ['error', 'warning', 'info']

/**
 * Finds the mistakes in a pipeline that types cannot see: steps that never run, choices that no answer selects, fields that
 * nothing provides, waits without a timeout. Nothing runs but schemas and predicates. The most severe come first; without
 * mistakes the list is empty.
 *
 * @throws TypeError where the argument is not a pipeline.
 *
 * @example
 * test('has no mistakes', () => expect(check(creditAnalysis)).toEqual([]))
 */
export function check(fn: AnyFn): Finding[] {
  const root = definitionOf(fn)
  const pipeline = { definitions: allDefinitions(root), dataFlow: dataFlowOf(root) }
  const findings = rules.flatMap((rule) => rule(pipeline))
  const byIdentity = new Map(findings.map((finding) => [`${finding.code} ${finding.path} ${finding.message}`, finding]))
  const rank = ({ severity }: Finding) => severities.indexOf(severity)
  return [...byIdentity.values()].toSorted((a, b) => rank(a) - rank(b))
}
