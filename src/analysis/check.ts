import type { AnyFn } from '../types.ts'
import { checkAnswers } from './rules/answers.ts'
import { checkBounds } from './rules/bounds.ts'
import { checkChoices } from './rules/choices.ts'
import { checkData } from './data-flow.ts'
import type { Rule, Finding } from './finding.ts'
import { checkReach } from './rules/reach.ts'
import { checkTime } from './rules/time.ts'
import { definitionOf } from './definition.ts'

const checks: readonly Rule[] = [checkReach, checkChoices, checkData, checkAnswers, checkTime, checkBounds]
const order = ['error', 'warning', 'info']

/**
 * What is wrong with a pipeline that types cannot see: states that no run comes to, choices that nothing makes, fields
 * that nothing provides, waits without a timeout. Nothing runs. The worst comes first; a sound pipeline returns an empty list.
 *
 * @example
 * test('is sound', () => expect(check(creditAnalysis)).toEqual([]))
 */
export function check(fn: AnyFn): Finding[] {
  const root = definitionOf(fn)
  return checks.flatMap((each) => each(root)).toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}
