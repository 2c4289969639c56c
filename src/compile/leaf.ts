import type { ActorLogic, AnyActorRef, AnyActorScope, Snapshot } from 'xstate'
import type { RunContext } from '../types.ts'

/** The event that carries what a leaf emits up to the root. */
export const EMIT = 'tinyllm.emit'
export type EmitEvent = { type: typeof EMIT; path: string; event: { type: string; [key: string]: unknown } }

/** What a leaf does: a function of its input, async or not. */
export type Work = (input: never, ctx: RunContext) => unknown

/** What a leaf's actor gets: its value, and what it must know to be called again without harm. */
export type Call = { input: unknown; attempt: number; idempotencyKey: string }

type LeafSnapshot = Snapshot<unknown> & { input: Call | undefined }
type LeafEvent =
  | { type: 'tinyllm.resolve'; data: unknown }
  | { type: 'tinyllm.reject'; data: unknown }
  | { type: 'xstate.stop' }

/** Work begins in a microtask of its own, so that listeners can attach first. */
const soon = Promise.resolve()

/**
 * An actor around `run(input, ctx)`. It does what XState's `fromPromise` does, but makes an AbortController only for
 * who looks at `ctx.signal`: that is most of what a short step costs.
 */
export const leafLogic = (path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, Call> => ({
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

  start: ({ status, input: call }, { self, system }) => {
    if (status !== 'active') return
    const tell = (event: LeafEvent) => {
      if (isActive(self)) relay(system, self, event)
    }
    const resolve = (data: unknown) => tell({ type: 'tinyllm.resolve', data })
    const reject = (data: unknown) => tell({ type: 'tinyllm.reject', data })
    void soon.then(() => {
      if (!isActive(self)) return
      const { input } = call as Call
      try {
        const result = run(input as never, new Proxy(new Context(path, call as Call, self), lazySignal))
        Promise.resolve(result).then(resolve, reject)
      } catch (thrown) {
        reject(thrown)
      }
    })
  },

  transition: (snapshot, event, { self }) => {
    if (snapshot.status !== 'active') return snapshot
    switch (event.type) {
      case 'tinyllm.resolve':
        return { status: 'done', output: event.data, error: undefined, input: undefined }
      case 'tinyllm.reject':
        return { status: 'error', output: undefined, error: event.data, input: undefined }
      case 'xstate.stop':
        controllers.get(self)?.abort()
        return { ...snapshot, status: 'stopped', input: undefined }
      default:
        return snapshot
    }
  },
})

const isActive = (self: AnyActorRef): boolean => self.getSnapshot().status === 'active'

/** As XState's own promise actors tell themselves how it went. */
const relay = (system: AnyActorScope['system'], self: AnyActorRef, event: LeafEvent): void =>
  (system as unknown as { _relay(source: object, target: object, event: object): void })._relay(self, self, event)

const controllers = new WeakMap<AnyActorRef, AbortController>()

/** A signal that is made when somebody looks at it. */
function signalOf(self: AnyActorRef): AbortSignal {
  const controller = controllers.get(self) ?? new AbortController()
  controllers.set(self, controller)
  if (!isActive(self)) controller.abort()
  return controller.signal
}

/** What `run` gets. */
class Context implements RunContext {
  readonly signal!: AbortSignal
  readonly attempt: number
  readonly path: string
  readonly idempotencyKey: string
  readonly emit: RunContext['emit']
  readonly log: RunContext['log']
  readonly #self: AnyActorRef

  constructor(path: string, { attempt, idempotencyKey }: Call, self: AnyActorRef) {
    this.attempt = attempt
    this.path = path
    this.idempotencyKey = idempotencyKey
    this.emit = (event) => {
      if (typeof (event as { type?: unknown } | undefined)?.type !== 'string') {
        throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
      }
      if (isActive(self)) self._parent?.send({ type: EMIT, path, event })
    }
    this.log = (...args) => loggerOf(self.system)(`[${path}]`, ...args)
    this.#self = self
  }

  static get(context: Context, key: string | symbol): unknown {
    return key === 'signal' ? signalOf(context.#self) : context[key as keyof Context]
  }
}

// An accessor on each context would do the same, at many times the price; one on a prototype would be lost in a copy.
const lazySignal: ProxyHandler<Context> = { get: Context.get }

/** The function that XState's own `log` action writes with; typed as private there. */
const loggerOf = (system: AnyActorRef['system']): RunContext['log'] =>
  (system as unknown as { _logger: RunContext['log'] })._logger
