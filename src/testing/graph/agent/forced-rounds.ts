import { failure } from '../../../errors.ts'
import type { Part } from '../../../analysis/definition.ts'
import { answerOf } from '../../samples/agent/model-answers.ts'

/** What a round of calls came to, in words and for the chart. */
export type Acted = { readonly end?: { readonly by: string; readonly output: unknown } }
export type Came = { readonly says: string } & ({ readonly value: Acted } | { readonly error: Error })

/** Which of the ways that a predicate decides between a round took. */
export const roundOf = ({ path }: Part, came: Came): string =>
  `${path} ${'error' in came ? 'fails' : came.value.end?.by === 'stopWhen' ? 'stops' : 'goes on'}`

/** The ways that no round took by itself; that of a predicate which throws is always made. */
export function unseenRounds(parts: Iterable<Part>, seen: ReadonlySet<string>): string[] {
  return [...parts].flatMap(({ path, node }) => {
    const { stopWhen, onMaxTurns, toolErrors } = node.facts?.calling ?? {}
    const hasCode = [stopWhen, onMaxTurns, toolErrors].some((each) => typeof each === 'function')
    const ways = stopWhen ? ['stops', 'goes on'] : []
    return [
      ...ways.map((way) => `${path} ${way}`).filter((way) => !seen.has(way)),
      ...(hasCode ? [`${path} throws`] : []),
    ]
  })
}

/** What the predicates of an agent are made to say of a round. */
export function forcedRounds(act: Part, came: readonly Came[], forced: ReadonlySet<string>): Came[] {
  const { stopWhen, onMaxTurns, toolErrors } = act.node.facts?.calling ?? {}
  const base = came.find((each) => 'value' in each)
  if (!base || !('value' in base)) return []
  const { end, ...rest } = base.value
  const owner = act.path.slice(0, act.path.lastIndexOf('.'))
  const throws = (what: string, { says } = base as Came): Came => {
    const error = failure(new Error('simulated failure'), { code: 'run', path: owner, state: 'running' })
    return { says: `${says} → ${what} throws`, error }
  }
  const is = (way: string) => forced.has(`${act.path} ${way}`)
  const told = came.find(({ says }) => says.endsWith(' fails'))
  const output = act.parent ? answerOf(act.parent) : 'text'
  const mayStop = stopWhen !== undefined && end?.by !== 'endWith'
  return [
    ...(mayStop && is('stops')
      ? [{ says: `${base.says} → stopWhen ends it`, value: { ...rest, end: { by: 'stopWhen', output } } }]
      : []),
    ...(mayStop && is('goes on') ? [{ says: `${base.says} → stopWhen does not end it`, value: rest }] : []),
    ...(mayStop && is('throws') ? [throws('stopWhen')] : []),
    ...(typeof onMaxTurns === 'function' && end?.by === 'onMaxTurns' && is('throws') ? [throws('onMaxTurns')] : []),
    ...(typeof toolErrors === 'function' && told && is('throws') ? [throws('toolErrors', told)] : []),
  ]
}
