import { exclude, need, needKeys, NotUnderstood } from './understood.ts'

/**
 * What can be computed from a chart before any run: for each state its entry actions and invokes, for each transition
 * the states that it exits and enters, for each event the states that handle it.
 *
 * The plan understands the charts that the compiler makes: named actions, guards and actors, single targets, no
 * history, delays, wildcards or exit actions. Anything that is not listed here is not supported; the machine then runs
 * on XState's own interpreter, and logs why.
 */
export type Plan = {
  root: PlanNode
  /** In document order: XState's own StateNodes have the same places. */
  nodes: readonly PlanNode[]
  /** Who listens to an event, the inner before the outer, else in document order. */
  listeners: ReadonlyMap<string, readonly Listener[]>
  /** The names of the actors that states invoke, and of the actions that states and transitions have. */
  sources: ReadonlySet<string>
  actions: ReadonlySet<string>
}
export type Listener = { node: PlanNode; transitions: readonly PlanTransition[] }

export type InvokePlan = { id: string; src: string; input: unknown }

const NONE = new Map<string, never>()

/** One state of the chart. */
export class PlanNode {
  readonly key: string
  readonly parent: PlanNode | undefined
  /** Its place among its siblings. */
  readonly index: number
  readonly type: 'atomic' | 'final' | 'compound' | 'parallel'
  readonly id: string
  readonly config: StateConfig
  /** From the root to this state. */
  readonly path: readonly PlanNode[]
  /** Its place in document order, and that of the last state inside it. */
  readonly order: number
  last: number
  readonly states: PlanNode[] = []
  readonly byKey: Map<string, PlanNode>
  readonly entry: readonly string[]
  readonly invoke: readonly InvokePlan[]
  /** Raised when it is complete. */
  readonly done: string
  /** Of an atomic state that is left at once: the last of these has no guard. */
  always: readonly PlanTransition[] | undefined = undefined

  constructor(config: StateConfig, key: string, parent: PlanNode | undefined, order: number) {
    this.config = config
    this.key = key
    this.parent = parent
    this.index = parent ? parent.states.length : 0
    this.id = parent ? `${parent.id}.${key}` : key
    this.path = parent ? [...parent.path, this] : [this]
    this.order = order
    this.last = order
    this.byKey = config.states ? new Map() : NONE
    this.type = config.type ?? (config.states ? 'compound' : 'atomic')
    this.entry = names(config.entry, this)
    this.invoke = listOf(config.invoke).map((invoke) => invokeOf(invoke, this))
    this.done = `xstate.done.state.${this.id}`
  }

  get initial(): PlanNode {
    return this.byKey.get(this.config.initial as string) as PlanNode
  }

  /** Whether it lies inside another state. */
  isBelow(other: PlanNode): boolean {
    return this.order > other.order && this.order <= other.last
  }
}

export type PlanTransition = {
  source: PlanNode
  /** Under which event XState files it, and at which place; `''` for an eventless one. */
  event: string
  index: number
  guard: string | undefined
  actions: readonly string[]
  /** It only says that an event cannot be taken: `can` does not count it. */
  refuses: boolean
  /** The states entered on the way to the target, the outermost first; empty without a target. */
  enters: readonly PlanNode[]
  /** The compound state inside which everything happens: what is active in it is left. */
  domain: PlanNode
}

export type StateConfig = {
  type?: 'final' | 'parallel'
  initial?: string
  states?: Record<string, StateConfig>
  on?: Record<string, unknown>
  [key: string]: unknown
}
type TransitionConfig = { target?: string; guard?: string; actions?: unknown; meta?: unknown; reenter?: unknown }

export const isRefusal = (meta: unknown): boolean => (meta as { refusal?: unknown } | undefined)?.refusal === true

/** The plan of a chart, or why it has none. */
export function planOf(id: string, config: StateConfig): Plan | NotUnderstood {
  try {
    return build(id, config)
  } catch (thrown) {
    if (thrown instanceof NotUnderstood) return thrown
    throw thrown
  }
}

function build(id: string, config: StateConfig): Plan {
  const nodes: PlanNode[] = []
  const innerFirst: PlanNode[] = []
  const add = (state: StateConfig, key: string, parent?: PlanNode): PlanNode => {
    const node = new PlanNode(state, key, parent, nodes.length)
    needKeys(state, parent ? STATE : ROOT, node)
    nodes.push(node)
    for (const [childKey, child] of Object.entries(state.states ?? {})) {
      const built = add(child, childKey, node)
      node.states.push(built)
      node.byKey.set(childKey, built)
    }
    checkShape(node)
    node.last = nodes.length - 1
    innerFirst.push(node)
    return node
  }
  const root = add(config, id)
  need(root.type === 'compound', root)
  need(config.output === undefined || typeof config.output === 'function', root)

  const listeners = new Map<string, Listener[]>()
  const invoking = new Map<string, PlanNode[]>()
  const actions = new Set<string>()
  const listen = (node: PlanNode, event: string, configs: unknown) => {
    const listener = { node, transitions: transitionsOf(node, event, configs) }
    const others = listeners.get(event)
    if (others) others.push(listener)
    else listeners.set(event, [listener])
    for (const transition of listener.transitions) for (const name of transition.actions) actions.add(name)
  }
  for (const node of innerFirst) {
    for (const name of node.entry) actions.add(name)
    for (const [event, configs] of Object.entries(node.config.on ?? {})) {
      need(event !== '' && !event.includes('*') && !event.startsWith('xstate.'), node)
      listen(node, event, configs)
    }
    if (node.config.onDone) listen(node, node.done, node.config.onDone)
    for (const { id: name, onDone, onError } of listOf(node.config.invoke) as InvokeConfig[]) {
      // A function that waits for its turn and then holds it has one name for both; it never does both at once.
      const others = invoking.get(name) ?? []
      need(
        others.every((other) => exclude(other, node)),
        node,
      )
      invoking.set(name, [...others, node])
      if (onDone) listen(node, `xstate.done.actor.${name}`, onDone)
      if (onError) listen(node, `xstate.error.actor.${name}`, onError)
    }
    if (node.config.always) node.always = eventless(node, actions)
  }
  for (const several of listeners.values()) {
    const crossing = several.length > 1 && several.find(({ transitions }) => !transitions.every(isApart))
    if (crossing) need(false, crossing.node)
  }
  return {
    root,
    nodes,
    listeners,
    actions,
    sources: new Set(nodes.flatMap(({ invoke }) => invoke.map(({ src }) => src))),
  }
}

type InvokeConfig = { id: string; src: string; input?: unknown; onDone?: unknown; onError?: unknown }

function checkShape(node: PlanNode): void {
  const { type, config, initial, states } = node
  if (type === 'final') needKeys(config, FINAL, node)
  else if (type === 'compound') need(initial !== undefined, node)
  else if (type === 'parallel') {
    need(states.length > 0 && states.every((region) => region.type === 'compound'), node)
  } else need(type === 'atomic', node)
}

const TEXTS = ['meta', 'description', 'tags']
const STATE = new Set(['type', 'initial', 'states', 'entry', 'always', 'on', 'onDone', 'invoke', ...TEXTS])
const FINAL = new Set(['type', 'entry', ...TEXTS])
const ROOT = new Set([...STATE, 'id', 'version', 'context', 'output'])
const TRANSITION = new Set(['target', 'guard', 'actions', 'reenter', ...TEXTS])
const INVOKE = new Set(['src', 'id', 'input', 'onDone', 'onError'])

/** Such a state is never at rest, so only states just entered are asked for eventless transitions. */
function eventless(node: PlanNode, actions: Set<string>): readonly PlanTransition[] {
  const transitions = transitionsOf(node, '', node.config.always)
  const leaves = transitions.every(({ enters }) => enters.length > 0 && enters.at(-1) !== node)
  need(node.type === 'atomic' && leaves, node)
  need(transitions.at(-1)?.guard === undefined, node)
  need(transitions.every(isApart), node)
  for (const transition of transitions) for (const name of transition.actions) actions.add(name)
  return transitions
}

/**
 * Whether no parallel state lies between what it leaves and its source. Then it cannot be in the way of a transition
 * that is taken at the same time: that one's source is in another region, and so would be the parallel state.
 */
const isApart = ({ source, domain }: PlanTransition): boolean =>
  source.path.every((node) => node.type !== 'parallel' || node === source || !node.isBelow(domain))

function transitionsOf(source: PlanNode, event: string, configs: unknown): PlanTransition[] {
  return (Array.isArray(configs) ? (configs as unknown[]) : [configs]).map((config, index) => {
    const { target, guard, actions, meta, reenter } = (
      typeof config === 'object' && config !== null ? config : { target: config }
    ) as TransitionConfig
    if (typeof config === 'object') needKeys(Object(config) as object, TRANSITION, source)
    need(guard === undefined || typeof guard === 'string', source)
    need(reenter === undefined || reenter === true, source)
    const own = names(actions, source)
    const rest = { guard, actions: own, refuses: isRefusal(meta), enters: [], domain: source }
    const transition = { source, event, index, ...rest }
    return target ? { ...transition, ...wayTo(source, targetOf(source, target), reenter) } : transition
  })
}

/** A target as XState writes it: `#root.a.b`, `.child`, `sibling.a`. */
function targetOf(source: PlanNode, target: unknown): PlanNode {
  need(typeof target === 'string' && !target.includes('\\'), source)
  const root = source.path[0] as PlanNode
  const absolute = target.startsWith('#')
  const inside = target.startsWith('.')
  const [first, ...rest] = target.slice(absolute || inside ? 1 : 0).split('.') as [string, ...string[]]
  need(!absolute || first === root.id, source)
  let node = absolute ? root : (inside ? source : source.parent)?.byKey.get(first)
  for (const key of rest) node = node?.byKey.get(key)
  need(node !== undefined, source)
  return node
}

/** XState's domain (the least compound that holds both ends; the source itself for a target inside it), and the way in. */
function wayTo(source: PlanNode, target: PlanNode, reenter: unknown): Pick<PlanTransition, 'domain' | 'enters'> {
  // A source around its target stays. That is understood at the root only, where nothing else moves at the same time.
  // One that is entered again is left like any other.
  const goesOut = (target === source && reenter === true) || (target !== source && !target.isBelow(source))
  need(!source.parent || goesOut, source)
  const around = target.path.findLast((node) => node !== target && source.isBelow(node))
  const domain = source.parent ? around : source
  need(domain?.type === 'compound', source)
  const enters = target.path.slice(domain.path.length)
  const isPlain = enters.length > 0 && enters.every((node) => node === target || node.type === 'compound')
  need(isPlain, source)
  return { domain, enters }
}

function invokeOf(config: unknown, node: { id: string }): InvokePlan {
  needKeys(Object(config) as object, INVOKE, node)
  const { id, src, input } = config as InvokeConfig
  const isNamed = typeof id === 'string' && typeof src === 'string' && !src.startsWith('xstate.invoke.')
  need(isNamed, node)
  return { id, src, input }
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])

function names(actions: unknown, node: { id: string }): readonly string[] {
  const list = listOf(actions)
  need(
    list.every((action) => typeof action === 'string'),
    node,
  )
  return list as string[]
}
