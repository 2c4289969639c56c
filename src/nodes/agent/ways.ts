import type { Way } from '../../compile/scope.ts'
import type { Parts } from './cycle.ts'

/** How the cycle goes, for pictures. Calls that all are refused, by a schema or a person, lead straight to `observe`. */
export function waysOf({ approve, act, maxTurns, stopWhen }: Parts): Way[] {
  return [
    { from: 'think', to: 'think', label: 'MESSAGE' },
    { from: 'think', end: 'complete', label: 'answer' },
    { from: 'think', end: 'failed', label: `after ${maxTurns} turns` },
    ...(act ? ([{ from: 'think', to: 'act', label: 'calls' }] as const) : []),
    ...(approve
      ? ([
          { from: 'think', to: 'approve', label: 'asks' },
          { from: 'approve', to: 'approve', label: 'next call' },
          { from: 'approve', to: 'act', label: 'approved' },
          { from: 'approve', to: 'observe', label: 'rejected' },
        ] as const)
      : []),
    { from: act ? 'act' : 'think', to: 'observe' },
    { from: 'observe', to: 'think', label: 'again' },
    ...(stopWhen ? ([{ from: 'observe', end: 'complete', label: 'stopWhen' }] as const) : []),
  ]
}
