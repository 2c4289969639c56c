import type { ActorLogic, Snapshot } from 'xstate'
import { freshSnapshot, isUnreported, type Resumable, RESUME, SnapshotMismatch } from '../border/restore.ts'
import { yieldToEventLoop } from '../border/event-loop.ts'
import { type ChildEnded, LeafRun, outsideLeaf } from './leaf-run.ts'
import { EMIT, type EmitEvent } from './emit-up.ts'
import type { LeafInput, Work } from './leaf-input.ts'
import { createContext } from './context.ts'
import { workObserversOf } from './work-observers.ts'
import { parentOf } from '../border/actors.ts'

export { EMIT, type EmitEvent } from './emit-up.ts'

type LeafSnapshot = Snapshot<unknown> & {
  input: LeafInput | undefined
  /** The current run. A snapshot may be started again: @xstate/react does that. */
  [BEGUN]?: LeafRun | undefined
}
const BEGUN = Symbol('tinyllm.begun')
type LeafEvent =
  | { type: 'tinyllm.resolve'; data: unknown }
  | { type: 'tinyllm.reject'; data: unknown }
  | { type: 'xstate.stop' }
  | EmitEvent
  | ChildEnded

/** The code of a leaf is called by a function with this name, followed by the path, to find it in a stack trace. */
export const MARK = 'tinyllm leaf '

/**
 * Actor logic for `run(input, ctx)`. It does what XState's `fromPromise` does, but creates an AbortController only when
 * `ctx.signal` is read: that is most of the cost of a short step.
 */
export function leafLogic(path: string, run: Work): ActorLogic<LeafSnapshot, LeafEvent, LeafInput> & Resumable {
  const work = working(path, run)
  return {
    getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
    // Its input is in the frame of the state that invokes it. The key ties the two together.
    getPersistedSnapshot: ({ status, output, error, input }) =>
      ({ status, output, error, input: input && { idempotencyKey: input.idempotencyKey } }) as never,
    restoreSnapshot: (snapshot) => snapshot as LeafSnapshot,

    [RESUME]: (saved, input) => {
      const { idempotencyKey } = Object((saved as { input?: unknown }).input) as Partial<LeafInput>
      if (!isUnreported(saved) && idempotencyKey !== (input as LeafInput).idempotencyKey) {
        throw new SnapshotMismatch(
          '',
          `was called with the idempotency key ${String(idempotencyKey)}, which belongs to another call`,
        )
      }
      return freshSnapshot(input)
    },

    start: (snapshot, { self }) => {
      if (snapshot.status !== 'active') return
      const begun = new LeafRun(self)
      snapshot[BEGUN] = begun
      void work(snapshot.input as LeafInput, begun)
    },

    transition: (snapshot, event, scope) => {
      if (snapshot.status !== 'active') return snapshot
      switch (event.type) {
        case EMIT:
          // An event of a child run.
          parentOf(scope.self)?.send(event)
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
          if ('actorId' in event) snapshot[BEGUN]?.settleChild(event)
          return snapshot
      }
    },
  }
}

/**
 * Starts in a microtask, so that listeners can attach first, and sends the result to the actor. Each leaf has a function
 * of its own, whose name identifies the leaf in a stack trace.
 */
function working(path: string, run: Work): (call: LeafInput, begun: LeafRun) => Promise<void> {
  const name = MARK + path
  const named = {
    async [name](call: LeafInput, begun: LeafRun): Promise<void> {
      await yieldToEventLoop()
      if (!begun.isActive) return
      const { self } = begun
      const overseers = workObserversOf(self)
      for (const overseer of overseers) overseer.begin(begun)
      begun.markRunning()
      let event: LeafEvent
      try {
        event = {
          type: 'tinyllm.resolve',
          data: await run(call.input as never, createContext(path, call, begun, overseers)),
        }
      } catch (data) {
        event = { type: 'tinyllm.reject', data }
      }
      begun.markSettled()
      for (const overseer of overseers) overseer.end(begun)
      if (begun.isActive) outsideLeaf(() => self.send(event))
    },
  }
  return named[name] as (call: LeafInput, begun: LeafRun) => Promise<void>
}
