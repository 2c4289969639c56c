import {
  Actor,
  type ActorOptions,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyTransitionDefinition,
  type EventObject,
  type InspectionEvent,
  type Snapshot,
} from 'xstate'
import { rootActorOf } from '../border/actors.ts'
import { reportDroppedEvents } from '../border/external-events/dropped-events.ts'

/**
 * Everything that XState keeps to itself (its names begin with `_`) and that the engine uses all the same stands in this
 * file, and nowhere else in `src`. Another version of xstate may change any of it: self-test.ts finds out by trying it,
 * and then all runs on public API. `engine: 'stock'` never comes here.
 */

/** The key under which a machine's snapshot has its active states. */
export const NODES = '_nodes'
/** The key under which a microstep has its transitions, as observers get it. */
export const TRANSITIONS = '_transitions'

/** The transitions that a microstep took, as an observer gets it. */
export const transitionsOf = (microstep: InspectionEvent): readonly AnyTransitionDefinition[] =>
  (microstep as unknown as { _transitions: readonly AnyTransitionDefinition[] })._transitions

/** Lets those who inspect a system know. XState copies the event (`{ ...event }`), and only if there is an observer. */
export const sendInspectionEvent = (system: AnyActorRef['system'], event: object): void =>
  (system as System)._sendInspectionEvent(event)

type System = AnyActorRef['system'] & {
  /** The next session id. */
  _bookId(): string
  _sendInspectionEvent(event: object): void
  scheduler: { cancelAll(actor: object): void }
}

/** The `_processingStatus` of an actor: `@xstate/react` reads it as well. */
const Status = { NotStarted: 0, Running: 1, Stopped: 2 } as const

/** What an actor does with its own parts. */
type Inherited = {
  update(snapshot: Snapshot<unknown>, event: EventObject): void
  _process(event: EventObject): void
  _error(error: unknown): void
  _complete(): void
  _send(event: EventObject): void
  send(event: EventObject): void
  subscribe(...args: unknown[]): unknown
  on(...args: unknown[]): unknown
}

/** What a scope's `actionExecutor` is asked to do. */
type Effect = { type: string; params: unknown; info: unknown; exec?: (info: unknown, params: unknown) => void }

/** The options that an actor is made with: as many of XState's as a light actor has. */
export type Birth = {
  readonly id: string
  readonly src: string | AnyActorLogic
  readonly parent: AnyActorRef
  readonly input: unknown
  readonly syncSnapshot: false
}

const inherited = Actor.prototype as unknown as Inherited

// Of an actor that nobody observes and that defers nothing. Nothing is ever put into them.
const NOBODY: ReadonlySet<never> = new Set()
const NO_LISTENERS: ReadonlyMap<string, unknown> = new Map()
const NOTHING: readonly never[] = []

/**
 * A child actor that differs from XState's only in its construction: the constructor of `Actor` creates a mailbox, a
 * scope, an options object, sets of observers, and five bound functions, which together cost more than everything else
 * that happens in a short step. Here each part is created on first access. What a part does is left to the methods
 * that it inherits from `Actor`; those written again are the ones that use the mailbox. Nor is it in XState's register
 * of session ids, which nothing reads.
 */
export class LightActor {
  readonly logic: AnyActorLogic
  readonly id: string
  readonly src: string | AnyActorLogic
  readonly _parent: AnyActorRef
  readonly system: System
  _processingStatus: 0 | 1 | 2 = Status.NotStarted
  _snapshot: Snapshot<unknown> = undefined as never
  _doneEvent: unknown = undefined
  readonly options: Birth
  #sessionId: string | undefined = undefined
  /** Events that came before the actor was ready, or while it was busy with another one. */
  #queue: EventObject[] | undefined = undefined
  #isReady = false
  #deferred: (() => void)[] | undefined = undefined
  #observers: Set<unknown> | undefined = undefined
  #listeners: Map<string, Set<(event: EventObject) => void>> | undefined = undefined
  #executor: ((effect: Effect) => void) | undefined = undefined

  constructor(logic: AnyActorLogic, birth: Birth) {
    const { id, src, parent, input } = birth
    this.options = birth
    this.logic = logic
    this.id = id
    this.src = src
    this._parent = parent
    this.system = parent.system as System
    this.system._sendInspectionEvent({ type: '@xstate.actor', actorRef: this })
    try {
      this._snapshot = logic.getInitialSnapshot(this as never, input) as Snapshot<unknown>
    } catch (error) {
      this._snapshot = { status: 'error', output: undefined, error }
    }
  }

  static of(logic: AnyActorLogic, birth: Birth): AnyActorRef {
    return new LightActor(logic, birth) as unknown as AnyActorRef
  }

  /** Whether there is nothing left to stop: it has ended, and its own children with it. */
  static isOver(actor: object | undefined): boolean {
    return actor !== undefined && #observers in actor && actor._processingStatus === Status.Stopped
  }

  start(): this {
    if (this._processingStatus === Status.Running) return this
    const { system, logic } = this
    this._processingStatus = Status.Running
    const event = { type: 'xstate.init', input: this.options.input }
    system._sendInspectionEvent({ type: '@xstate.event', sourceRef: this._parent, actorRef: this, event })
    if (this._snapshot.status === 'error') this.#its._error(this._snapshot.error)
    else if (this._snapshot.status === 'done') this.#its.update(this._snapshot, event)
    else this.#begin(logic, event)
    return this
  }

  #begin(logic: AnyActorLogic, event: EventObject): void {
    try {
      logic.start?.(this._snapshot, this as never)
    } catch (error) {
      this._snapshot = { ...this._snapshot, status: 'error', error } as Snapshot<unknown>
      this.#its._error(error)
      return
    }
    this.#its.update(this._snapshot, event)
    this.#flush()
  }

  _send(event: EventObject): void {
    // XState warns in development.
    if (this._processingStatus === Status.Stopped) inherited._send.call(this, event)
    else if (this.#isReady) this.#flush(event)
    else (this.#queue ??= []).push(event)
  }

  _stop(): this {
    if (this._processingStatus === Status.Stopped) return this
    this.#queue = undefined
    if (this._processingStatus === Status.NotStarted) this._processingStatus = Status.Stopped
    else this._send({ type: 'xstate.stop' })
    return this
  }

  _stopProcedure(): this {
    if (this._processingStatus !== Status.Running) return this
    this.system.scheduler.cancelAll(this)
    const lost = this.#queue
    this.#queue = undefined
    this.#isReady = false
    this._processingStatus = Status.Stopped
    if (lost) reportDroppedEvents(this as unknown as AnyActorRef, lost)
    return this
  }

  /** Takes this event, and then those that came meanwhile. */
  #flush(event?: EventObject): void {
    this.#isReady = false
    for (let next = event ?? this.#queue?.shift(); next; next = this.#queue?.shift()) this.#its._process(next)
    this.#isReady = this._processingStatus === Status.Running
  }

  subscribe(...args: unknown[]): unknown {
    this.#observers ??= new Set()
    return inherited.subscribe.apply(this, args)
  }

  on(...args: unknown[]): unknown {
    this.#listeners ??= new Map()
    return inherited.on.apply(this, args)
  }

  _complete(): void {
    if (this.#observers || this.#listeners) inherited._complete.call(this)
  }

  get #its(): Inherited {
    return this as unknown as Inherited
  }

  get send(): (event: EventObject) => void {
    return (event) => inherited.send.call(this, event)
  }

  get sessionId(): string {
    return (this.#sessionId ??= this.system._bookId())
  }

  get ref(): this {
    return this
  }

  get clock(): unknown {
    return rootOptions(this).clock
  }

  get logger(): unknown {
    return rootOptions(this).logger
  }

  get _syncSnapshot(): boolean {
    return false
  }

  get observers(): ReadonlySet<unknown> {
    return this.#observers ?? NOBODY
  }

  /** `@xstate/react` mutes them while a component is away. */
  set observers(observers: Set<unknown>) {
    this.#observers = observers
  }

  get eventListeners(): ReadonlyMap<string, unknown> {
    return this.#listeners ?? NO_LISTENERS
  }

  get _deferred(): readonly (() => void)[] {
    return this.#deferred ?? NOTHING
  }

  // It is its own scope: what its logic is told of it. The functions are bound, since logic may take them apart.

  get _actorScope(): this {
    return this
  }

  get self(): this {
    return this
  }

  /** Keeps an effect until the transition has ended. */
  get defer() {
    return (effect: () => void): void => {
      ;(this.#deferred ??= []).push(effect)
    }
  }

  get actionExecutor(): (effect: Effect) => void {
    return this.#executor ?? ((effect) => this.#perform(effect))
  }

  /** XState's interpreter puts another one in its place while it enters the initial states. */
  set actionExecutor(executor) {
    this.#executor = executor
  }

  #perform({ type, params, info, exec }: Effect): void {
    const act = () => {
      this.system._sendInspectionEvent({ type: '@xstate.action', actorRef: this, action: { type, params } })
      exec?.(info, params)
    }
    if (this._processingStatus === Status.Running) act()
    else this.defer(act)
  }

  get emit() {
    return (event: EventObject): void => {
      const listeners = this.#listeners
      if (!listeners) return
      for (const handler of [...(listeners.get(event.type) ?? []), ...(listeners.get('*') ?? [])]) {
        try {
          handler(event)
        } catch (error) {
          setTimeout(() => {
            throw error
          })
        }
      }
    }
  }

  get stopChild() {
    return (child: LightActor): void => {
      if ((child._parent as unknown) !== this) {
        throw new Error(`Cannot stop child actor ${child.id} of ${this.id} because it is not a child`)
      }
      child._stop()
    }
  }
}
Object.setPrototypeOf(LightActor.prototype, Actor.prototype)

/** A system has the clock and the logger of its root. */
const rootOptions = (actor: LightActor): ActorOptions<AnyActorLogic> =>
  (rootActorOf(actor as unknown as AnyActorRef) as Actor<AnyActorLogic>).options
