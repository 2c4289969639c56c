import type { CompositeNode } from '../../compile/scope.ts'
import type { StandardSchema } from '../../types.ts'
import type { Part } from '../../analysis/definition.ts'
import { checked, instanceOf } from '../../analysis/schema/values.ts'
import { whatever } from '../../analysis/schema/unknown-value.ts'

/** What is asked of a value by those that it goes to. */
export type Demand = {
  readonly schemas: readonly StandardSchema[]
  /** Fields that a prompt fills in. */
  readonly asks: readonly string[]
  /** The answers that lead on. */
  readonly choices: readonly (string | number | boolean)[]
  /** Predicates of the user's, as one question: which way does this value go? */
  readonly tests: readonly Test[]
}
export type Test = {
  /** Which way; it throws where the predicate does. */
  readonly way: (value: unknown) => string
  readonly predicates: readonly ((value: never) => unknown)[]
}

const nothing: Demand = { schemas: [], asks: [], choices: [], tests: [] }

const all = (demands: readonly Demand[]): Demand => ({
  schemas: [...new Set(demands.flatMap(({ schemas }) => schemas))],
  asks: [...new Set(demands.flatMap(({ asks }) => asks))],
  choices: demands.flatMap(({ choices }) => choices),
  tests: demands.flatMap(({ tests }) => tests),
})

const isMapped = ({ key }: Part, parent: Part): boolean => parent.node.facts?.mapped?.includes(key) ?? false
const fed = (part: Part): readonly Part[] => part.children.filter((child) => !isMapped(child, part))

/** The children to which the input of a function comes as it is. */
function takersOfInput(part: Part): readonly Part[] {
  switch ((part.node as Partial<CompositeNode>).dataFlow?.children) {
    case 'previous':
      return takers(part, 0).fed
    case 'input':
      return fed(part)
    // The first round gets the input itself, also where `next` feeds the others.
    case 'round':
      return part.children
    default:
      return []
  }
}

/** What a function asks of its input: with its own schema, or through the children that get the input as it is. */
export function needOf(part: Part): Demand {
  const { node } = part
  const { input, facts = {} } = node
  const own: Demand = {
    ...nothing,
    schemas: input ? [input] : [],
    asks: facts.asks ?? [],
    tests: [...(facts.cases ? [casesOf(facts.cases)] : []), ...gatesOf(part, 0)],
  }
  // What returns its input needs what is asked of its output.
  const after = node.dataFlow?.output === 'input' ? askedOf(part) : nothing
  const needs = all([...takersOfInput(part).map(needOf), after])
  // Its own schema comes first: what is below sees what that makes of the value.
  return all([own, input ? { ...needs, schemas: [] } : needs])
}

/** What is asked of a function's output by what follows it. */
export function askedOf(part: Part): Demand {
  const { parent } = part
  if (!parent) return nothing
  const { facts = {} } = parent.node
  const { dataFlow } = parent.node as CompositeNode
  const index = parent.children.indexOf(part)
  if (part.key === facts.decider) return { ...nothing, choices: facts.choices ?? [] }
  if (dataFlow.children === 'previous') {
    const { fed, isLast } = takers(parent, index + 1)
    const own = { ...nothing, tests: gatesOf(parent, index + 1) }
    return all([own, ...fed.map(needOf), ...(isLast ? [askedOf(parent)] : [])])
  }
  if (dataFlow.children === 'round') {
    const again = facts.next ? nothing : needOf(part)
    return all([again, untilOf(part, parent), dataFlow.output === 'last' ? askedOf(parent) : nothing])
  }
  if (dataFlow.output === 'chosen' || dataFlow.output === 'first') return askedOf(parent)
  if (dataFlow.output === 'record' || dataFlow.output === 'list') {
    const gathered = (value: unknown): unknown => {
      if (dataFlow.output === 'record') return others(part.key, value)
      return parent.children.map((child) => (child === part ? value : whatever()))
    }
    return { ...nothing, tests: askedOf(parent).tests.map((test) => madeOf(test, gathered)) }
  }
  return nothing
}

/** The question that a test of a whole asks of one part of it. */
const madeOf = ({ way, predicates }: Test, whole: (value: unknown) => unknown): Test => ({
  way: (value) => way(whole(value)),
  predicates: predicates.map((predicate) => {
    const { origin = predicate } = predicate as { origin?: unknown }
    return Object.assign((value: unknown) => predicate(whole(value) as never), { origin })
  }),
})

/** Whom a value comes to at a place in a sequence: the steps that take it as it is, and whether it may be the output. */
function takers({ node, children }: Part, place: number): { fed: readonly Part[]; last: number; isLast: boolean } {
  const { gates = [], mapped = [] } = node.facts ?? {}
  // What is skipped hands the value on.
  const isSkipped = (index: number) => gates.some(({ before, ends }) => before === index && !ends)
  const found = children.findIndex((_, index) => index >= place && !isSkipped(index))
  const last = found === -1 ? children.length : found
  const fed = children.slice(place, last + 1).filter(({ key }) => !mapped.includes(key))
  const ends = gates.some(({ before, ends: isEnd, result }) => isEnd && !result && before >= place && before <= last)
  return { fed, last, isLast: found === -1 || ends }
}

/** What the predicates of a flow ask of a value that comes up at a place in it: the input at 0, else an output. */
function gatesOf(part: Part, place: number): Test[] {
  const gates = part.node.facts?.gates?.filter(({ before }) => before >= place) ?? []
  if (gates.length === 0) return []
  const { last } = takers(part, place)
  const key = part.children[place - 1]?.key
  const predicates = gates.map(({ before, predicate }) => {
    const ask = (value: unknown) =>
      predicate({
        input: key === undefined ? value : whatever(),
        value: before <= last ? value : whatever(),
        outputs: key === undefined ? whatever() : others(key, value),
      } as never)
    return Object.assign(ask, { origin: predicate })
  })
  return [{ way: (value) => predicates.map((ask) => Boolean(ask(value))).join(), predicates }]
}

/** The outputs of a flow, or of regions, of which one is known. */
const others = (key: string, value: unknown): unknown =>
  new Proxy({ [key]: value }, { get: (own, name) => (name in own ? own[name as string] : whatever()) })

function casesOf(cases: readonly ((input: never) => unknown)[]): Test {
  const way = (value: unknown) => String(cases.findIndex((when) => when(value as never)))
  return { way, predicates: cases }
}

/** What the end of a round asks of its value: whether it is the last, and if not, whether `next` makes an input of it. */
function untilOf(body: Part, loop: Part): Demand {
  const { until, next } = loop.node.facts ?? {}
  if (!until) return nothing
  const isLast = (value: unknown) => until({ value, iteration: 1 } as never)
  const predicates = [Object.assign((value: unknown) => isLast(value), { origin: until })]
  const [schema] = next ? needOf(body).schemas : []
  if (!next || !schema) return { ...nothing, tests: [{ way: (value) => String(Boolean(isLast(value))), predicates }] }
  const input = needOf(loop).schemas.map((taken) => instanceOf(taken)?.value)[0] ?? whatever()
  const nextOf = (value: unknown) => next({ input, value, iteration: 1 } as never)
  const way = (value: unknown) =>
    isLast(value) ? 'end' : 'value' in checked(schema, nextOf(value)) ? 'next' : 'refused'
  return { ...nothing, tests: [{ way, predicates: [...predicates, Object.assign(nextOf, { origin: next })] }] }
}
