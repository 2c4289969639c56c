import type { AnyActorRef } from 'xstate'
import type { PlanNode } from './plan.ts'

/**
 * The configuration (which states are active, and the actors that they invoked) as an immutable tree. A transition
 * copies the states from the root to its domain and shares all others, so a held snapshot never changes, and an event
 * in one of a thousand regions costs as much as in one of ten.
 */
export class Active {
  readonly node: PlanNode
  /** Of a compound: its one active child. */
  readonly inner: Active | undefined
  /** Of a parallel state. */
  readonly regions: Regions | undefined
  /** One for each invoke of the node; missing where a restored snapshot did not have it. */
  readonly invoked: Invoked

  constructor(node: PlanNode, invoked: Invoked, inner?: Active, regions?: Regions) {
    this.node = node
    this.inner = inner
    this.regions = regions
    this.invoked = invoked
  }

  /** Whether a compound is in a final state. */
  get isFinal(): boolean {
    return this.inner?.node.type === 'final'
  }
}

/** A child actor. Children are listed in the order in which they came. */
export type ChildEntry = { place: number; id: string; ref: AnyActorRef | undefined }
export type Invoked = readonly (ChildEntry | undefined)[]

let places = 0
export const child = (id: string, ref: AnyActorRef | undefined): ChildEntry => ({ place: places++, id, ref })

/** Regions in chunks: changing one of a thousand copies two short lists and not a long one. */
const BITS = 5
const MASK = (1 << BITS) - 1

export class Regions {
  readonly chunks: readonly (readonly Active[])[]
  /** How many of them are in a final state. All of them are compounds. */
  readonly final: number

  constructor(chunks: readonly (readonly Active[])[], final: number) {
    this.chunks = chunks
    this.final = final
  }

  static of(list: readonly Active[]): Regions {
    const chunks: Active[][] = []
    for (let from = 0; from < list.length; from += 1 << BITS) chunks.push(list.slice(from, from + (1 << BITS)))
    return new Regions(chunks, list.filter((region) => region.isFinal).length)
  }

  at(index: number): Active {
    return this.chunks[index >> BITS]?.[index & MASK] as Active
  }

  with(index: number, region: Active): Regions {
    const chunks = this.chunks.slice()
    const chunk = (chunks[index >> BITS] as readonly Active[]).slice()
    const change = Number(region.isFinal) - Number(this.at(index).isFinal)
    chunk[index & MASK] = region
    chunks[index >> BITS] = chunk
    return new Regions(chunks, this.final + change)
  }
}

/** The active state of this node, if it is active. */
export function find(root: Active, node: PlanNode): Active | undefined {
  const { path } = node
  let active: Active | undefined = root
  for (let depth = 1; depth < path.length; depth++) {
    const next = path[depth] as PlanNode
    active = active.regions ? active.regions.at(next.index) : active.inner
    if (active?.node !== next) return undefined
  }
  return active
}

/** The same configuration with another child in `domain`, an active compound. */
export function put(root: Active, domain: PlanNode, inner: Active): Active {
  const { node, invoked, regions } = root
  if (node === domain) return new Active(node, invoked, inner)
  const { index } = domain.path[node.path.length] as PlanNode
  return regions
    ? new Active(node, invoked, undefined, regions.with(index, put(regions.at(index), domain, inner)))
    : new Active(node, invoked, put(root.inner as Active, domain, inner))
}

/** Visits every active state in document order. */
export function walk(active: Active, visit: (active: Active) => void): void {
  visit(active)
  if (active.inner) walk(active.inner, visit)
  for (const chunk of active.regions?.chunks ?? []) for (const region of chunk) walk(region, visit)
}

/** Visits the states that are active in one configuration and not in another; what both share is passed over. */
export function walkNew(active: Active, before: Active | undefined, visit: (active: Active) => void): void {
  if (active === before) return
  if (active.node !== before?.node) return walk(active, visit)
  if (active.inner) walkNew(active.inner, before.inner, visit)
  for (const [index, chunk] of active.regions?.chunks.entries() ?? []) {
    const old = before.regions?.chunks[index]
    if (chunk !== old) for (const [place, region] of chunk.entries()) walkNew(region, old?.[place], visit)
  }
}

export type StateValue = string | { [key: string]: StateValue }

/** The configuration as XState writes it: `{ running: { a: 'validatingInput' } }`. */
export function valueOf({ inner, regions }: Active): StateValue {
  if (inner) {
    const value = valueOf(inner)
    return inner.node.states.length > 0 ? { [inner.node.key]: value } : inner.node.key
  }
  const value: StateValue = {}
  for (const chunk of regions?.chunks ?? []) for (const region of chunk) value[region.node.key] = valueOf(region)
  return value
}

/** The configuration that a full state value stands for, or undefined if it is not one of this chart. */
export function configurationOf(
  node: PlanNode,
  value: unknown,
  childOf: (id: string) => ChildEntry | undefined,
): Active | undefined {
  const invoked = node.invoke.map(({ id }) => childOf(id))
  const entries = typeof value === 'string' ? [[value, {}] as const] : Object.entries(value ?? {})
  if (entries.length !== (node.type === 'compound' ? 1 : node.states.length)) return undefined
  const inside: Active[] = []
  for (const [key, part] of entries) {
    const state = node.byKey.get(key)
    const active = state && configurationOf(state, part, childOf)
    if (!active) return undefined
    inside[node.type === 'compound' ? 0 : state.index] = active
  }
  return node.type === 'parallel'
    ? new Active(node, invoked, undefined, Regions.of(inside))
    : new Active(node, invoked, inside[0])
}
