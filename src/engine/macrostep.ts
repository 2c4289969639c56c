import type { AnyActorRef, AnyActorScope, EventObject } from 'xstate'
import { Active, type ChildEntry, child, find, type Invoked, put, Regions } from './configuration.ts'
import { type Args, assigned, invoke, isAssign, perform, type Spawn, spawner, stop } from './effects.ts'
import type { Plan, PlanNode, PlanTransition } from './plan.ts'
import { report } from './report.ts'
import { select, selectEventless } from './select.ts'
import { childrenIn, type Inside, LazySnapshot, type SnapshotStatus, type Owner } from './snapshot.ts'

const NONE: readonly never[] = []
const ACTIVE: SnapshotStatus = { status: 'active' }

/**
 * One event taken to its end, as SCXML's interpreter and XState's take it: a microstep for the event, then one for
 * each round of eventless transitions and for each raised event, until nothing is left to do.
 *
 * What holds throughout:
 * - States are left in reverse document order, then come the actions of the transitions, then states are entered in
 *   document order: entry actions first, then invokes.
 * - A state with eventless transitions always has one to take. So all that could have any are those just entered, and
 *   `#pending` holds them in the order in which they were.
 * - The configuration is never changed in place: a snapshot that an observer received meanwhile stays as it was.
 */
export class Macrostep {
  readonly guards: Readonly<Record<string, unknown>>
  context: object
  readonly #owner: Owner
  readonly #plan: Plan
  readonly #scope: AnyActorScope
  readonly #raised: EventObject[] = []
  #event: EventObject
  #chosen: readonly PlanTransition[] = NONE
  #root: Active
  #spawned: readonly ChildEntry[]
  #spawner: Spawn | undefined = undefined
  #pending: PlanNode[] = []
  #outcome = ACTIVE
  #inside: Inside
  #snapshot: LazySnapshot
  /** The context and the status of that snapshot. */
  #told: object
  #status: string

  /** `own` is the object behind `from`. */
  constructor(
    owner: Owner,
    plan: Plan,
    scope: AnyActorScope,
    event: EventObject,
    from: LazySnapshot,
    own = LazySnapshot.behind(from) as LazySnapshot,
  ) {
    const { context, status } = own
    const inside = LazySnapshot.inside(own)
    this.guards = owner.implementations.guards
    this.context = context
    this.#owner = owner
    this.#plan = plan
    this.#scope = scope
    this.#event = event
    this.#root = inside.root
    this.#spawned = inside.spawned
    this.#inside = inside
    this.#snapshot = from
    this.#told = context
    this.#status = status
  }

  /** The run begins, with the context that it starts with. */
  begin(input: unknown): object {
    const { context } = this.#plan.root.config
    if (typeof context === 'function') {
      this.context = { ...context({ input, self: this.#scope.self, spawn: this.#spawn }) }
    }
    return this.context
  }

  /** The run's first microstep enters the initial states; as in XState, no observer is notified. */
  enter(): LazySnapshot {
    this.#root = this.#enter(this.#plan.root)
    if (this.#root.isFinal) this.#finish(this.#root.inner as Active)
    return this.#settle()
  }

  /** The run takes the event. */
  take(): LazySnapshot {
    const event = this.#event
    if (event.type === 'xstate.stop') return this.#end({ status: 'stopped' })
    const chosen = select(this.#plan, this.#root, event, this)
    if (chosen.length === 0 && event.type.startsWith('xstate.error.actor')) {
      return this.#end({ status: 'error', error: (event as { error?: unknown }).error })
    }
    this.#microstep(chosen)
    return this.#settle()
  }

  #settle(): LazySnapshot {
    while (this.#outcome === ACTIVE) {
      let chosen = selectEventless(this.#pending, this.#event, this)
      if (chosen.length === 0) {
        const raised = this.#raised.shift()
        if (!raised) break
        this.#event = raised
        chosen = select(this.#plan, this.#root, raised, this)
      }
      this.#microstep(chosen)
    }
    const snapshot = this.snapshot()
    if (this.#outcome !== ACTIVE) this.#stopAll()
    return snapshot
  }

  #microstep(chosen: readonly PlanTransition[]): void {
    this.#chosen = chosen
    if (this.#pending.length > 0) this.#pending = []
    // Without a target a transition leaves and enters nothing.
    for (let at = chosen.length - 1; at >= 0; at--) {
      const { domain, enters } = chosen[at] as PlanTransition
      if (enters.length > 0) this.#exit(find(this.#root, domain)?.inner as Active)
    }
    for (const { actions } of chosen) this.#act(actions)
    for (const { domain, enters } of chosen) if (enters.length > 0) this.#arrive(domain, enters)
    report(this.#scope.system, this)
  }

  #exit({ inner, regions, invoked }: Active): void {
    if (inner) this.#exit(inner)
    if (regions) {
      for (const chunk of regions.chunks.toReversed()) for (const region of chunk.toReversed()) this.#exit(region)
    }
    for (const one of invoked) stop(one?.ref, this.#args(), this.#scope)
  }

  /** Enters the states on the way into a domain; a final one may complete it, and a parallel state around it. */
  #arrive(domain: PlanNode, enters: readonly PlanNode[]): void {
    const inner = this.#enter(enters[0] as PlanNode, enters)
    this.#root = put(this.#root, domain, inner)
    if (inner.node.type !== 'final') return
    const around = domain.parent
    if (!around) this.#finish(inner)
    else if (find(this.#root, around)?.regions?.final === around.states.length) this.#raise(around)
  }

  /** Enters a state, and in it the next one on the way or, by default, the initial one. */
  #enter(node: PlanNode, way: readonly PlanNode[] = NONE, depth = 0): Active {
    this.#act(node.entry)
    const invoked = node.invoke.length === 0 ? NONE : this.#invoke(node)
    switch (node.type) {
      case 'atomic':
        if (node.always) this.#pending.push(node)
        return new Active(node, invoked)
      case 'final':
        if (node.parent?.type === 'compound') this.#raise(node.parent)
        return new Active(node, invoked)
      case 'compound':
        return new Active(node, invoked, this.#enter(way[depth + 1] ?? node.initial, way, depth + 1))
      case 'parallel': {
        const regions = Regions.of(node.states.map((region) => this.#enter(region)))
        if (regions.final === node.states.length) this.#raise(node)
        return new Active(node, invoked, undefined, regions)
      }
    }
  }

  #invoke({ invoke: plans }: PlanNode): Invoked {
    return plans.map((plan) => invoke(plan, this.#owner, this.#args(), this.#scope))
  }

  #raise({ done }: PlanNode): void {
    this.#raised.push({ type: done, output: undefined } as EventObject)
  }

  #finish({ node }: Active): void {
    const { output } = this.#plan.root.config
    const event = { type: `xstate.done.state.${node.id}`, output: undefined }
    const { context } = this
    const { self } = this.#scope
    this.#outcome = { status: 'done', output: typeof output === 'function' ? output({ context, event, self }) : output }
  }

  #act(actions: readonly string[]): void {
    for (const name of actions) {
      const action = this.#owner.implementations.actions[name]
      if (isAssign(action)) {
        const { self, system } = this.#scope
        const given = { context: this.context, event: this.#event, self, system, spawn: this.#spawn }
        this.context = assigned(action, given)
      } else {
        perform(name, action, this.#args(), this.#scope)
      }
    }
  }

  get #spawn(): Spawn {
    return (this.#spawner ??= (src, options) => {
      const ref = spawner(this.#owner, this.#scope, this.#args())(src, options)
      this.#spawned = adding(this.#spawned, child(ref.id, ref))
      return ref
    })
  }

  #args(): Args {
    const { self, system } = this.#scope
    return { context: this.context, event: this.#event, self, system }
  }

  /** Ends the run in its current state. */
  #end(outcome: SnapshotStatus): LazySnapshot {
    this.#stopAll()
    this.#outcome = outcome
    this.#snapshot = new LazySnapshot(this.#owner, outcome, this.context, this.#inside, {})
    this.#told = this.context
    this.#status = outcome.status
    report(this.#scope.system, this)
    return this.#snapshot
  }

  #stopAll(): void {
    const children = childrenIn({ root: this.#root, spawned: this.#spawned })
    for (const { ref } of children) stop(ref, this.#args(), this.#scope)
  }

  get actorRef(): AnyActorRef {
    return this.#scope.self
  }

  get event(): EventObject {
    return this.#event
  }

  definitions(): unknown[] {
    return this.#chosen.map((transition) => this.#owner.definitionOf(transition))
  }

  /** How things are now; the same object as long as nothing changes. */
  snapshot(): LazySnapshot {
    const { root, spawned } = this.#inside
    const moved = root !== this.#root || spawned !== this.#spawned
    if (moved) this.#inside = { root: this.#root, spawned: this.#spawned, isAtRest: this.#pending.length === 0 }
    if (moved || this.#told !== this.context || this.#status !== this.#outcome.status) {
      this.#snapshot = new LazySnapshot(this.#owner, this.#outcome, this.context, this.#inside)
      this.#told = this.context
      this.#status = this.#outcome.status
    }
    return this.#snapshot
  }
}

/** A child with the same id as another replaces it; the other no longer has a parent, as in XState. */
function adding(children: readonly ChildEntry[], added: ChildEntry): readonly ChildEntry[] {
  const at = children.findIndex(({ id }) => id === added.id)
  if (at === -1) return [...children, added]
  return children.with(at, { ...added, place: (children[at] as ChildEntry).place })
}
