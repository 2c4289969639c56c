import { hashOf } from '../border/hash.ts'
import type { Invoke, State, Transitions } from './chart.ts'

/** Raised when the compiler changes what a snapshot holds, so that older snapshots are refused and not misread. */
const FORMAT = 3

/** A short hash of states and targets: not of policies, code, schemas or texts. */
export function versionOf(name: string, config: State, items: readonly string[]): string {
  return hashOf(JSON.stringify([FORMAT, name, shape(config), items]))
}

const shape = (state: State): unknown => [
  state.type ?? '',
  targets(state.always),
  targets(state.onDone),
  [state.invoke ?? []].flat().map(invoked),
  Object.entries(state.on ?? {})
    // What only is handed on to items leads nowhere, and of tools any may come and go.
    .filter(([, transitions]) => targets(transitions).some((target) => target !== ''))
    .map(([event, transitions]) => [event, targets(transitions)]),
  Object.entries(state.states ?? {}).map(([key, child]) => [key, shape(child)]),
]

/** A timer that looks for signs of life leads where one for the whole attempt does, and is another. */
const invoked = ({ src, onDone, onError }: Invoke): unknown[] => [
  targets(onDone),
  targets(onError),
  ...(src.endsWith('#idle') ? ['idle'] : []),
]

const targets = (transitions: Transitions = []): string[] =>
  [transitions].flat().map((transition) => (typeof transition === 'string' ? transition : (transition.target ?? '')))
