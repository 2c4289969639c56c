import type { Definition } from '../../../analysis/definition.ts'
import { failure } from '../../../errors.ts'
import { finalAnswer } from '../../samples/agent/model-outputs.ts'

/** The output of a round of tool calls: `end` where it ends the agent. */
export type RoundOutput = { readonly end?: { readonly by: string; readonly output: unknown } }
/** How a round ends, and the phrase for it in the description of a path. */
export type RoundOutcome = { readonly label: string } & ({ readonly value: RoundOutput } | { readonly error: Error })

/** Which branch of `stopWhen` a round takes. */
export const roundKey = ({ path }: Definition, outcome: RoundOutcome): string => {
  if ('error' in outcome) return `${path} fails`
  return `${path} ${outcome.value.end?.by === 'stopWhen' ? 'stops' : 'continues'}`
}

/** The branches that no round took by itself. No round makes a predicate throw, so that is always one of them. */
export function uncoveredRounds(definitions: Iterable<Definition>, seen: ReadonlySet<string>): string[] {
  return [...definitions].flatMap(({ path, node }) => {
    const { stopWhen, onMaxTurns, toolErrors } = node.facts?.calling ?? {}
    const hasCode = [stopWhen, onMaxTurns, toolErrors].some((each) => typeof each === 'function')
    const branches = stopWhen ? [`${path} stops`, `${path} continues`] : []
    return [...branches.filter((branch) => !seen.has(branch)), ...(hasCode ? [`${path} throws`] : [])]
  })
}

/** The outcomes of a round in which the predicates of the agent are forced to another result, or to throw. */
export function forcedRounds(
  act: Definition,
  outcomes: readonly RoundOutcome[],
  forced: ReadonlySet<string>,
): RoundOutcome[] {
  const { stopWhen, onMaxTurns, toolErrors } = act.node.facts?.calling ?? {}
  const base = outcomes.find((each) => 'value' in each)
  if (!base || !('value' in base)) return []
  const { end, ...rest } = base.value
  const agent = act.path.slice(0, act.path.lastIndexOf('.'))
  const throws = (code: string, { label }: RoundOutcome = base): RoundOutcome => ({
    label: `${label} → ${code} throws`,
    error: failure(new Error('simulated failure'), { code: 'run', path: agent, state: 'running' }),
  })
  const isForced = (branch: string) => forced.has(`${act.path} ${branch}`)
  const failed = outcomes.find(({ label }) => label.endsWith(' fails'))
  const output = act.parent ? finalAnswer(act.parent) : 'text'
  const mayStop = stopWhen !== undefined && end?.by !== 'endWith'
  return [
    ...(mayStop && isForced('stops')
      ? [{ label: `${base.label} → stopWhen ends it`, value: { ...rest, end: { by: 'stopWhen', output } } }]
      : []),
    ...(mayStop && isForced('continues') ? [{ label: `${base.label} → stopWhen does not end it`, value: rest }] : []),
    ...(mayStop && isForced('throws') ? [throws('stopWhen')] : []),
    ...(typeof onMaxTurns === 'function' && end?.by === 'onMaxTurns' && isForced('throws')
      ? [throws('onMaxTurns')]
      : []),
    ...(typeof toolErrors === 'function' && failed && isForced('throws') ? [throws('toolErrors', failed)] : []),
  ]
}
