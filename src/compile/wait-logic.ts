import type { ActorLogic, AnyActorRef, Snapshot } from 'xstate'

/** Starts a wait, and returns the function that cancels it. */
export type WaitStart<I> = (input: I, waiting: WaitControl) => (() => void) | undefined
export type WaitControl = { self: AnyActorRef; done(): void; fail(error: unknown): void }

type WaitSnapshot<I> = Snapshot<undefined> & { input: I | undefined }
type WaitEvent = { type: 'tinyllm.resolve' } | { type: 'tinyllm.reject'; data: unknown } | { type: 'xstate.stop' }

export type WaitLogic<I> = ActorLogic<WaitSnapshot<I>, WaitEvent, I>

/** The cancel functions of waiting actors. */
const cancels = new WeakMap<AnyActorRef, () => void>()

/**
 * Actor logic for a wait, as `fromPromise` without a promise and an AbortController: almost all timeouts are cancelled,
 * and those two were most of their cost.
 */
export const waitLogic = <I>(wait: WaitStart<I>): WaitLogic<I> => ({
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
  restoreSnapshot: (snapshot) => snapshot as WaitSnapshot<I>,

  start: ({ status, input }, { self }) => {
    if (status === 'active') startWait(wait, input as I, self)
  },

  transition: (snapshot, event, { self }) => {
    if (snapshot.status !== 'active') return snapshot
    switch (event.type) {
      case 'tinyllm.resolve':
        return { status: 'done', output: undefined, error: undefined, input: undefined }
      case 'tinyllm.reject':
        return { status: 'error', output: undefined, error: event.data, input: undefined }
      case 'xstate.stop':
        cancels.get(self)?.()
        cancels.delete(self)
        return { ...snapshot, status: 'stopped', input: undefined }
      default:
        return snapshot
    }
  },
})

function startWait<I>(wait: WaitStart<I>, input: I, self: AnyActorRef): void {
  // For this start only: a stopped actor may be started again.
  let isOver = false
  const end = (event: WaitEvent) => {
    if (isOver) return
    // In a microtask, so that a wait that ends at once is still a state that observers see.
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
  cancels.set(self, () => {
    isOver = true
    callOff?.()
  })
}
