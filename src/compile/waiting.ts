import type { ActorLogic, AnyActorRef, Snapshot } from 'xstate'

/** Begins to wait, and gives what calls it off. */
export type Wait<I> = (input: I, waiting: Waiting) => (() => void) | undefined
export type Waiting = { self: AnyActorRef; done(): void; fail(error: unknown): void }

type WaitSnapshot<I> = Snapshot<undefined> & { input: I | undefined }
type WaitEvent = { type: 'tinyllm.resolve' } | { type: 'tinyllm.reject'; data: unknown } | { type: 'xstate.stop' }

export type WaitLogic<I> = ActorLogic<WaitSnapshot<I>, WaitEvent, I>

/** What is to be done when an actor that waits is stopped. */
const callOffs = new WeakMap<AnyActorRef, () => void>()

/**
 * An actor that waits for something. It does what XState's `fromPromise` does, without a promise and an
 * AbortController: almost all timeouts are called off, and those two were most of what they cost.
 */
export const waitLogic = <I>(wait: Wait<I>): WaitLogic<I> => ({
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  restoreSnapshot: (snapshot) => snapshot as WaitSnapshot<I>,

  start: ({ status, input }, { self }) => {
    if (status === 'active') begin(wait, input as I, self)
  },

  transition: (snapshot, event, { self }) => {
    if (snapshot.status !== 'active') return snapshot
    switch (event.type) {
      case 'tinyllm.resolve':
        return { status: 'done', output: undefined, error: undefined, input: undefined }
      case 'tinyllm.reject':
        return { status: 'error', output: undefined, error: event.data, input: undefined }
      case 'xstate.stop':
        callOffs.get(self)?.()
        callOffs.delete(self)
        return { ...snapshot, status: 'stopped', input: undefined }
      default:
        return snapshot
    }
  },
})

function begin<I>(wait: Wait<I>, input: I, self: AnyActorRef): void {
  // Of this start: an actor that was stopped may be started again.
  let isOver = false
  const end = (event: WaitEvent) => {
    if (isOver) return
    // In a microtask of its own, so that whoever waits for nothing is seen to wait all the same.
    queueMicrotask(() => {
      if (isOver) return
      isOver = true
      self.send(event)
    })
  }
  const callOff = wait(input, {
    self,
    done: () => end({ type: 'tinyllm.resolve' }),
    fail: (data) => end({ type: 'tinyllm.reject', data }),
  })
  callOffs.set(self, () => {
    isOver = true
    callOff?.()
  })
}
