import { lifecycle, poolLogic } from '../compile/lifecycle.ts'
import { define, compileItem } from '../define.ts'
import type {
  CancelEvent,
  Described,
  EventsOf,
  Fn,
  InputOf,
  OutputOf,
  Policy,
  Settled,
  StandardSchema,
} from '../types.ts'
import { checkFactory } from '../border/options.ts'
import { checkNumber, POSITIVE_INTEGER } from '../border/ranges.ts'
import { asFn } from './function.ts'
import type { Answers, Infer, Proper, Slot } from './slot.ts'
import { formatValue } from '../border/format-value.ts'

/**
 * Any iterable of items, as `for await` reads it: an item that is a promise is awaited. A string is not accepted as a list
 * of characters.
 */
export type Items<T> = readonly T[] | (Iterable<T> & object) | AsyncIterable<T>

type MapConfig<N, F, R, Mode, Unset, A extends Answers = Answers> = Policy & {
  name: N
  each: Proper<F, F, A> & Infer<F, R, Unset>
  concurrency?: number | undefined
  mode?: Mode | undefined
}

/**
 * Runs the same function on every item, at most `concurrency` at a time (all at once by default): one actor an item, in
 * one pool. Items are read on demand, from a list or an async iterable; outputs keep the order of the items. A source
 * that throws, or violates the iterator protocol, fails the map. In mode `all` (the default) the first failure fails the
 * map and stops the other items; in `settled` each output is `{ success, output }` or `{ success, error }`. A restored map
 * runs only the unfinished items.
 *
 * @example
 * const summaries = map({ name: 'summaries', each: summarise, concurrency: 8 })
 */
export function map<
  const N extends string,
  F extends Slot,
  R,
  Mode extends 'all' | 'settled' = 'all',
  D extends string = never,
  Unset = never,
>(
  config: MapConfig<N, F, R, Mode, Unset> & { description?: D | undefined },
): Fn<
  Items<InputOf<F>>,
  (Mode extends 'settled' ? Settled<OutputOf<F>> : OutputOf<F>)[],
  N,
  CancelEvent | EventsOf<F>
> &
  Described<D, never, never> {
  checkFactory('map', config, ['each', 'concurrency', 'mode'])
  const { name, each, concurrency = Infinity, mode = 'all', ...policy } = config as unknown as UntypedConfig
  const owner = `map ${String(name)}`
  if (concurrency !== Infinity) checkNumber(owner, 'concurrency', concurrency, POSITIVE_INTEGER)
  if (mode !== 'all' && mode !== 'settled') {
    throw new TypeError(`${owner}: there is no mode ${JSON.stringify(mode)}. Use 'all' or 'settled'.`)
  }
  const child = { key: 'each', fn: asFn(each, 'each', owner) }
  return define({
    kind: 'map',
    name,
    policy: { ...policy, meta: { ...policy.meta, concurrency: concurrency === Infinity ? null : concurrency, mode } },
    input: itemsSchema,
    children: [child],
    dataFlow: { children: 'item', output: mode === 'settled' ? 'unknown' : 'each' },
    layout: 'row',
    compile: (scope) =>
      lifecycle(scope, {
        leaf: true,
        running: ({ pool }) => ({
          invoke: pool(
            poolLogic({ ...compileItem(scope, child), concurrency, settled: mode === 'settled', path: scope.path }),
          ),
        }),
      }),
  }) as never
}

type UntypedConfig = Policy & { name: string; each: unknown; concurrency?: number; mode?: string }

const itemsSchema: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(value) as Partial<
        Record<symbol, unknown>
      >
      const items = typeof value !== 'string' && (typeof sync === 'function' || typeof async === 'function')
      return items
        ? { value }
        : { issues: [{ message: `expected an array or another iterable of items, not ${formatValue(value)}` }] }
    },
  },
}
