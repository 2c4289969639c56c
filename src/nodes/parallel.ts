import { lifecycle } from '../compile/lifecycle.ts'
import type { NodeChild } from '../compile/scope.ts'
import { define } from '../define.ts'
import type { CancelEvent, Described, EventsOf, Fn, Frame, InputOf, Policy, Returned, Settled } from '../types.ts'
import { checkFactory } from '../border/options.ts'
import { asFn, type Flat, type InputsOf, listOf, type OutputGiven } from './function.ts'
import type { Slot } from './slot.ts'
import type { Agreeing, Seen, Spread } from './compatible-inputs.ts'
import { formatValue } from '../border/format-value.ts'

// Without null and undefined: intersected with the expected type they would be `never`, and so would the whole type.
type AnyChild = NonNullable<Slot>
type Children = Readonly<Record<string, AnyChild>> | readonly [AnyChild, ...AnyChild[]] | readonly AnyChild[]
/** Before the children are inferred, the result may be messages; the whole function type is conditional for that. */
type Mapper<F, I> = [F] extends [never] ? (input: I) => Returned : (input: I) => InputOf<F>
/** In a list the key of a child is a string: '0'. */
type Keyed<Mapped> = Mapped | (Mapped extends number ? `${Mapped}` : never)
/** A mapper whose parameter is annotated. */
type AnnotatedMapper<M, F> = M extends (input: infer I) => unknown ? (input: I) => InputOf<F> : never
/** The intersection of the mappers' inputs. */
type MapperInput<M> = { [K in keyof M]: (input: Seen<M[K]>) => void }[keyof M] extends (input: infer I) => void
  ? I
  : never
type Outputs<C, I, Mode> = {
  -readonly [K in keyof C]: Mode extends 'settled' ? Settled<OutputGiven<C[K], I>> : OutputGiven<C[K], I>
}

/**
 * Runs its children at the same time, each in a region of a parallel state. The input of each child is the input of the
 * parallel, or the result of its mapper in `inputs`. In mode `all` (the default) the first failure fails the parallel and
 * aborts the other children; in `settled` each output is `{ success: true, output }` or `{ success: false, error }`, the
 * error as plain data. The output has the shape of `children`. Throws a `TypeError` without children, or if two have the
 * same name.
 *
 * @example
 * const notify = parallel({ name: 'notify', children: { email, archive }, inputs: { email: (order: Order) => order.customer } })
 */
export function parallel<
  const N extends string,
  C extends Children,
  // Not `extends keyof C`: TypeScript would then infer C from `inputs`, and I not at all.
  Mapped extends PropertyKey = never,
  I = unknown,
  M extends object = object,
  Mode extends 'all' | 'settled' = 'all',
  D extends string = never,
>(
  config: Policy & {
    name: N
    description?: D | undefined
    children: C & Agreeing<C, Keyed<Mapped>> & Spread<C>
    inputs?:
      | ({ readonly [K in Mapped]: Mapper<C[K & keyof C], I> | AnnotatedMapper<M[K & keyof M], C[K & keyof C]> } & {
          readonly [K in keyof M]: M[K]
        } & {
          readonly [K in Exclude<Mapped, keyof C>]: `'${K & string}' is no child`
        })
      | undefined
    mode?: Mode | undefined
  },
): Fn<
  Flat<InputsOf<C, Keyed<Mapped>> & NoInfer<I> & MapperInput<M>>,
  Outputs<C, Flat<InputsOf<C, Keyed<Mapped>> & NoInfer<I> & MapperInput<M>>, Mode>,
  N,
  CancelEvent | EventsOf<C[keyof C]>
> &
  Described<D, never, never> {
  checkFactory('parallel', config, ['children', 'inputs', 'mode'])
  const { name, children, inputs = {}, mode = 'all', ...policy } = config as unknown as ParallelConfig
  const owner = `parallel ${String(name)}`
  const listed = Array.isArray(children)
  const regions: NodeChild[] = listed
    ? listOf(children, owner)
    : Object.entries(children ?? {}).map(([key, child]) => ({ key, fn: asFn(child, key, owner) }))
  if (typeof inputs !== 'object' || inputs === null)
    throw new TypeError(
      `${owner}: inputs is not an object but ${formatValue(inputs)}. Give inputs: { child: (input) => its input }.`,
    )
  for (const [key, map] of Object.entries(inputs)) {
    if (map !== undefined && typeof map !== 'function')
      throw new TypeError(
        `${owner}: inputs.${key} is not a function but ${formatValue(map)}. Give (input) => the input of ${key}.`,
      )
    if (regions.some((region) => region.key === key)) continue
    const known = regions.map((region) => region.key).join(', ')
    throw new TypeError(`${owner}: inputs has ${JSON.stringify(key)}, which is not a child. The children are ${known}.`)
  }
  if (mode !== 'all' && mode !== 'settled') {
    throw new TypeError(`${owner}: there is no mode ${JSON.stringify(mode)}. Use 'all' or 'settled'.`)
  }
  const outcome = mode === 'settled' ? settle : (frame: Frame) => frame.value
  return define({
    kind: 'parallel',
    name,
    policy,
    children: regions,
    dataFlow: { children: 'input', output: mode === 'settled' ? 'unknown' : listed ? 'list' : 'record' },
    layout: 'stack',
    facts: { mapped: Object.keys(inputs) },
    compile: (scope) =>
      lifecycle(scope, {
        running: ({ next, failBy }) => {
          const parts = regions.map((region) => {
            const map = Object.hasOwn(inputs, region.key) ? inputs[region.key] : undefined
            const feed = (frame: Frame) => (map ? map(frame.input) : frame.input)
            return scope.region(region, feed, { mapped: map !== undefined })
          })
          const gather = scope.action(
            'gather',
            (frame, { slots }) => {
              const outputs = parts.map((part) => [part.key, outcome(part.frame(slots))] as const)
              return { ...frame, value: listed ? outputs.map(([, output]) => output) : Object.fromEntries(outputs) }
            },
            { drop: true },
          )
          const states = parts.map((part) => {
            const onDone = mode === 'settled' ? {} : { onDone: failBy(part) }
            return [part.key, { ...part.state, ...onDone }] as const
          })
          return { type: 'parallel', states: Object.fromEntries(states), onDone: { target: next, actions: gather } }
        },
      }),
  }) as never
}

type ParallelConfig = Policy & {
  name: string
  children: readonly unknown[] | Readonly<Record<string, unknown>>
  inputs?: Readonly<Record<string, (input: unknown) => unknown>>
  mode?: string
}

// A copy without the link to the live error: the output outlives the frame.
const settle = ({ error, value }: Frame): Settled<unknown> =>
  error ? { success: false, error: { ...error } } : { success: true, output: value }
