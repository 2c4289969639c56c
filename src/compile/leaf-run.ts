import type { AnyActorRef, AnyActorScope } from 'xstate'
import { globalState } from '../border/global-state.ts'
import { isPipelineError, PipelineError } from '../errors.ts'

/** The done and error events of a child that a leaf runs, as XState sends them to a parent. */
export type ChildEnded =
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }
type ChildRun = { ref: AnyActorRef; resolve(output: unknown): void; reject(error: unknown): void }

/** How many leaves run in this process, in states that are still active. */
let runningLeaves = 0
let observing = 0
/** Calls code that notifies listeners, observers and loggers: what these call is not called by a leaf. */
export function outsideLeaf<T>(call: () => T): T {
  observing++
  try {
    return call()
  } finally {
    observing--
  }
}
/** Whether the current call may come from the code of a leaf. */
export const maybeInLeaf = (): boolean => runningLeaves > 0 && observing === 0

/** Errors whose `path` is right already: those of `ctx.run` and `ctx.get`. */
const placedErrors = globalState('placed', () => new WeakSet<object>())
export const markPlaced = (error: unknown): void => {
  if (isPipelineError(error)) placedErrors.add(error)
}
/** Whether such an error is of the leaf at this path, or below it. */
export const isPlacedIn = (error: PipelineError, path: string): boolean =>
  placedErrors.has(error) && (error.path === path || error.path.startsWith(`${path}.`))

/** One start of a leaf. It has its own `isActive`, since its actor may be started again. */
export class LeafRun {
  readonly self: AnyActorRef
  #isOver = false
  #isAtWork = false
  #controller: AbortController | undefined = undefined
  /** Its child runs, by path. */
  #children: Map<string, ChildRun> | undefined = undefined
  /** By path, how often `ctx.run` was called for it. */
  #asked: Map<string, number> | undefined = undefined

  constructor(self: AnyActorRef) {
    this.self = self
  }

  get isActive(): boolean {
    return !this.#isOver && this.self.getSnapshot().status === 'active'
  }

  /** The signal, created on first access. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (!this.isActive) this.#controller.abort()
    return this.#controller.signal
  }

  markRunning(): void {
    this.#isAtWork = true
    runningLeaves++
  }

  markSettled(): void {
    if (this.#isAtWork) runningLeaves--
    this.#isAtWork = false
  }

  /** Its state was exited. */
  end(scope: AnyActorScope): void {
    this.#isOver = true
    this.markSettled()
    this.#controller?.abort()
    this.endChildren(scope)
  }

  /** A unique path below this leaf: `PATH`, then `PATH[1]`, `PATH[2]` … */
  uniquePath(path: string): string {
    const asked = (this.#asked ??= new Map<string, number>())
    let count = asked.get(path) ?? 0
    let place = count === 0 ? path : `${path}[${count}]`
    // A name may end in [1] as well.
    while (count > 0 && asked.has(place)) place = `${path}[${++count}]`
    asked.set(path, count + 1)
    if (place !== path) asked.set(place, 1)
    return place
  }

  /** Starts a child run; resolves with its output, or rejects with its error. */
  startChild(ref: AnyActorRef): Promise<unknown> {
    const ended = new Promise((resolve, reject) => {
      const children = (this.#children ??= new Map<string, ChildRun>())
      children.set(ref.id, { ref, resolve, reject })
    })
    outsideLeaf(() => ref.start())
    return ended
  }

  settleChild(event: ChildEnded): void {
    const child = this.#children?.get(event.actorId)
    if (!child) return
    this.#children?.delete(event.actorId)
    if (!('error' in event)) return child.resolve(event.output)
    child.reject(event.error)
  }

  /** Stops all child runs. */
  endChildren({ stopChild }: AnyActorScope): void {
    const children = this.#children
    if (!children) return
    this.#children = undefined
    for (const [path, { ref, reject }] of children) {
      stopChild(ref)
      reject(abortedError(path, `${path} was stopped, because the function that ran it has ended`))
    }
  }
}

/** The error of a child run whose leaf has ended. */
export const abortedError = (path: string, what: string): PipelineError =>
  new PipelineError({
    code: 'aborted',
    path,
    state: 'running',
    message: `${what}. Await ctx.run(…) before the function around it returns.`,
  })
