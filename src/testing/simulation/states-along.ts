import type { SimulatedEvent } from './simulated-event.ts'
import { initialState, type SimulationState } from './simulation-state.ts'
import type { TestModel } from './test-model.ts'

const known = new WeakMap<readonly SimulatedEvent[], readonly SimulationState[]>()

/** Keeps the states of a path that were computed when the path was generated. */
export const rememberStates = (steps: readonly SimulatedEvent[], states: readonly SimulationState[]): void => {
  known.set(steps, states)
}

/** The states of the model after each step of a path, up to its end. */
export function statesAlong(model: TestModel, steps: readonly SimulatedEvent[]): readonly SimulationState[] {
  const remembered = known.get(steps)
  if (remembered) return remembered
  const states: SimulationState[] = []
  for (const step of steps) {
    const before = states.at(-1) ?? initialState
    if (before.end) break
    states.push(model.step(before, step))
  }
  rememberStates(steps, states)
  return states
}
