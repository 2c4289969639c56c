import type { ActorLogic, AnyActorRef, Snapshot } from 'xstate'
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

/**
 * An actor around `run(input, ctx)`, which begins in a microtask of its own so that listeners can attach first. It does
 * what XState's `fromPromise` does, but makes an AbortController only for who looks at `ctx.signal`: that is most of
 * what a short step costs.
 */
export const leafLogic = (path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, Call> => {
  const controllers = new WeakMap<AnyActorRef, AbortController>()
  return {
    getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

    start: ({ status, input: call }, { self }) => {
      if (status !== 'active') return
      const isActive = () => self.getSnapshot().status === 'active'
      const tell = (event: LeafEvent) => {
        if (isActive()) self.send(event)
      }
      const controllerOf = () => {
        const controller = controllers.get(self) ?? new AbortController()
        controllers.set(self, controller)
        if (!isActive()) controller.abort()
        return controller
      }
      const begin = () =>
        isActive() ? run((call as Call).input as never, context(path, call as Call, self, controllerOf)) : undefined
      Promise.resolve()
        .then(begin)
        .then(
          (data) => tell({ type: 'tinyllm.resolve', data }),
          (data: unknown) => tell({ type: 'tinyllm.reject', data }),
        )
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
  }
}

type Self = AnyActorRef & { system: AnyActorRef['system'] }

/** What `run` gets; the signal is made when somebody looks at it. */
function context(
  path: string,
  { attempt, idempotencyKey }: Call,
  self: Self,
  controllerOf: () => AbortController,
): RunContext {
  return {
    get signal() {
      return controllerOf().signal
    },
    attempt,
    path,
    idempotencyKey,
    emit: (event) => {
      if (typeof (event as { type?: unknown } | undefined)?.type !== 'string') {
        throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
      }
      if (self.getSnapshot().status === 'active') self._parent?.send({ type: EMIT, path, event })
    },
    log: (...args) => loggerOf(self.system)(`[${path}]`, ...args),
  }
}

/** The function that XState's own `log` action writes with; typed as private there. */
const loggerOf = (system: AnyActorRef['system']): RunContext['log'] =>
  (system as unknown as { _logger: RunContext['log'] })._logger
