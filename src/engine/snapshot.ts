import { type AnyActorRef, type AnyStateNode, createMachine, type EventObject } from 'xstate'
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

// XState's own, which it makes into every snapshot and does not export.
const { matches, hasTag, can, getMeta, toJSON } = createMachine({}).resolveState({ value: {} })

/** Stands where a part is not worked out yet. */
const UNREAD: unique symbol = Symbol('unread')
/** The key under which a snapshot gives the object behind it. */
const RAW: unique symbol = Symbol('raw')

const NO_HISTORY = {}

/**
 * XState's machine snapshot: to everybody who looks, a plain object with the same parts in the same order. What costs
 * something is worked out when somebody looks at it, since most snapshots are looked at by nobody. Accessors cannot do
 * that: own ones cost more than the whole step, and those of a prototype are lost in `{ ...snapshot }`. So what is
 * handed out is a proxy of this object, and each part becomes a plain value of it before it is shown.
 */
export class LazySnapshot {
  // Declared only: a field of a class is written twice, which shows at this many.
  declare readonly status: string
  declare readonly output: unknown
  declare readonly error: unknown
  declare readonly machine: Owner
  declare readonly context: object
  declare readonly _nodes: readonly AnyStateNode[]
  declare readonly value: StateValue
  declare readonly tags: Set<string>
  declare readonly children: Children
  declare readonly historyValue: object
  declare readonly matches: typeof matches
  declare readonly hasTag: typeof hasTag
  declare readonly can: typeof can
  declare readonly getMeta: typeof getMeta
  declare readonly toJSON: typeof toJSON
  readonly #inside: Inside

  /** `children` where they are others than the configuration says: a stopped run has none. */
  constructor(owner: Owner, { status, output, error }: Outcome, context: object, inside: Inside, children?: Children) {
    this.#inside = inside
    this.status = status
    this.output = output
    this.error = error
    this.machine = owner
    this.context = context
    this._nodes = UNREAD as never
    this.value = UNREAD as never
    this.tags = UNREAD as never
    this.children = children ?? (UNREAD as never)
    this.historyValue = NO_HISTORY
    this.matches = matches
    this.hasTag = hasTag
    this.can = can
    this.getMeta = getMeta
    this.toJSON = toJSON
    // oxlint-disable-next-line no-constructor-return -- nobody is to hold the object itself
    return new Proxy(this, LazySnapshot.#handler)
  }

  /** Before the run has begun: nothing is entered but the root. */
  static before(owner: Owner, { root }: Plan): LazySnapshot {
    const { context } = root.config
    const inside = { root: new Active(root, []), spawned: [], isAtRest: true }
    return new LazySnapshot(owner, { status: 'active' }, typeof context === 'object' ? Object(context) : {}, inside)
  }

  /** By what it is, because its prototype is that of any plain object. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && RAW in value
  }

  /** The object behind a snapshot of this engine; undefined for any other. Within the engine, it costs less to read. */
  static behind(snapshot: object): LazySnapshot | undefined {
    return (snapshot as { [RAW]?: LazySnapshot })[RAW]
  }

  static inside(snapshot: LazySnapshot): Inside {
    return (LazySnapshot.behind(snapshot) as LazySnapshot).#inside
  }

  /** What an event would do in it, for `can`. */
  static select(snapshot: LazySnapshot, event: EventObject): readonly PlanTransition[] {
    const { machine, context } = snapshot
    const { plan, implementations } = machine
    const situation = { guards: implementations.guards, context, snapshot: () => snapshot }
    return select(plan as Plan, LazySnapshot.inside(snapshot).root, event, situation)
  }

  /**
   * The states that are active here and were not in an earlier snapshot of the same run. XState has no such thing: it
   * is for those who watch, and costs as much as what changed, where comparing `_nodes` costs as much as all there is.
   */
  nodesSince(earlier: LazySnapshot): readonly AnyStateNode[] {
    const { machine } = this
    const nodes: AnyStateNode[] = []
    walkNew(LazySnapshot.inside(this).root, LazySnapshot.inside(earlier).root, ({ node }) =>
      nodes.push(machine.stateNodes[node.order] as AnyStateNode),
    )
    return nodes
  }

  /** What `console.log` shows: Node looks behind a proxy. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return { ...this }
  }

  /** The object itself is asked as well. */
  get [RAW](): this {
    return this
  }

  #workOut(part: PropertyKey): unknown {
    const { root } = this.#inside
    switch (part) {
      case 'value':
        return valueOf(root)
      case '_nodes':
        return activeIn(root).map(({ order }) => this.machine.stateNodes[order] as AnyStateNode)
      case 'tags':
        return new Set(activeIn(root).flatMap(({ config }) => (config.tags as string[] | undefined) ?? []))
      default:
        return Object.fromEntries(childrenIn(this.#inside).map(({ id, ref }) => [id, ref]))
    }
  }

  static #read(snapshot: LazySnapshot, part: PropertyKey): unknown {
    const parts = snapshot as unknown as { [part in PropertyKey]: unknown }
    const known = parts[part]
    return known === UNREAD ? (parts[part] = snapshot.#workOut(part)) : known
  }

  static readonly #handler: ProxyHandler<LazySnapshot> = {
    get(snapshot, key, receiver) {
      switch (key) {
        case 'status':
          return snapshot.status
        case 'context':
          return snapshot.context
        case RAW:
          return snapshot
        case 'value':
        case '_nodes':
        case 'tags':
        case 'children':
          return LazySnapshot.#read(snapshot, key)
        default:
          return Reflect.get(snapshot, key, receiver) as unknown
      }
    },
    has: (snapshot, key) => key === RAW || Object.hasOwn(snapshot, key) || key in Object.prototype,
    getOwnPropertyDescriptor(snapshot, key) {
      LazySnapshot.#read(snapshot, key)
      return Reflect.getOwnPropertyDescriptor(snapshot, key)
    },
    defineProperty(snapshot, key, descriptor) {
      LazySnapshot.#read(snapshot, key)
      return Reflect.defineProperty(snapshot, key, descriptor)
    },
    getPrototypeOf: (snapshot) => plainly(Reflect.getPrototypeOf(snapshot)),
    preventExtensions(snapshot) {
      // From here on the language checks what a proxy says: all parts are worked out, and its prototype is no other.
      for (const key of Reflect.ownKeys(snapshot)) LazySnapshot.#read(snapshot, key)
      return (
        Reflect.setPrototypeOf(snapshot, plainly(Reflect.getPrototypeOf(snapshot))) &&
        Reflect.preventExtensions(snapshot)
      )
    },
  }
}

// A plain object has none of its own.
delete (LazySnapshot.prototype as { constructor?: unknown }).constructor

const plainly = (proto: object | null) => (proto === LazySnapshot.prototype ? Object.prototype : proto)

function activeIn(root: Active): PlanNode[] {
  const nodes: PlanNode[] = []
  walk(root, ({ node }) => nodes.push(node))
  return nodes
}

/** In the order in which they came, as XState has them. */
export function childrenIn({ root, spawned }: Pick<Inside, 'root' | 'spawned'>): readonly Child[] {
  const list = [...spawned]
  walk(root, ({ invoked }) => {
    for (const child of invoked) if (child) list.push(child)
  })
  return list.length > 1 ? list.toSorted((a, b) => a.place - b.place) : list
}
