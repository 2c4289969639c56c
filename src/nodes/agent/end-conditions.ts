import { assertSync, isPlainObject } from '../../border/shape.ts'
import type { AgentRound, RoundCall } from './types.ts'

/** How an agent ends but for an answer. */
export type Ends = {
  readonly maxTurns: number
  readonly onMaxTurns: 'fail' | 'answer' | ((round: AgentRound) => unknown)
  /** The tools whose output is that of the agent. */
  readonly endWith: ReadonlySet<string>
  readonly stopWhen: ((round: AgentRound) => unknown) | undefined
}
/** What a round of calls leads to: `by` says whether an output is that of a tool, or goes through the agent's schema. */
export type End = { readonly by: 'endWith' | 'stopWhen' | 'onMaxTurns'; readonly output: unknown }

/** The end that a round is, if it is one. `lastSaid` is what an agent that simply stops returns. */
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
