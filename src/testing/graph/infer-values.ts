import { isUnknownValue } from '../../analysis/schema/unknown-value.ts'
import { probeValues } from '../../analysis/schema/find-value.ts'
import type { SampleOptions } from '../samples/sample-options.ts'
import { initialState, type SimulationState } from '../simulation/simulation-state.ts'
import type { TestModel } from '../simulation/test-model.ts'
import { enabledEvents } from './enabled-events.ts'

/**
 * Finds values for outputs without a schema that pass the schemas behind the mappers of the pipeline. It runs the happy path
 * on the model, and while a schema rejects something, replaces unknown values by a text, a number and so on.
 */
export function inferValues(model: TestModel, samples: SampleOptions): void {
  let best = runHappyPath(model, samples)
  for (let round = 0; round < 50 && best.isRejected; round++) {
    const better = improve(model, samples, best)
    if (!better) return
    best = better
  }
}

/** `isRejected`: a value did not pass a schema or a mapper. `unknown`: the actors whose outputs are unknown, in order. */
type HappyPath = { readonly isRejected: boolean; readonly steps: number; readonly unknown: readonly string[] }

function improve(model: TestModel, samples: SampleOptions, best: HappyPath): HappyPath | undefined {
  // The last output before the failure is the most likely cause.
  for (const actor of best.unknown.toReversed()) {
    const before = model.inferred.get(actor)
    for (const probe of probeValues) {
      model.inferred.set(actor, probe())
      model.outcomes.clear()
      const next = runHappyPath(model, samples)
      if (!next.isRejected || next.steps > best.steps) return next
    }
    if (before === undefined) model.inferred.delete(actor)
    else model.inferred.set(actor, before)
    model.outcomes.clear()
  }
  return undefined
}

/** Takes the first enabled event in each state. */
function runHappyPath(model: TestModel, samples: SampleOptions): HappyPath {
  const unknown: string[] = []
  const note = (value: unknown, actor: string) => {
    if (isUnknownValue(value) || model.inferred.has(actor)) unknown.push(actor)
  }
  let state: SimulationState = initialState
  let steps = 0
  for (; !state.end && steps < 300; steps++) {
    const [first] = enabledEvents(model, state, samples)
    if (!first || first.type === 'cancel') break
    if (first.type === 'start') note(first.input, '')
    if (first.type === 'done') note(first.value, first.actor)
    state = model.step(state, first)
  }
  const { end } = state
  const isRejected = end?.state === 'failed' && (end.code === 'input_validation' || end.code === 'run')
  return { isRejected, steps, unknown: [...new Set(unknown)] }
}
