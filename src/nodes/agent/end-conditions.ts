import { assertSync, isPlainObject } from '../../border/shape.ts'
import type { AgentRound, RoundCall } from './types.ts'

/** The options that end an agent other than by an answer. */
export type Ends = {
  readonly maxTurns: number
  readonly onMaxTurns: 'fail' | 'answer' | ((round: AgentRound) => unknown)
  /** The tools whose output is that of the agent. */
  readonly endWith: ReadonlySet<string>
  readonly stopWhen: ((round: AgentRound) => unknown) | undefined
}
/** The end of an agent after a round of calls: by `endWith` the output is that of a tool, else it is validated by `output`. */
export type End = { readonly by: 'endWith' | 'stopWhen' | 'onMaxTurns'; readonly output: unknown }

/** The end of the agent after this round, if it ends. `lastSaid` is the output of `stopWhen: () => true`. */
export function endOf(
  { endWith, stopWhen, onMaxTurns }: Ends,
  round: () => AgentRound,
  { calls, lastSaid, isLast }: { calls: readonly RoundCall[]; lastSaid: () => string; isLast: boolean },
): End | undefined {
  const final = endWith.size > 0 && calls.find(({ name, status }) => status === 'complete' && endWith.has(name))
  if (final) return { by: 'endWith', output: final.output }
  if (stopWhen && calls.length > 0) {
    const answer: unknown = assertSync(stopWhen(round()), 'stopWhen')
    if (isPlainObject(answer) && 'output' in answer) return { by: 'stopWhen', output: answer.output }
    if (answer) return { by: 'stopWhen', output: lastSaid() }
  }
  if (!isLast || typeof onMaxTurns !== 'function') return undefined
  return { by: 'onMaxTurns', output: assertSync(onMaxTurns(round()), 'onMaxTurns') }
}
