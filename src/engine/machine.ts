import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  type EventObject,
  type Snapshot,
} from 'xstate'
import { failureData, toError } from '../errors.ts'
import { activeNodes, type Configuration, isConfiguration } from '../border/actors.ts'
import { globalState } from '../border/global-state.ts'
import { copyProvidedValues } from '../border/provided-values.ts'
import { CONTEXT_CODEC, SnapshotMismatch, RESUME, type Resume } from '../border/restore.ts'
import type { ErrorData, FnMachine, PersistedSnapshot, PipelineContext } from '../types.ts'
import {
  markSeen,
  isExternal,
  canListen,
  withRouting,
  externalEventIn,
} from '../border/external-events/current-event.ts'
import { OUTSIDE, liveRoot } from '../border/external-events/machines.ts'
import { attempt } from '../border/shape.ts'
import { onStock, STOCK } from '../border/stock.ts'
import { Base, Chart, type Config } from './chart.ts'
import { checkData, childrenToSave } from './check-data.ts'
import { type Birth, LightActor, NODES } from './internals.ts'
import { Macrostep } from './macrostep.ts'
import { isRefusal, type Plan, type PlanTransition } from './plan.ts'
import { deliverOrRefuse, schemasToSave } from './outside.ts'
import { warnOfUnknown } from './provided.ts'
import { adopt, isToStart, type PlainSnapshot, restore, restoreChildren } from './restore.ts'
import { refused } from './refused.ts'
import { resume } from './resume.ts'
import { runsFast } from './self-test.ts'
import { childrenIn, LazySnapshot, OF_THE_WHOLE, type Owner } from './snapshot.ts'
import { lacking } from './understood.ts'

type Implementations = { [kind in 'actors' | 'actions' | 'guards' | 'delays']?: Readonly<Record<string, unknown>> }
type AnySnapshot = PlainSnapshot | LazySnapshot

/**
 * XState's state machine with an interpreter that follows a plan of the chart (see plan.ts), and snapshots that are
 * checked to be data, carry the chart's version, and bring errors back. A chart or an implementation that the plan does
 * not understand runs on XState's own interpreter, and its first actor says so in the log.
 */
export class PipelineMachine extends Base implements Owner {
  readonly plan: Plan | undefined
  readonly #chart: Chart
  /** Why there is no plan, until the warning is logged. */
  #unloggedProblem: string | undefined
  #stock: PipelineMachine | undefined = undefined
  #before: LazySnapshot | undefined = undefined
  /** False while the caller only queries transitions (`can`, `getTransitionData`). */
  #acting = false

  constructor(config: object, implementations: Implementations, chart: Chart = Chart.of(config as Config)) {
    const problem = chart.problem ?? (chart.plan && lacking(chart.plan, implementations))
    const plan = problem === undefined && chart.plan && runsFast(make) ? chart.plan : undefined
    const { id, version } = chart.config
    super(
      plan ? { id, version } : config,
      chart.isStock ? { ...implementations, actors: onStock(implementations.actors) } : implementations,
    )
    this.plan = plan
    this.#unloggedProblem = problem
    this.#chart = chart
    if (!plan) return
    Object.assign(this, { config })
    for (const part of ['root', 'states', 'events', 'idMap'] as const) {
      Object.defineProperty(this, part, { get: () => chart.machine[part], enumerable: true, configurable: true })
    }
  }

  /** The same machine on XState's own interpreter and public API alone, with all that it runs below itself. */
  get stock(): PipelineMachine {
    if (this.isStock) return this
    return (this.#stock ??= copyProvidedValues(
      this,
      new PipelineMachine(this.config, this.implementations, this.#chart.asStock(this.#unloggedProblem)),
    ))
  }

  get isStock(): boolean {
    return this.#chart.isStock
  }

  [STOCK](): PipelineMachine {
    return this.stock
  }

  /** An actor of this machine below another one. */
  createChild(birth: Pick<Birth, 'id' | 'parent' | 'input'>): AnyActorRef {
    return this.plan
      ? LightActor.of(this, { ...birth, src: this, syncSnapshot: false })
      : createActor(this as AnyStateMachine, birth)
  }

  get stateNodes(): readonly AnyStateNode[] {
    return this.#chart.stateNodes
  }

  definitionOf({ source, event, index }: PlanTransition): unknown {
    const { always, transitions } = this.stateNodes[source.order] as AnyStateNode
    return (event === '' ? always : transitions.get(event))?.[index]
  }

  /** The same machine with other actors, actions or guards, by name. */
  override provide(implementations: Implementations): PipelineMachine {
    warnOfUnknown(this.#chart, this.id, this.implementations, implementations)
    const merged: Implementations = { ...this.implementations }
    for (const kind of ['actors', 'actions', 'guards', 'delays'] as const) {
      merged[kind] = { ...this.implementations[kind], ...implementations[kind] }
    }
    return copyProvidedValues(this, new PipelineMachine(this.config, merged, this.#chart))
  }

  override getInitialSnapshot(scope: AnyActorScope, input?: unknown): never {
    const { plan } = this
    if (!plan) return withTags(super.getInitialSnapshot(scope as never, input)) as never
    const event = { type: 'xstate.init', input } as EventObject
    const step = new Macrostep(this, plan, scope, event, (this.#before ??= LazySnapshot.before(this, plan)))
    let context = {}
    try {
      context = step.begin(input)
      return step.enter() as never
    } catch (error) {
      const { root } = this
      const initial = this.resolveState({ value: {}, context } as never)
      return { ...initial, status: 'error', error, [NODES]: [root], tags: new Set(root.tags) } as never
    }
  }

  override start(snapshot: AnySnapshot, scope?: AnyActorScope): void {
    if (scope) this.#tell(scope)
    const own = LazySnapshot.behind(snapshot)
    if (own) {
      const children = childrenIn(LazySnapshot.inside(own))
      for (const { ref } of children) if (isToStart(ref)) ref.start()
    } else {
      for (const ref of Object.values(snapshot.children))
        if (isToStart(ref as AnyActorRef)) (ref as AnyActorRef).start()
    }
    // A state that `resolveState` was asked for may be one that is left at once; any event makes it go on.
    const isAtRest = own ? LazySnapshot.inside(own).isAtRest : hasNothingToDo(snapshot)
    if ((own ?? snapshot).status === 'active' && !isAtRest) scope?.self.send({ type: 'tinyllm.resume' })
  }

  /** Logs once for a machine that it runs on XState's interpreter: the user may not know what that costs. */
  #tell({ logger }: AnyActorScope): void {
    if (this.#unloggedProblem === undefined) return
    logger(
      `[${this.id}]`,
      `This machine runs on XState's own interpreter, because ${this.#unloggedProblem}. It behaves the same, but takes about 10 times as long for a step, and 100 times or more for a region of a wide parallel.`,
    )
    this.#unloggedProblem = undefined
  }

  override transition(snapshot: AnySnapshot, event: EventObject, scope: AnyActorScope): never {
    const outside = this.#chart.config[OUTSIDE]
    // A copy: the event that is routed is the event that is taken.
    const sent = outside && externalEventIn(event)
    if (!sent) return this.#next(snapshot, event, scope)
    markSeen(event)
    return withRouting(liveRoot(outside, snapshot, scope.self), sent, (verdict) => {
      // One that has the name of XState's own, or none, would be taken for another.
      const next = canListen(sent) ? this.#next(snapshot, sent, scope) : (snapshot as never)
      if (outside.places.has(sent.type)) return next
      deliverOrRefuse(this, verdict, sent, snapshot, scope)
      return next
    })
  }

  #next(snapshot: AnySnapshot, event: EventObject, scope: AnyActorScope): never {
    return (this.#take(snapshot, event, scope) ?? this.#stockTransition(snapshot, event, scope)) as never
  }

  #take(snapshot: AnySnapshot, event: EventObject, scope: AnyActorScope): AnySnapshot | undefined {
    const { plan } = this
    if (!plan || event.type === '*') return undefined
    const own = LazySnapshot.behind(snapshot)
    if ((own ?? snapshot).status !== 'active') return undefined
    const inside = own && LazySnapshot.inside(own)
    if (own && inside?.root.node === plan.root) {
      if (!inside.isAtRest) return undefined
      return new Macrostep(this, plan, scope, event, snapshot as LazySnapshot, own).take()
    }
    const before = adopt(this, plan, snapshot)
    if (!before || !LazySnapshot.inside(before).isAtRest) return undefined
    const after = new Macrostep(this, plan, scope, event, before).take()
    return after === before ? snapshot : after
  }

  /** XState's own interpreter. */
  #stockTransition(snapshot: AnySnapshot, event: EventObject, scope: AnyActorScope): never {
    this.#acting = true
    try {
      return withTags(super.transition(snapshot as never, event as never, scope as never)) as never
    } finally {
      this.#acting = false
    }
  }

  /** `can` of XState's own snapshots calls this as well: rejecting an event does not count as a transition. */
  override getTransitionData(...args: Parameters<FnMachine<unknown, unknown>['getTransitionData']>) {
    const [snapshot, event] = args as unknown as [AnySnapshot, EventObject]
    const outside = this.#chart.config[OUTSIDE]
    if (!outside || this.#acting || !isExternal(event)) return this.#open(args)
    if (snapshot.status !== 'active' || !attempt(() => canListen(event))) return []
    return withRouting(liveRoot(outside, snapshot), event, ({ taker }) => {
      // The chart has no transition for what logic takes that is not known to hold any machine.
      return taker && !outside.places.has(event.type) ? ([{ actions: ['deliver'] }] as never) : this.#open(args)
    })
  }

  #open(args: Parameters<FnMachine<unknown, unknown>['getTransitionData']>) {
    const [snapshot, event] = args as unknown as [AnySnapshot, EventObject]
    const own = this.#acting ? undefined : LazySnapshot.behind(snapshot)
    if (own?.machine === this) {
      const open = LazySnapshot.select(snapshot as LazySnapshot, event).filter(({ refuses }) => !refuses)
      return open.map((transition) => this.definitionOf(transition)) as never
    }
    const found = super.getTransitionData(...args)
    return this.#acting ? found : found.filter(({ meta }) => !isRefusal(meta))
  }

  /** The run as JSON data; throws, with the place, on what JSON cannot hold. */
  override getPersistedSnapshot(snapshot: AnySnapshot, options?: unknown): Snapshot<unknown> & PersistedSnapshot {
    const { config } = this.#chart
    const { status, output, error, value, children } = snapshot
    const context = config[CONTEXT_CODEC]?.persist(snapshot.context) ?? snapshot.context
    checkData(context as PipelineContext)
    return {
      status,
      output,
      error: status === 'error' ? failureData(error, this.id) : undefined,
      value,
      historyValue: {},
      context,
      children: childrenToSave(children as never, this.implementations.actors, options as object | undefined),
      version: config.version,
      ...schemasToSave(config[OUTSIDE], snapshot),
    } as never
  }

  /** A snapshot that does not belong to a run of this chart is restored as a run that failed with `snapshot_mismatch`. */
  override restoreSnapshot(saved: Snapshot<unknown>, scope: AnyActorScope): never {
    try {
      const accepted = resumed.has(saved) ? (saved as unknown as PlainSnapshot) : this.#resume(saved, scope.self)
      return this.#restored(accepted, scope) as never
    } catch (thrown) {
      // A throw here would leave an embedding machine waiting forever; the `failed` state notifies it.
      return this.#restored(refused(this.id, this.#chart.config, thrown, scope.self), scope) as never
    }
  }

  #restored(accepted: PlainSnapshot, scope: AnyActorScope): AnySnapshot {
    const { error } = accepted
    const snapshot = { historyValue: {}, ...accepted, error: error && toError(error as ErrorData) }
    const restored = this.plan && restore(this, this.plan, snapshot, scope)
    if (restored) return restored
    const children = this.#chart.structure ? restoreChildren(this, snapshot.children, scope) : undefined
    const rest = children ? { ...snapshot, children: {} } : snapshot
    const stock = withTags(super.restoreSnapshot(rest as never, scope as never) as unknown as PlainSnapshot)
    return children ? Object.assign(stock, { children }) : stock
  }

  /** The same for a machine in a machine: of an item of a map, or in an actor. */
  [RESUME](...[saved, , parent]: Parameters<Resume>): Snapshot<unknown> {
    const { version } = this.#chart.config
    const snapshot = { ...this.#resume(saved, parent), version } as unknown as Snapshot<unknown>
    resumed.add(snapshot)
    return snapshot
  }

  #resume(saved: unknown, self: AnyActorRef): PlainSnapshot {
    const { structure: plan, config } = this.#chart
    const isLive = isConfiguration(saved)
    const { version } = (isLive ? Object(saved.machine) : Object(saved)) as { version?: unknown }
    if (version !== config.version) {
      const why =
        version === undefined
          ? 'it does not come from getPersistedSnapshot(). Save that, not getSnapshot().'
          : 'its states have changed. Finish the run on the old version, or start a new run.'
      const versions = `of version ${String(version)} and ${this.id} is of version ${config.version}`
      throw new SnapshotMismatch(this.id, `The snapshot is ${versions}: ${why}`)
    }
    if (!plan) return saved as PlainSnapshot
    const { actors } = this.implementations
    return resume({ id: this.id, plan, actors, keeps: config[CONTEXT_CODEC] }, saved, self, isLive)
  }
}

const make = (config: object, implementations: Implementations) => new PipelineMachine(config, implementations)

/** A snapshot of XState's interpreter knows of waits below as well. */
const withTags = <S extends object>(snapshot: S): S => Object.assign(snapshot, OF_THE_WHOLE)

/** Parts of a run that were held against their charts with the whole of it. */
const resumed = globalState('resumed', () => new WeakSet<object>())

/** The same of a snapshot of XState's interpreter. */
const hasNothingToDo = (snapshot: object): boolean =>
  activeNodes(snapshot as Configuration).every(({ always }) => !always?.length)
