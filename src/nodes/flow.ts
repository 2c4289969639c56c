import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type { CancelEvent, Described, Fn, Frame, Policy, SchemaInput, SchemaOutput, StandardSchema } from '../types.ts'
import type { Facts } from '../compile/scope.ts'
import { type Gate, sequence, type Step } from './chain.ts'
import { type ViewFunction, endGate, viewOf, whenGate } from './flow/gates.ts'
import type { Flowed, Steps } from './flow/steps.ts'
import { asFn, asNamed } from './function.ts'
import { formatValue } from '../border/format-value.ts'

export type { Flowed, Steps, StepView } from './flow/steps.ts'

/** The result of the steps; for conditional steps, the union of both. */
type Ended<F extends Flowed<unknown, unknown>> = NonNullable<F['~flow']>
type EventsIn<Ev> = unknown extends Ev ? { type: string } : Extract<Ev, { type: string }>

/**
 * A chain whose steps can read the flow's input and every earlier output. `step` adds a step, `when` one that runs only if
 * its predicate is true, and `endWhen` ends the flow early. A mapper or predicate that throws fails its step; in
 * `endWhen`, the flow. Throws a `TypeError` without steps, or if two have the same name.
 *
 * @example
 * const answer = flow({
 *   name: 'answer',
 *   input: z.object({ question: z.string() }),
 *   steps: (s) =>
 *     s
 *       .step(find, ({ input }) => input.question)
 *       .endWhen(({ value }) => value.length === 0, () => 'Nothing was found.')
 *       .when(({ value }) => value.length > 10, rank)
 *       .step(write, ({ input, value }) => ({ ...input, found: value })),
 * })
 */
export function flow<
  const N extends string,
  S extends StandardSchema,
  F extends Flowed<unknown, unknown>,
  D extends string = never,
>(
  config: Policy & {
    name: N
    description?: D | undefined
    input: S
    steps: (s: Steps<SchemaOutput<S>, SchemaOutput<S>, object, CancelEvent, "the flow's input">) => F
  },
): Fn<SchemaInput<S>, Ended<F>['value'], N, EventsIn<Ended<F>['events']>> & Described<D, S, SchemaOutput<S>> {
  checkFactory('flow', config, ['input', 'steps'])
  const { name, input, steps, ...policy } = config as unknown as FlowConfig
  const owner = `flow ${String(name)}`
  if (typeof steps !== 'function')
    throw new TypeError(`${owner} has no steps: steps is ${formatValue(steps)}. Give it steps: (s) => s.step(…).`)
  const list = gather(owner, steps)
  return define(
    sequence({
      kind: 'flow',
      name,
      policy,
      input,
      steps: gated(list),
      dataFlow: { children: 'previous', output: 'last' },
      layout: 'optional steps',
      facts: factsOf(list),
      keep,
      holds,
    }),
  ) as never
}

type Target = readonly [target: unknown, make?: ViewFunction]
type Builder = {
  step(...target: Target): Builder
  when(predicate: ViewFunction, ...target: Target): Builder
  endWhen(predicate: ViewFunction, result?: ViewFunction): Builder
}
type FlowConfig = Policy & { name: string; input?: StandardSchema; steps: (s: Builder) => unknown }
/** A step, a predicate, or both. */
type Entry = { step?: Step; predicate?: ViewFunction; result?: ViewFunction }

function gather(owner: string, steps: FlowConfig['steps']): Entry[] {
  const list: Entry[] = []
  const add = (entry: Entry) => {
    list.push(entry)
    return builder
  }
  const number = () => list.filter(({ step }) => step).length + 1
  const builder: Builder = {
    step: (...target) => add({ step: stepOf(owner, number(), target) }),
    when(predicate, ...target) {
      checkCode(`${owner}: the predicate of step ${number()}`, predicate, 'boolean')
      return add({ step: stepOf(owner, number(), target), predicate })
    },
    endWhen(predicate, result) {
      checkCode(`${owner}: the predicate of endWhen before step ${number()}`, predicate, 'boolean')
      if (result === undefined) return add({ predicate })
      checkCode(`${owner}: the result of endWhen before step ${number()}`, result, "the flow's output")
      return add({ predicate, result })
    },
  }
  steps(builder)
  return list
}

function stepOf(owner: string, number: number, [target, make]: Target): Step {
  if (typeof target === 'string')
    return { child: { key: target, fn: asFn(make, target, owner) }, feed: viewOf, views: true }
  if (make !== undefined) checkCode(`${owner}: the mapper of step ${number}`, make, 'its input')
  const feed = make ? (frame: Frame) => make(viewOf(frame)) : (frame: Frame) => viewOf(frame).value
  return { child: asNamed(target, number - 1, owner), feed, mapped: make !== undefined }
}

function checkCode(what: string, code: unknown, returned: string): void {
  if (typeof code === 'function') return
  throw new TypeError(
    `${what} is not a function but ${formatValue(code)}. Give ({ input, value, outputs }) => ${returned}.`,
  )
}

/** Each predicate becomes a state: `when:search` before the step search, `endWhen:search` after it. */
function gated(list: readonly Entry[]): (Step | { gate: Gate })[] {
  const taken = new Set(list.map(({ step }) => step?.child.key))
  const keyOf = (key: string): string => {
    while (taken.has(key)) key += ':'
    taken.add(key)
    return key
  }
  let last = 'input'
  return list.map(({ step, predicate, result }) => {
    if (!step) return { gate: endGate(keyOf(`endWhen:${last}`), predicate as ViewFunction, result) }
    last = step.child.key
    return predicate ? { ...step, gate: whenGate(keyOf(`when:${last}`), last, predicate) } : step
  })
}

/** The predicates between the steps, for analysis. */
function factsOf(list: readonly Entry[]): Facts {
  let count = 0
  const gates = list.flatMap(({ step, predicate, result }) => {
    const before = count
    if (step) count++
    return predicate ? [{ before, ends: !step, predicate, ...(result && { result }) }] : []
  })
  return gates.length > 0 ? { gates } : {}
}

const keep = ({ choice: _, ...frame }: Frame, name: string, output: unknown): Frame => ({
  ...frame,
  value: output,
  outputs: { ...frame.outputs, [name]: output },
})

/** An output of `undefined` is dropped when a run is saved. */
const holds = ({ outputs = {} }: Frame, names: readonly string[]): boolean =>
  Object.keys(outputs).every((name) => names.includes(name))
