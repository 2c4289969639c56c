import { timeoutsOf } from '../../border/timeouts.ts'
import type { Definition } from '../definition.ts'

/** The badges of a function beside its kind: attempts, timeouts, maximum iterations, and the events that it waits for. */
export function badgesOf({ node }: Definition): string[] {
  const { retry, timeout } = node.policy
  const { attempt, idle } = timeoutsOf(timeout)
  const { maxIterations, events } = node.facts ?? {}
  return [
    ...(retry ? [`↻ ${retry.attempts}`] : []),
    ...(attempt === undefined ? [] : [`◷ ${duration(attempt)}`]),
    ...(idle === undefined ? [] : [`◷ idle ${duration(idle)}`]),
    ...(maxIterations === undefined ? [] : [`≤ ${maxIterations}`]),
    ...(events ? [`✉ ${Object.keys(events).join(', ')}`] : []),
  ]
}

const units: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

function duration(ms: number): string {
  const [size, unit] = units.find(([each]) => ms >= each) ?? [1, 'ms']
  return `${Math.round((ms / size) * 10) / 10} ${unit}`
}
