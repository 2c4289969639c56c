import { hashOf } from '../border/hash.ts'
import type { State, Transitions } from './chart.ts'

/** Raised when the compiler changes what a snapshot holds, so that older snapshots are refused and not misread. */
const FORMAT = 2

/** A short hash of states and targets: not of policies, code, schemas or texts. */
export function versionOf(name: string, config: State, items: readonly string[]): string {
  return hashOf(JSON.stringify([FORMAT, name, shape(config), items]))
}

const shape = (state: State): unknown => [
  state.type ?? '',
  targets(state.always),
  targets(state.onDone),
  [state.invoke ?? []].flat().map((invoke) => [targets(invoke.onDone), targets(invoke.onError)]),
  Object.entries(state.on ?? {}).map(([event, transitions]) => [event, targets(transitions)]),
  Object.entries(state.states ?? {}).map(([key, child]) => [key, shape(child)]),
]

const targets = (transitions: Transitions = []): string[] =>
  [transitions].flat().map((transition) => (typeof transition === 'string' ? transition : (transition.target ?? '')))
