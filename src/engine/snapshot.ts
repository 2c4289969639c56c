import { type AnyActorRef, type AnyStateNode, createMachine, type EventObject } from 'xstate'
import { Active, type ChildEntry, type StateValue, valueOf, walk, walkNew } from './configuration.ts'
import { NODES } from './internals.ts'
import type { Plan, PlanNode, PlanTransition } from './plan.ts'
import { hasWaitsBelow } from '../border/external-events/waits.ts'
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
  spawned: readonly ChildEntry[]
  /** Not so on the way through states that are left at once, where only an observer sees it. */
  isAtRest: boolean
}
export type SnapshotStatus = { status: string; output?: unknown; error?: unknown }
export type Children = Record<string, AnyActorRef | undefined>

// XState's own, which it makes into every snapshot and does not export.
const { matches, can, getMeta, toJSON } = createMachine({}).resolveState({ value: {} })

/** What waits in a machine below (an item, a tool) is a wait of the run, although no state of this chart has the tag. */
function hasTag(this: { tags: ReadonlySet<string> }, tag: string): boolean {
  return this.tags.has(tag) || (tag === 'waiting' && hasWaitsBelow(this))
}

/** For snapshots of XState's interpreter as well. */
export const OF_THE_WHOLE = { hasTag }

/** Stands where a part is not worked out yet. */
const UNREAD: unique symbol = Symbol('unread')
/** The key under which a snapshot gives the object behind it. */
const RAW: unique symbol = Symbol('raw')

/** The parts that are the same in all snapshots, which come last. */
const SHARED = { historyValue: {}, matches, hasTag, can, getMeta, toJSON }
const OWN = ['status', 'output', 'error', 'machine', 'context', NODES, 'value', 'tags', 'children']
const KEYS = [...OWN, ...Object.keys(SHARED)]

/**
 * XState's machine snapshot: to a reader, a plain object with the same properties in the same order. What is expensive is
 * computed on first access, since most snapshots are never read. Accessors cannot do that: own ones cost more than the
 * whole step, and those of a prototype are lost in `{ ...snapshot }`. So callers receive a proxy of this object, which
 * shows each property as a plain value. On the first write it becomes the plain object that it appears to be.
 */
export class LazySnapshot {
  // Declared only: a field of a class is written twice, which shows at this many.
  declare readonly status: string
  declare readonly output: unknown
  declare readonly error: unknown
  declare readonly machine: Owner
  declare readonly context: object
  declare readonly [NODES]: readonly AnyStateNode[]
  declare readonly value: StateValue
  declare readonly tags: Set<string>
  declare readonly children: Children
  readonly #inside: Inside

  /** `children` where they are others than the configuration says: a stopped run has none. */
  constructor(
    owner: Owner,
    { status, output, error }: SnapshotStatus,
    context: object,
    inside: Inside,
    children?: Children,
  ) {
    this.#inside = inside
    this.status = status
    this.output = output
    this.error = error
    this.machine = owner
    this.context = context
    this[NODES] = UNREAD as never
    this.value = UNREAD as never
    this.tags = UNREAD as never
    this.children = children ?? (UNREAD as never)
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
    return #inside in snapshot ? snapshot.#inside : (LazySnapshot.behind(snapshot) as LazySnapshot).#inside
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
   * is for those who watch, and costs as much as what changed, where comparing all active ones costs as much as all there is.
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

  #workOut(part: PropertyKey): unknown {
    const { root } = this.#inside
    switch (part) {
      case 'value':
        return valueOf(root)
      case NODES:
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
        // What XState's actors ask for in each step.
        case RAW:
          return snapshot
        case 'status':
        case 'output':
        case 'error':
        case 'context':
          return snapshot[key]
        case 'value':
        case NODES:
        case 'tags':
        case 'children':
          return LazySnapshot.#read(snapshot, key)
        default:
          return Reflect.get(snapshot, key, receiver) as unknown
      }
    },
    has: (snapshot, key) =>
      key === RAW || (isPlain(snapshot) ? key in snapshot : KEYS.includes(key as string) || key in Object.prototype),
    ownKeys: (snapshot) => (isPlain(snapshot) ? Reflect.ownKeys(snapshot) : KEYS.slice()),
    getOwnPropertyDescriptor(snapshot, key) {
      LazySnapshot.#read(snapshot, key)
      const isShared = !isPlain(snapshot) && Object.hasOwn(SHARED, key)
      return Reflect.getOwnPropertyDescriptor(isShared ? SHARED : snapshot, key)
    },
    getPrototypeOf: (snapshot) => (isPlain(snapshot) ? Reflect.getPrototypeOf(snapshot) : Object.prototype),
    defineProperty: (snapshot, key, part) => Reflect.defineProperty(LazySnapshot.#plain(snapshot), key, part),
    deleteProperty: (snapshot, key) => Reflect.deleteProperty(LazySnapshot.#plain(snapshot), key),
    setPrototypeOf: (snapshot, proto) => Reflect.setPrototypeOf(LazySnapshot.#plain(snapshot), proto),
    preventExtensions: (snapshot) => Reflect.preventExtensions(LazySnapshot.#plain(snapshot)),
  }

  static #plain(snapshot: LazySnapshot): LazySnapshot {
    if (isPlain(snapshot)) return snapshot
    for (const key of OWN) LazySnapshot.#read(snapshot, key)
    Object.setPrototypeOf(snapshot, Object.prototype)
    return Object.assign(snapshot, SHARED)
  }
}

const isPlain = (snapshot: object) => Object.getPrototypeOf(snapshot) !== LazySnapshot.prototype

// A plain object has none of its own.
delete (LazySnapshot.prototype as { constructor?: unknown }).constructor
Object.assign(LazySnapshot.prototype, SHARED)

function activeIn(root: Active): PlanNode[] {
  const nodes: PlanNode[] = []
  walk(root, ({ node }) => nodes.push(node))
  return nodes
}

/** In the order in which they came, as XState has them. */
export function childrenIn({ root, spawned }: Pick<Inside, 'root' | 'spawned'>): readonly ChildEntry[] {
  const list = [...spawned]
  walk(root, ({ invoked }) => {
    for (const child of invoked) if (child) list.push(child)
  })
  return list.length > 1 ? list.toSorted((a, b) => a.place - b.place) : list
}
