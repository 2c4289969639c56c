import type { CompositeNode } from '../../compile/scope.ts'
import type { StandardSchema } from '../../types.ts'
import type { Definition } from '../../analysis/definition.ts'
import { tryValidate } from '../../analysis/schema/validate.ts'
import { findValid } from '../../analysis/schema/find-value.ts'
import { unknownValue } from '../../analysis/schema/unknown-value.ts'

/** What the consumers of a value require of it, and what they tell apart. */
export type ValueConstraints = {
  readonly schemas: readonly StandardSchema[]
  /** The fields that placeholders of a prompt read. */
  readonly placeholders: readonly string[]
  /** The choices of a decision. */
  readonly choices: readonly (string | number | boolean)[]
  /** Classifications of the value by predicates of the user. */
  readonly partitions: readonly Partition[]
}
/** Divides values into equivalence classes: all values of one class take the same branch. */
export type Partition = {
  /** The class of a value. Throws where a predicate throws. */
  readonly classify: (value: unknown) => string
  readonly predicates: readonly ((value: never) => unknown)[]
}

const unconstrained: ValueConstraints = { schemas: [], placeholders: [], choices: [], partitions: [] }

const all = (constraints: readonly ValueConstraints[]): ValueConstraints => ({
  schemas: [...new Set(constraints.flatMap(({ schemas }) => schemas))],
  placeholders: [...new Set(constraints.flatMap(({ placeholders }) => placeholders))],
  choices: constraints.flatMap(({ choices }) => choices),
  partitions: constraints.flatMap(({ partitions }) => partitions),
})

const isMapped = ({ key }: Definition, parent: Definition): boolean => parent.node.facts?.mapped?.includes(key) ?? false
const fed = (definition: Definition): readonly Definition[] =>
  definition.children.filter((child) => !isMapped(child, definition))

/** The functions that return their input and were looked behind: in a loop, the value comes to them again. */
type Passed = Set<Definition>

/** The children that get the input of a function unchanged. */
function takersOfInput(definition: Definition): readonly Definition[] {
  switch ((definition.node as Partial<CompositeNode>).dataFlow?.children) {
    case 'previous':
      return takers(definition, 0).fed
    case 'input':
      return fed(definition)
    // The first round gets the input itself, also where `next` makes the input of the others.
    case 'round':
      return definition.children
    default:
      return []
  }
}

/** The constraints on the input of a function: its own schema, or those of the children that get the same input. */
export function inputConstraints(definition: Definition, passed: Passed = new Set()): ValueConstraints {
  const { node } = definition
  const { input, facts = {} } = node
  const own: ValueConstraints = {
    ...unconstrained,
    schemas: input ? [input] : [],
    placeholders: facts.asks ?? [],
    partitions: [...(facts.cases ? [casePartition(facts.cases)] : []), ...gatePartitions(definition, 0)],
  }
  // A function that returns its input needs what its output needs.
  const isPassing = node.dataFlow?.output === 'input' && !passed.has(definition)
  const after = isPassing ? outputConstraints(definition, passed.add(definition)) : unconstrained
  const needs = all([...takersOfInput(definition).map((taker) => inputConstraints(taker, passed)), after])
  // The schemas below validate the output of its own schema.
  return all([own, input ? { ...needs, schemas: [] } : needs])
}

/** The constraints on the output of a function by what follows it. */
export function outputConstraints(definition: Definition, passed: Passed = new Set()): ValueConstraints {
  const { parent } = definition
  if (!parent) return unconstrained
  const { facts = {} } = parent.node
  const { dataFlow } = parent.node as CompositeNode
  const index = parent.children.indexOf(definition)
  if (definition.key === facts.decider) return { ...unconstrained, choices: facts.choices ?? [] }
  if (dataFlow.children === 'previous') {
    const { fed, isLast } = takers(parent, index + 1)
    const own = { ...unconstrained, partitions: gatePartitions(parent, index + 1) }
    return all([
      own,
      ...fed.map((taker) => inputConstraints(taker, passed)),
      ...(isLast ? [outputConstraints(parent, passed)] : []),
    ])
  }
  if (dataFlow.children === 'round') {
    const again = facts.next ? unconstrained : inputConstraints(definition, passed)
    return all([
      again,
      untilConstraints(definition, parent),
      dataFlow.output === 'last' ? outputConstraints(parent, passed) : unconstrained,
    ])
  }
  if (dataFlow.output === 'chosen' || dataFlow.output === 'first') return outputConstraints(parent, passed)
  if (dataFlow.output === 'record' || dataFlow.output === 'list') {
    const gathered = (value: unknown): unknown => {
      if (dataFlow.output === 'record') return withUnknownOthers(definition.key, value)
      return parent.children.map((child) => (child === definition ? value : unknownValue()))
    }
    return {
      ...unconstrained,
      partitions: outputConstraints(parent, passed).partitions.map((each) => partitionOfPart(each, gathered)),
    }
  }
  return unconstrained
}

/** The partition of a part of a value by a partition of the whole. */
const partitionOfPart = ({ classify, predicates }: Partition, whole: (value: unknown) => unknown): Partition => ({
  classify: (value) => classify(whole(value)),
  predicates: predicates.map((predicate) => {
    const { origin = predicate } = predicate as { origin?: unknown }
    return Object.assign((value: unknown) => predicate(whole(value) as never), { origin })
  }),
})

/** The steps that get a value at a place in a sequence unchanged, and whether it may be the output of the sequence. */
function takers(
  { node, children }: Definition,
  place: number,
): { fed: readonly Definition[]; last: number; isLast: boolean } {
  const { gates = [], mapped = [] } = node.facts ?? {}
  // A skipped step passes the value on.
  const isSkipped = (index: number) => gates.some(({ before, ends }) => before === index && !ends)
  const found = children.findIndex((_, index) => index >= place && !isSkipped(index))
  const last = found === -1 ? children.length : found
  const fed = children.slice(place, last + 1).filter(({ key }) => !mapped.includes(key))
  const ends = gates.some(({ before, ends: isEnd, result }) => isEnd && !result && before >= place && before <= last)
  return { fed, last, isLast: found === -1 || ends }
}

/** The partition by the predicates of a flow that read the value at a place in it: the input at 0, else an output. */
function gatePartitions(definition: Definition, place: number): Partition[] {
  const gates = definition.node.facts?.gates?.filter(({ before }) => before >= place) ?? []
  if (gates.length === 0) return []
  const { last } = takers(definition, place)
  const key = definition.children[place - 1]?.key
  const predicates = gates.map(({ before, predicate }) => {
    const ofValue = (value: unknown) =>
      predicate({
        input: key === undefined ? value : unknownValue(),
        value: before <= last ? value : unknownValue(),
        outputs: key === undefined ? unknownValue() : withUnknownOthers(key, value),
      } as never)
    return Object.assign(ofValue, { origin: predicate })
  })
  return [{ classify: (value) => predicates.map((predicate) => Boolean(predicate(value))).join(), predicates }]
}

/** The outputs of a flow, or of regions, of which only one is known. */
const withUnknownOthers = (key: string, value: unknown): unknown =>
  new Proxy({ [key]: value }, { get: (own, name) => (name in own ? own[name as string] : unknownValue()) })

function casePartition(cases: readonly ((input: never) => unknown)[]): Partition {
  const classify = (value: unknown) => String(cases.findIndex((when) => when(value as never)))
  return { classify, predicates: cases }
}

/** The constraints by the end of an iteration: whether it is the last, and whether `next` makes a valid input of it. */
function untilConstraints(body: Definition, loop: Definition): ValueConstraints {
  const { until, next } = loop.node.facts ?? {}
  if (!until) return unconstrained
  const isLast = (value: unknown) => until({ value, iteration: 1 } as never)
  const predicates = [Object.assign((value: unknown) => isLast(value), { origin: until })]
  const [schema] = next ? inputConstraints(body).schemas : []
  if (!next || !schema)
    return { ...unconstrained, partitions: [{ classify: (value) => String(Boolean(isLast(value))), predicates }] }
  const input = inputConstraints(loop).schemas.map((each) => findValid(each)?.value)[0] ?? unknownValue()
  const nextOf = (value: unknown) => next({ input, value, iteration: 1 } as never)
  const classify = (value: unknown) =>
    isLast(value) ? 'end' : 'value' in tryValidate(schema, nextOf(value)) ? 'next' : 'rejected'
  return {
    ...unconstrained,
    partitions: [{ classify, predicates: [...predicates, Object.assign(nextOf, { origin: next })] }],
  }
}
