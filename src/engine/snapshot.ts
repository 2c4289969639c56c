import { type AnyActorRef, type AnyStateNode, createMachine, type EventObject, matchesState } from 'xstate'
import { Active, type Child, type StateValue, valueOf, walk, walkNew } from './configuration.ts'
import type { Plan, PlanNode, PlanTransition } from './plan.ts'
import { select } from './select.ts'

/** What a snapshot needs of its machine. */
export type Owner = {
  readonly plan: Plan | undefined
  readonly implementations: { readonly [kind in 'actors' | 'actions' | 'guards']: Readonly<Record<string, unknown>> }
  /** XState's own nodes, in document order. */
  readonly stateNodes: readonly AnyStateNode[]
  /** XState's own definition of a transition. */
  definitionOf(transition: PlanTransition): unknown
}

/** What a snapshot stands for, beside its context. */
export type Inside = {
  root: Active
  /** Children that an action spawned; those that states invoke are in the configuration. */
  spawned: readonly Child[]
  /** Not so on the way through states that are left at once, where only an observer sees it. */
  isAtRest: boolean
}
export type Outcome = { status: string; output?: unknown; error?: unknown }
export type Children = Record<string, AnyActorRef | undefined>

// XState makes a snapshot's methods for each snapshot, and exports none of them.
const { matches, hasTag, can, getMeta, toJSON } = createMachine({}).resolveState({ value: {} })

/**
 * XState's machine snapshot, which works out what somebody reads: an event changes little, and most snapshots are
 * looked at by nobody.
 */
export class LazySnapshot {
  readonly status: string
  readonly output: unknown
  readonly error: unknown
  readonly context: object
  readonly #owner: Owner
  readonly #inside: Inside
  #value: StateValue | undefined = undefined
  #nodes: readonly AnyStateNode[] | undefined = undefined
  #children: Children | undefined

  /** `children` where they are others than the configuration says: a stopped run has none. */
  constructor(owner: Owner, { status, output, error }: Outcome, context: object, inside: Inside, children?: Children) {
    this.status = status
    this.output = output
    this.error = error
    this.context = context
    this.#owner = owner
    this.#inside = inside
    this.#children = children
  }

  /** Before the run has begun: nothing is entered but the root. */
  static before(owner: Owner, { root }: Plan): LazySnapshot {
    const { context } = root.config
    const inside = { root: new Active(root, []), spawned: [], isAtRest: true }
    return new LazySnapshot(owner, { status: 'active' }, typeof context === 'object' ? Object(context) : {}, inside)
  }

  static inside(snapshot: LazySnapshot): Inside {
    return snapshot.#inside
  }

  get value(): StateValue {
    return (this.#value ??= valueOf(this.#inside.root))
  }

  get _nodes(): readonly AnyStateNode[] {
    return (this.#nodes ??= this.#active().map(({ order }) => this.#owner.stateNodes[order] as AnyStateNode))
  }

  /**
   * The states that are active here and were not in an earlier snapshot of the same run. XState has no such thing: it
   * is for those who watch, and costs as much as what changed, where comparing `_nodes` costs as much as all there is.
   */
  nodesSince(earlier: LazySnapshot): readonly AnyStateNode[] {
    const nodes: AnyStateNode[] = []
    walkNew(this.#inside.root, earlier.#inside.root, ({ node }) =>
      nodes.push(this.#owner.stateNodes[node.order] as AnyStateNode),
    )
    return nodes
  }

  get tags(): Set<string> {
    return new Set(this.#active().flatMap(({ config }) => (config.tags as string[] | undefined) ?? []))
  }

  get children(): Children {
    return (this.#children ??= Object.fromEntries(childrenIn(this.#inside).map(({ id, ref }) => [id, ref])))
  }

  get historyValue(): object {
    return {}
  }

  /** Only XState's own interpreter asks for it, and then copies the snapshot with `{ ...snapshot }`. */
  get machine(): Owner {
    return this.plain().machine
  }

  /** From now on a plain snapshot, with every part worked out and its own. */
  plain(): this {
    const { value, _nodes, tags, children, historyValue } = this
    const parts = { machine: this.#owner, _nodes, value, tags, children, historyValue }
    for (const [key, part] of Object.entries({ ...parts, matches, hasTag, can, getMeta, toJSON })) {
      Object.defineProperty(this, key, { value: part, writable: true, enumerable: true, configurable: true })
    }
    return this
  }

  matches(value: never): boolean {
    return matchesState(value, this.value)
  }

  hasTag(tag: string): boolean {
    return this.tags.has(tag)
  }

  can(event: EventObject): boolean {
    const { context } = this
    const { plan, implementations } = this.#owner
    const situation = { guards: implementations.guards, context, snapshot: () => this }
    const chosen = select(plan as Plan, this.#inside.root, event, situation)
    return chosen.some(({ enters, actions, refuses }) => !refuses && (enters.length > 0 || actions.length > 0))
  }

  getMeta(): Record<string, unknown> {
    const nodes = this.#active().filter(({ config }) => config.meta !== undefined)
    return Object.fromEntries(nodes.map(({ id, config }) => [id, config.meta]))
  }

  toJSON(): object {
    const { status, output, error, context, value, children, historyValue, tags } = this
    return { status, output, error, context, value, children, historyValue, tags: [...tags] }
  }

  #active(): PlanNode[] {
    const nodes: PlanNode[] = []
    walk(this.#inside.root, ({ node }) => nodes.push(node))
    return nodes
  }
}

/** In the order in which they came, as XState has them. */
export function childrenIn({ root, spawned }: Pick<Inside, 'root' | 'spawned'>): readonly Child[] {
  const list = [...spawned]
  walk(root, ({ invoked }) => {
    for (const child of invoked) if (child) list.push(child)
  })
  return list.length > 1 ? list.toSorted((a, b) => a.place - b.place) : list
}
