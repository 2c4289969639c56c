import type { ActorLogic, Snapshot } from 'xstate'
import { freshSnapshot, isUnreported, SnapshotMismatch, RESUME, type Resumable } from '../border/restore.ts'
import { yieldToEventLoop } from '../border/event-loop.ts'
import { Begun, type ChildEnded, unobserved } from './begun.ts'
import { EMIT, type EmitEvent } from './bubbling.ts'
import type { Call, Work } from './call.ts'
import { contextOf } from './context.ts'
import { overseersOf } from './overseeing.ts'
import { tellItself } from './waiting.ts'

export { EMIT, type EmitEvent } from './bubbling.ts'

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
  | EmitEvent
  | ChildEnded

/** A function of this name, followed by the path of its leaf, is what the stack of a leaf's own code ends in. */
export const MARK = 'tinyllm leaf '

/**
 * An actor around `run(input, ctx)`. It does what XState's `fromPromise` does, but makes an AbortController only for
 * who looks at `ctx.signal`: that is most of what a short step costs.
 */
export function leafLogic(path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, Call> & Resumable {
  const work = working(path, run)
  return {
    getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
    // Its input is in the data of the state that invokes it, and is kept once. The key proves that the two belong together.
    getPersistedSnapshot: ({ status, output, error, input }) =>
      ({ status, output, error, input: input && { idempotencyKey: input.idempotencyKey } }) as never,
    restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

    [RESUME]: (saved, input) => {
      const { idempotencyKey } = Object((saved as { input?: unknown }).input) as Partial<Call>
      if (!isUnreported(saved) && idempotencyKey !== (input as Call).idempotencyKey) {
        throw new SnapshotMismatch(
          '',
          `was called with the idempotency key ${String(idempotencyKey)}, which belongs to another call`,
        )
      }
      return freshSnapshot(input)
    },

    start: (snapshot, { self }) => {
      if (snapshot.status !== 'active') return
      const begun = new Begun(self)
      snapshot[BEGUN] = begun
      void work(snapshot.input as Call, begun)
    },

    transition: (snapshot, event, scope) => {
      if (snapshot.status !== 'active') return snapshot
      switch (event.type) {
        case EMIT:
          // Of what it runs below itself.
          scope.self._parent?.send(event)
          return snapshot
        case 'tinyllm.resolve':
          snapshot[BEGUN]?.endChildren(scope)
          return { status: 'done', output: event.data, error: undefined, input: undefined }
        case 'tinyllm.reject':
          snapshot[BEGUN]?.endChildren(scope)
          return { status: 'error', output: undefined, error: event.data, input: undefined }
        case 'xstate.stop':
          snapshot[BEGUN]?.end(scope)
          return { ...snapshot, status: 'stopped', input: undefined, [BEGUN]: undefined }
        default:
          if ('actorId' in event) snapshot[BEGUN]?.settle(event)
          return snapshot
      }
    },
  }
}

/**
 * Begins in a microtask of its own, so that listeners can attach first, and tells the actor how it went. Each leaf has a
 * function of its own, because its name in a stack is what tells from where something was called.
 */
function working(path: string, run: Work): (call: Call, begun: Begun) => Promise<void> {
  const name = MARK + path
  const named = {
    async [name](call: Call, begun: Begun): Promise<void> {
      await yieldToEventLoop()
      if (!begun.isActive) return
      const { self } = begun
      const overseers = overseersOf(self)
      for (const overseer of overseers) overseer.begin(begun)
      begun.begins()
      let event: LeafEvent
      try {
        event = {
          type: 'tinyllm.resolve',
          data: await run(call.input as never, contextOf(path, call, begun, overseers)),
        }
      } catch (data) {
        event = { type: 'tinyllm.reject', data }
      }
      begun.ends()
      for (const overseer of overseers) overseer.end(begun)
      if (begun.isActive) unobserved(() => tellItself(self, event))
    },
  }
  return named[name] as (call: Call, begun: Begun) => Promise<void>
}
