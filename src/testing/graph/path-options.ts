import { allDefinitions, definitionOf } from '../../analysis/definition.ts'
import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import { checkNumber, POSITIVE_INTEGER, TIMEOUT_RANGE } from '../../border/ranges.ts'
import type { AnyFn } from '../../types.ts'
import type { SampleOptions } from '../samples/sample-options.ts'
import { pathOfActor } from '../simulation/simulated-event.ts'

export type PathOptions = SampleOptions & {
  /** `shortest` (the default): shortest paths through every transition and event. `simple`: every path without a cycle. */
  readonly mode?: 'shortest' | 'simple'
  /** The maximum number of paths; 1,000 by default. */
  readonly maxPaths?: number
  /** The maximum number of states that are explored; 5,000 by default. */
  readonly maxStates?: number
  /** The maximum time, in ms; 20,000 by default. */
  readonly maxTime?: number
}

const OPTIONS = ['inputs', 'samples', 'mode', 'maxPaths', 'maxStates', 'maxTime']

/** Throws a `TypeError` for an unknown option, a wrong value, or samples of a function that does not exist. */
export function checkPathOptions(owner: string, fn: AnyFn, options: unknown): void {
  checkOptions(owner, options, OPTIONS)
  const { inputs, samples = {}, mode, maxPaths, maxStates, maxTime } = options as PathOptions
  checkNumber(owner, 'maxPaths', maxPaths, POSITIVE_INTEGER)
  checkNumber(owner, 'maxStates', maxStates, POSITIVE_INTEGER)
  checkNumber(owner, 'maxTime', maxTime, TIMEOUT_RANGE)
  if (mode !== undefined && mode !== 'shortest' && mode !== 'simple')
    throw new TypeError(`${owner}: there is no mode ${formatValue(mode)}. Use 'shortest' or 'simple'.`)
  if (inputs !== undefined && !Array.isArray(inputs))
    throw new TypeError(`${owner}: inputs is ${formatValue(inputs)}. Give an array of inputs to try.`)
  const known = allDefinitions(definitionOf(fn)).map(({ path }) => path)
  const byPath = Object.fromEntries(Object.entries(samples).map(([actor, values]) => [pathOfActor(actor), values]))
  checkOptions(`${owner}: samples`, byPath, known)
  for (const [actor, values] of Object.entries(samples)) {
    if (!Array.isArray(values))
      throw new TypeError(`${owner}: samples of ${actor} is ${formatValue(values)}. Give an array of values.`)
  }
}
