import type { Way } from '../../compile/scope.ts'
import type { Ends } from './end-conditions.ts'

type Loop = Ends & {
  readonly beforeTurn: object | undefined
  readonly hasOutput: boolean
  readonly outputRetries: number
}

/** The edges of the agent's loop, for rendering. */
export function loopEdges({
  beforeTurn,
  hasOutput,
  outputRetries,
  maxTurns,
  onMaxTurns,
  endWith,
  stopWhen,
}: Loop): Way[] {
  const again = beforeTurn ? 'beforeTurn' : 'think'
  const ends = endWith.size > 0
  const isAskedAgain = (hasOutput || ends) && outputRetries > 0
  return [
    ...(beforeTurn
      ? ([
          { from: 'beforeTurn', to: 'think' },
          { from: 'beforeTurn', end: 'complete', label: 'stop' },
        ] as const)
      : []),
    { from: 'think', to: 'act', label: 'calls' },
    ...(ends ? [] : ([{ from: 'think', end: 'complete', label: 'answer' }] as const)),
    ...(isAskedAgain ? ([{ from: 'think', to: again, label: ends ? 'answer' : 'does not fit' }] as const) : []),
    { from: 'think', to: 'think', label: 'MESSAGE' },
    { from: 'act', to: again, label: 'results' },
    ...(ends ? ([{ from: 'act', end: 'complete', label: [...endWith].join(', ') }] as const) : []),
    ...(stopWhen ? ([{ from: 'act', end: 'complete', label: 'stopWhen' }] as const) : []),
    onMaxTurns === 'answer'
      ? { from: 'act', to: again, label: `after ${maxTurns} turns` }
      : { from: 'act', end: onMaxTurns === 'fail' ? 'failed' : 'complete', label: `after ${maxTurns} turns` },
  ]
}
