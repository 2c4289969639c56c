import type { ActorLogic, AnyActorRef, Snapshot } from 'xstate'
import type { RunContext, UsageEvent } from '../types.ts'
import { nameOf, type Watcher, watcher } from '../watcher.ts'
import { EMIT, type Happening, tell } from './bubbling.ts'
import { type Hold, holdsAround } from './holding.ts'
import { soon } from './pace.ts'

export { EMIT, type EmitEvent } from './bubbling.ts'

/** What a leaf does: a function of its input, async or not. */
export type Work = (input: never, ctx: RunContext) => unknown

/** What a leaf's actor gets: its value, and what it must know to be called again without harm. */
export type Call = { input: unknown; attempt: number; idempotencyKey: string }

type LeafSnapshot = Snapshot<unknown> & { input: Call | undefined }
type LeafEvent =
  | { type: 'tinyllm.resolve'; data: unknown }
  | { type: 'tinyllm.reject'; data: unknown }
  | { type: 'xstate.stop' }

/**
 * An actor around `run(input, ctx)`. It does what XState's `fromPromise` does, but makes an AbortController only for
 * who looks at `ctx.signal`: that is most of what a short step costs.
 */
export const leafLogic = (path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, Call> => ({
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

  start: ({ status, input }, { self }) => {
    if (status === 'active') void work(path, run, input as Call, self)
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
        controllers.delete(self) // It may be started again: @xstate/react does that.
        return { ...snapshot, status: 'stopped', input: undefined }
      default:
        return snapshot
    }
  },
})

/** Begins in a microtask of its own, so that listeners can attach first, and tells the actor how it went. */
async function work(path: string, run: Work, call: Call, self: AnyActorRef): Promise<void> {
  await soon()
  if (!isActive(self)) return
  const holds = holdsAround(self)
  for (const hold of holds) hold.begin()
  let event: LeafEvent
  try {
    event = { type: 'tinyllm.resolve', data: await run(call.input as never, Context.of(path, call, self, holds)) }
  } catch (data) {
    event = { type: 'tinyllm.reject', data }
  }
  for (const hold of holds) hold.end()
  // From itself to itself, as XState's own promise actors do.
  if (isActive(self)) (self.system as unknown as Relay)._relay(self, self, event)
}
type Relay = { _relay(source: object, target: object, event: object): void }

const isActive = (self: AnyActorRef): boolean => self.getSnapshot().status === 'active'

const controllers = new WeakMap<AnyActorRef, AbortController>()

/** A signal that is made when somebody looks at it. */
function signalOf(self: AnyActorRef): AbortSignal {
  const controller = controllers.get(self) ?? new AbortController()
  controllers.set(self, controller)
  if (!isActive(self)) controller.abort()
  return controller.signal
}

/** What `run` gets: an object like any other, but for three parts that are made when somebody looks at them. */
class Context {
  readonly attempt: number
  readonly path: string
  readonly idempotencyKey: string
  readonly signal = undefined
  readonly emit = undefined
  readonly log = undefined
  readonly #self: AnyActorRef
  readonly #holds: readonly Hold[]

  constructor(path: string, { attempt, idempotencyKey }: Call, self: AnyActorRef, holds: readonly Hold[]) {
    this.attempt = attempt
    this.path = path
    this.idempotencyKey = idempotencyKey
    this.#self = self
    this.#holds = holds
  }

  // Accessors would do the same; but on each context they cost much, and those of a prototype are lost in a copy.
  static readonly #lazy: ProxyHandler<Context> = {
    get(context, key) {
      switch (key) {
        case 'signal':
          return signalOf(context.#self)
        case 'emit':
          return emitFrom(context.#self, context.path, context.#holds)
        case 'log':
          return logFrom(context.#self, context.path)
        default:
          return context[key as keyof Context]
      }
    },
  }

  static of(path: string, call: Call, self: AnyActorRef, holds: readonly Hold[]): RunContext {
    return new Proxy(new Context(path, call, self, holds), Context.#lazy) as unknown as RunContext
  }
}

const emitFrom =
  (self: AnyActorRef, path: string, holds: readonly Hold[]): RunContext['emit'] =>
  (given) => {
    // Read here, once: what cannot be read fails the function that gave it, and what it changes later stays its own.
    const event = { ...given } as Happening
    if (typeof event.type !== 'string') {
      throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
    }
    // Tokens were used, even by a function that goes on when it is over.
    if (event.type === 'usage') for (const hold of holds) hold.spend({ ...event, path } as unknown as UsageEvent)
    if (isActive(self)) tell(self, { type: EMIT, path, event })
  }

type Write = (...args: unknown[]) => unknown
const watchers = new WeakMap<object, Watcher>()

/** Writes with the function that XState's own `log` action writes with; typed as private there. It only watches. */
const logFrom =
  ({ system }: AnyActorRef, path: string): RunContext['log'] =>
  (...args) => {
    const { _logger: write } = system as unknown as { _logger: Write }
    const watch = watchers.get(system) ?? watcher('logger')
    watchers.set(system, watch)
    watch(() => write(`[${path}]`, ...args), nameOf(write))
  }
