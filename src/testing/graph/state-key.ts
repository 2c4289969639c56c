import type { AnyMachineSnapshot } from 'xstate'
import { lenientStringify } from '../../analysis/stringify.ts'
import { conversationKey } from '../samples/agent/model-outputs.ts'
import { framesOf, type SimulationState } from '../simulation/simulation-state.ts'
import { activeRegions, isDescendantPath } from './partial-order-reduction.ts'

const keys = new WeakMap<SimulationState, string>()

/** A text that is the same for states from which the same may happen: XState's `serializeState`. */
export function stateKey(state: SimulationState): string {
  let key = keys.get(state)
  if (key === undefined) keys.set(state, (key = serialize(state)))
  return key
}

/** The active states, the values that a run holds, and the time that its timers have left. */
function serialize({ snapshot, end, timers, now }: SimulationState): string {
  if (end?.state === 'failed') return `failed ${end.code} ${end.path}`
  if (end) return 'complete'
  if (!snapshot) return 'before'
  const replace = (key: string, value: unknown): unknown => {
    // The ids of earlier tool calls make no difference to what may happen.
    if (key === 'ids') return undefined
    return key === 'messages' && Array.isArray(value) ? conversationKey(value) : value
  }
  return lenientStringify([valuesOf(snapshot), timeLeft(timers, now)], { replace })
}

/** The order of the timers and, in steps, the time that they have left: with exact times each retry would be a new state. */
function timeLeft(timers: SimulationState['timers'], now: number): (string | number)[] {
  const order = [...timers].toSorted(([, a], [, b]) => a - b)
  const longest = Math.max(1, ...order.map(([, at]) => at - now))
  return order.flatMap(([id, at]) => [id, Math.ceil(((at - now) / longest) * TIME_STEPS)])
}

/** Into how many steps the longest wait is divided. */
const TIME_STEPS = 32

function valuesOf(snapshot: AnyMachineSnapshot): unknown[] {
  const regions = activeRegions(snapshot).flat()
  const done = regions.filter(({ finished }) => finished).map(({ path }) => path)
  const frames = framesOf(snapshot)
  const active = frames.filter(({ path }) => !done.some((region) => isDescendantPath(path, region)))
  // Whether a finished region failed matters, not which: else each region would double the number of states.
  const failed = frames.some(({ path, error }) => error && done.includes(path))
  const values = frames.flatMap(({ path, error, value }) => (done.includes(path) && !error ? [value] : []))
  const states = snapshot._nodes.filter(({ type, id }) => type === 'atomic' && id !== '').map(({ id }) => id)
  return [
    states,
    failed,
    values,
    active.map(
      ({ path, attempt, iteration, choice, error, input, value, outputs, heard, gate, again, wasEmpty, isLast }) => [
        path,
        attempt,
        iteration,
        choice,
        error && [error.code, error.path],
        input,
        value,
        outputs,
        heard?.length,
        gate,
        [again, wasEmpty, isLast],
      ],
    ),
  ]
}
