import type { StandardSchema } from '../types.ts'
import type { Part } from './definition.ts'

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

/** What a function asks of its input: with its own schema, or through the children that get the input as it is. */
export function needOf(part: Part): Demand {
  const { node, children } = part
  const { input, facts = {} } = node
  const own: Demand = {
    ...nothing,
    schemas: input ? [input] : [],
    asks: facts.asks ?? [],
    tests: facts.cases ? [casesOf(facts.cases)] : [],
  }
  const [first] = children
  const below = ((): readonly Part[] => {
    if (node.kind === 'map') return []
    if (node.kind === 'chain' || node.kind === 'flow') return first ? fed(part).filter((child) => child === first) : []
    return fed(part)
  })()
  const needs = all(below.map(needOf))
  // Its own schema comes first: what is below sees what that makes of the value.
  return all([own, input ? { ...needs, schemas: [] } : needs])
}

/** What is asked of a function's output by what follows it. */
export function askedOf(part: Part): Demand {
  const { parent } = part
  if (!parent) return nothing
  const { kind, facts = {} } = parent.node
  const index = parent.children.indexOf(part)
  const next = parent.children[index + 1]
  if (kind === 'chain' || kind === 'flow') {
    if (!next) return askedOf(parent)
    return isMapped(next, parent) ? nothing : needOf(next)
  }
  if (kind === 'decision' && index === 0) return { ...nothing, choices: facts.choices ?? [] }
  if (kind === 'loop') return all([needOf(part), untilOf(facts.until), askedOf(parent)])
  if (kind === 'decision' || kind === 'branch' || kind === 'fallback') return askedOf(parent)
  return nothing
}

function casesOf(cases: readonly ((input: never) => unknown)[]): Test {
  const way = (value: unknown) => String(cases.findIndex((when) => when(value as never)))
  return { way, predicates: cases }
}

function untilOf(until: ((round: never) => unknown) | undefined): Demand {
  if (!until) return nothing
  const ask = (value: unknown) => until({ value, iteration: 1 } as never)
  const test = Object.assign(ask, { origin: until })
  return { ...nothing, tests: [{ way: (value) => String(Boolean(test(value))), predicates: [test] }] }
}
