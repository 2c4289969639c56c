import type { ActorLogic, AnyActorRef, Snapshot } from 'xstate'
import { beginning, isUnheard, Mismatch, RESUME, type Resumable } from '../border/resuming.ts'
import { tellRefused } from '../border/refused.ts'
import type { RefusedAnswer, RunContext, UsageEvent } from '../types.ts'
import { nameOf, type Watcher, watcher } from '../border/watcher.ts'
import { EMIT, type Happening, tell } from './bubbling.ts'
import { type Overseer, overseersOf } from './overseeing.ts'
import { soon } from '../border/pace.ts'
import { tellItself } from './waiting.ts'

export { EMIT, type EmitEvent } from './bubbling.ts'

/** What a leaf does: a function of its input, async or not. */
export type Work = (input: never, ctx: RunContext) => unknown

/** What a leaf's actor gets: its value, and what it must know to be called again without harm. */
export type Call = {
  input: unknown
  attempt: number
  idempotencyKey: string
  /** With `retry.feedback`. */
  refused?: readonly RefusedAnswer[]
}

type LeafSnapshot = Snapshot<unknown> & {
  input: Call | undefined
  /** The work under way. A snapshot may be put back and started again: @xstate/react does that. */
  [BEGUN]?: Begun | undefined
}
const BEGUN = Symbol('tinyllm.begun')
type LeafEvent =
  | { type: 'tinyllm.resolve'; data: unknown }
  | { type: 'tinyllm.reject'; data: unknown }
  | { type: 'xstate.stop' }

/**
 * An actor around `run(input, ctx)`. It does what XState's `fromPromise` does, but makes an AbortController only for
 * who looks at `ctx.signal`: that is most of what a short step costs.
 */
export const leafLogic = (path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, Call> & Resumable => ({
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  // Its input is in the data of the state that invokes it, and is kept once. The key proves that the two belong together.
  getPersistedSnapshot: ({ status, output, error, input }) =>
    ({ status, output, error, input: input && { idempotencyKey: input.idempotencyKey } }) as never,
  restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

  [RESUME]: (saved, input) => {
    const { idempotencyKey } = Object((saved as { input?: unknown }).input) as Partial<Call>
    if (!isUnheard(saved) && idempotencyKey !== (input as Call).idempotencyKey) {
      throw new Mismatch('', `was called under the idempotency key ${String(idempotencyKey)}, which is another call's`)
    }
    return beginning(input)
  },

  start: (snapshot, { self }) => {
    if (snapshot.status !== 'active') return
    const begun = new Begun(self)
    snapshot[BEGUN] = begun
    void work(path, run, snapshot.input as Call, begun)
  },

  transition: (snapshot, event) => {
    if (snapshot.status !== 'active') return snapshot
    switch (event.type) {
      case 'tinyllm.resolve':
        return { status: 'done', output: event.data, error: undefined, input: undefined }
      case 'tinyllm.reject':
        return { status: 'error', output: undefined, error: event.data, input: undefined }
      case 'xstate.stop':
        snapshot[BEGUN]?.end()
        return { ...snapshot, status: 'stopped', input: undefined, [BEGUN]: undefined }
      default:
        return snapshot
    }
  },
})

/** Begins in a microtask of its own, so that listeners can attach first, and tells the actor how it went. */
async function work(path: string, run: Work, call: Call, begun: Begun): Promise<void> {
  await soon()
  if (!begun.isActive) return
  const { self } = begun
  const overseers = overseersOf(self)
  for (const overseer of overseers) overseer.begin(begun)
  let event: LeafEvent
  try {
    event = { type: 'tinyllm.resolve', data: await run(call.input as never, Context.of(path, call, begun, overseers)) }
  } catch (data) {
    event = { type: 'tinyllm.reject', data }
  }
  for (const overseer of overseers) overseer.end(begun)
  if (begun.isActive) tellItself(self, event)
}

/** One start of a leaf. Whether it still counts is asked of the start, since its actor may be started once more. */
class Begun {
  readonly self: AnyActorRef
  #isOver = false
  #controller: AbortController | undefined = undefined

  constructor(self: AnyActorRef) {
    this.self = self
  }

  get isActive(): boolean {
    return !this.#isOver && this.self.getSnapshot().status === 'active'
  }

  /** A signal that is made when somebody looks at it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (!this.isActive) this.#controller.abort()
    return this.#controller.signal
  }

  end(): void {
    this.#isOver = true
    this.#controller?.abort()
  }
}

/** What `run` gets: an object like any other, but for three parts that are made when somebody looks at them. */
class Context {
  readonly attempt: number
  readonly path: string
  readonly idempotencyKey: string
  readonly signal = undefined
  readonly emit = undefined
  readonly log = undefined
  readonly #begun: Begun
  readonly #overseers: readonly Overseer[]

  constructor(path: string, { attempt, idempotencyKey, refused }: Call, begun: Begun, overseers: readonly Overseer[]) {
    this.attempt = attempt
    this.path = path
    this.idempotencyKey = idempotencyKey
    this.#begun = begun
    this.#overseers = overseers
    if (refused) tellRefused(this, refused)
  }

  // Accessors would do the same; but on each context they cost much, and those of a prototype are lost in a copy.
  static readonly #lazy: ProxyHandler<Context> = {
    get(context, key) {
      switch (key) {
        case 'signal':
          return context.#begun.signal
        case 'emit':
          return emitFrom(context.#begun, context.path, context.#overseers)
        case 'log':
          return logFrom(context.#begun.self, context.path)
        default:
          return context[key as keyof Context]
      }
    },
  }

  static of(path: string, call: Call, begun: Begun, overseers: readonly Overseer[]): RunContext {
    return new Proxy(new Context(path, call, begun, overseers), Context.#lazy) as unknown as RunContext
  }
}

const emitFrom =
  (begun: Begun, path: string, overseers: readonly Overseer[]): RunContext['emit'] =>
  (given) => {
    // Read here, once: what cannot be read fails the function that gave it, and what it changes later stays its own.
    const event = { ...given } as Happening
    if (typeof event.type !== 'string') {
      throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
    }
    // Tokens were used, even by a function that goes on when it is over.
    if (event.type === 'usage') for (const each of overseers) each.spend?.({ ...event, path } as unknown as UsageEvent)
    if (!begun.isActive) return
    for (const each of overseers) each.hear?.()
    tell(begun.self, { type: EMIT, path, event })
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
