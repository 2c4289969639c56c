import { happenings, type Samples } from './enabled-events.ts'
import { beginning, type ChartModel, type Moment } from '../simulation/test-model.ts'
import { probes } from '../../analysis/schema/values.ts'
import { isWhatever } from '../../analysis/schema/unknown-value.ts'

/**
 * Where no schema says what a function gives, a mapper may still hand it to one that has a schema. So the way on which
 * all goes well is tried, and what does not get past a schema is replaced by a text, a number and so on, until it does.
 */
export function rehearse(model: ChartModel, samples: Samples): void {
  let best = attempt(model, samples)
  for (let round = 0; round < 50 && best.stuck; round++) {
    const better = improved(model, samples, best)
    if (!better) return
    best = better
  }
}

/** Stuck: what one function gave was refused by another. */
type Attempt = { readonly stuck: boolean; readonly steps: number; readonly unknown: readonly string[] }

function improved(model: ChartModel, samples: Samples, best: Attempt): Attempt | undefined {
  // What was given last is the likeliest to be in the way.
  for (const at of best.unknown.toReversed()) {
    const before = model.guesses.get(at)
    for (const probe of probes) {
      model.guesses.set(at, probe())
      model.answers.clear()
      const next = attempt(model, samples)
      if (!next.stuck || next.steps > best.steps) return next
    }
    if (before === undefined) model.guesses.delete(at)
    else model.guesses.set(at, before)
    model.answers.clear()
  }
  return undefined
}

/** How far a run gets that takes the first of what may happen. */
function attempt(model: ChartModel, samples: Samples): Attempt {
  const unknown: string[] = []
  let moment: Moment = beginning
  let steps = 0
  for (; !moment.end && steps < 300; steps++) {
    const [first] = happenings(model, moment, samples)
    if (!first || first.type === 'cancel') break
    if (first.type === 'start' && open(model, first.input, '')) unknown.push('')
    if (first.type === 'gives' && open(model, first.value, first.actor)) unknown.push(first.actor)
    moment = model.step(moment, first)
  }
  const { end } = moment
  const stuck = end?.state === 'failed' && (end.code === 'input_validation' || end.code === 'run')
  return { stuck, steps, unknown: [...new Set(unknown)] }
}

const open = ({ guesses }: ChartModel, value: unknown, at: string): boolean => isWhatever(value) || guesses.has(at)
