import { hashOf } from '../border/hash.ts'
import type { Invoke, State, Transitions } from './chart.ts'

/** Increase it when the format of snapshots changes, so that older snapshots are rejected and not misread. */
const FORMAT = 3

/** A short hash of states and targets: not of policies, code, schemas or texts. */
export function versionOf(name: string, config: State, items: readonly string[]): string {
  return hashOf(JSON.stringify([FORMAT, name, structureOf(config), items]))
}

const structureOf = (state: State): unknown => [
  state.type ?? '',
  targetsOf(state.always),
  targetsOf(state.onDone),
  [state.invoke ?? []].flat().map(invokeOf),
  Object.entries(state.on ?? {})
    // Transitions without a target only forward events to items, and tools may change.
    .filter(([, transitions]) => targetsOf(transitions).some((target) => target !== ''))
    .map(([event, transitions]) => [event, targetsOf(transitions)]),
  Object.entries(state.states ?? {}).map(([key, child]) => [key, structureOf(child)]),
]

/** The idle timer has the same targets as the timeout, so it is marked. */
const invokeOf = ({ src, onDone, onError }: Invoke): unknown[] => [
  targetsOf(onDone),
  targetsOf(onError),
  ...(src.endsWith('#idle') ? ['idle'] : []),
]

const targetsOf = (transitions: Transitions = []): string[] =>
  [transitions].flat().map((transition) => (typeof transition === 'string' ? transition : (transition.target ?? '')))
