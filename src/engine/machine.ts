import { type AnyActorScope, type AnyStateNode, type EventObject, type Snapshot, StateMachine } from 'xstate'
import { PipelineError, toData, toError } from '../errors.ts'
import type { ErrorData, Frame, FnMachine, PersistedSnapshot, PipelineContext } from '../types.ts'
import { checkData } from './check-data.ts'
import { Macrostep } from './macrostep.ts'
import { isRefusal, type Plan, planOf, type PlanTransition, type StateConfig } from './plan.ts'
import { adopt, type PlainSnapshot, restore } from './restore.ts'
import { childrenIn, LazySnapshot, type Owner } from './snapshot.ts'
import { lacking, NotUnderstood } from './understood.ts'

type Config = StateConfig & { id: string; version: string; context(args: object): PipelineContext }
type Implementations = { [kind in 'actors' | 'actions' | 'guards' | 'delays']?: Readonly<Record<string, unknown>> }
type AnySnapshot = PlainSnapshot | LazySnapshot

// StateMachine's own parameters say nothing about charts that are built at run time.
const Base = StateMachine as unknown as new (config: object, implementations: object) => FnMachine<unknown, unknown>

/**
 * XState's state machine with an interpreter that follows a plan of the chart (see plan.ts), and snapshots that are
 * checked to be data, carry the chart's version, and bring errors back. A chart or an implementation that the plan does
 * not understand runs on XState's own interpreter, and its first actor says so in the log.
 */
export class PipelineMachine extends Base implements Owner {
  readonly plan: Plan | undefined
  readonly #chart: Chart
  /** Why there is no plan, until it was told. */
  #untold: string | undefined
  #stock: PipelineMachine | undefined = undefined
  #before: LazySnapshot | undefined = undefined
  /** While it is false, somebody only asks what could happen. */
  #acting = false

  constructor(config: object, implementations: Implementations, chart: Chart = Chart.of(config as Config)) {
    const problem = chart.problem ?? (chart.plan && lacking(chart.plan, implementations))
    const plan = problem === undefined ? chart.plan : undefined
    const { id, version } = chart.config
    super(plan ? { id, version } : config, implementations)
    this.plan = plan
    this.#untold = problem
    this.#chart = chart
    if (!plan) return
    Object.assign(this, { config })
    for (const part of ['root', 'states', 'events', 'idMap'] as const) {
      Object.defineProperty(this, part, { get: () => chart.machine[part], enumerable: true, configurable: true })
    }
  }

  /** The same machine on XState's own interpreter. */
  get stock(): PipelineMachine {
    if (!this.plan) return this
    return (this.#stock ??= new PipelineMachine(this.config, this.implementations, this.#chart.withoutPlan()))
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
    const merged: Implementations = { ...this.implementations }
    for (const kind of ['actors', 'actions', 'guards', 'delays'] as const) {
      merged[kind] = { ...this.implementations[kind], ...implementations[kind] }
    }
    return new PipelineMachine(this.config, merged, this.#chart)
  }

  override getInitialSnapshot(scope: AnyActorScope, input?: unknown): never {
    const { plan } = this
    if (!plan) return super.getInitialSnapshot(scope as never, input) as never
    const event = { type: 'xstate.init', input } as EventObject
    const step = new Macrostep(this, plan, scope, event, (this.#before ??= LazySnapshot.before(this, plan)))
    let context = {}
    try {
      context = step.begin(input)
      return step.enter() as never
    } catch (error) {
      const { root } = this
      const initial = this.resolveState({ value: {}, context } as never)
      return { ...initial, status: 'error', error, _nodes: [root], tags: new Set(root.tags) } as never
    }
  }

  override start(snapshot: AnySnapshot, scope?: AnyActorScope): void {
    if (scope) this.#tell(scope)
    const own = LazySnapshot.behind(snapshot)
    if (!own) return super.start(snapshot as never)
    const children = childrenIn(LazySnapshot.inside(own))
    for (const { ref } of children) if (ref?.getSnapshot().status === 'active') ref.start()
  }

  /** Once for a machine: whoever brought what is not understood may not know what it costs. */
  #tell({ logger }: AnyActorScope): void {
    if (this.#untold === undefined) return
    logger(
      `[${this.id}]`,
      `This machine runs on XState's own interpreter, because ${this.#untold}. It does the same, but takes about 10 times as long for a step, and 100 times and more for a region of a wide parallel.`,
    )
    this.#untold = undefined
  }

  override transition(snapshot: AnySnapshot, event: EventObject, scope: AnyActorScope): never {
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
      return super.transition(snapshot as never, event as never, scope as never) as never
    } finally {
      this.#acting = false
    }
  }

  /** `can` of XState's own snapshots asks here as well: that an event would be refused is no transition to it. */
  override getTransitionData(...args: Parameters<FnMachine<unknown, unknown>['getTransitionData']>) {
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
    checkData(snapshot.context as PipelineContext)
    const { status, output, error, value, context, children } = snapshot
    const plain = { status, output, error, value, historyValue: {}, context, children }
    const persisted = super.getPersistedSnapshot((this.plan ? plain : snapshot) as never, options)
    const data: unknown = error instanceof PipelineError ? error.toJSON() : error
    return { ...persisted, error: data, version: this.#chart.config.version } as Snapshot<unknown> & PersistedSnapshot
  }

  /** A snapshot of another version becomes a run that has failed with `snapshot_mismatch`. */
  override restoreSnapshot(persisted: Snapshot<unknown>, scope: AnyActorScope): never {
    const { version, error } = persisted as PersistedSnapshot
    const accepted = version === this.#chart.config.version ? persisted : this.#refused(version, scope)
    const snapshot = { ...accepted, error: isErrorData(error) ? toError(error) : error } as unknown as PlainSnapshot
    const restored = this.plan && restore(this, this.plan, snapshot, scope)
    return (restored ?? super.restoreSnapshot(snapshot as never, scope as never)) as never
  }

  /** A throw in restoreSnapshot would leave an embedding machine waiting for ever; the `failed` state tells it. */
  #refused(version: unknown, { self }: AnyActorScope): Snapshot<unknown> {
    const { id } = this
    const { version: wanted, context: contextOf } = this.#chart.config
    const error = toData(
      new PipelineError({
        code: 'snapshot_mismatch',
        path: id,
        state: 'starting',
        message: `The snapshot is of version ${String(version)} and ${id} is of version ${wanted}: its states have changed. Finish the run on the old version, or start it anew.`,
      }),
    )
    const context = contextOf({ self, input: undefined })
    const root: Frame = { path: id, attempt: 1, input: undefined, error }
    const actor = `${id}#failed`
    return {
      status: 'active',
      value: 'failed',
      historyValue: {},
      context: { ...context, slots: [[root]] },
      children: { [actor]: { src: actor, snapshot: { status: 'active', input: error } } },
    } as unknown as Snapshot<unknown>
  }
}

const isErrorData = (error: unknown): error is ErrorData =>
  (error as Partial<ErrorData> | undefined)?.name === 'PipelineError'

/** What is worked out of a chart once, for all machines that differ only in their implementations. */
class Chart {
  readonly config: Config
  readonly plan: Plan | undefined
  /** What the plan does not understand of it. */
  readonly problem: string | undefined
  #machine: Nodes | undefined
  #stateNodes: readonly AnyStateNode[] | undefined

  constructor(config: Config, plan: Plan | NotUnderstood | undefined) {
    this.config = config
    this.plan = plan instanceof NotUnderstood ? undefined : plan
    this.problem = plan instanceof NotUnderstood ? plan.message : undefined
  }

  static of(config: Config): Chart {
    return new Chart(config, planOf(config.id, config))
  }

  withoutPlan(): Chart {
    return new Chart(this.config, undefined)
  }

  /** XState's own nodes: only inspectors, pictures and its own interpreter ask for them. */
  get machine(): Nodes {
    return (this.#machine ??= new Base(this.config, {}) as unknown as Nodes)
  }

  get stateNodes(): readonly AnyStateNode[] {
    return (this.#stateNodes ??= [...this.machine.idMap.values()])
  }
}
type Nodes = { root: AnyStateNode; states: object; events: string[]; idMap: ReadonlyMap<string, AnyStateNode> }
