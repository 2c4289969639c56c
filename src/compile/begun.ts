import type { AnyActorRef, AnyActorScope } from 'xstate'
import { globalState } from '../border/global-state.ts'
import { isPipelineError, PipelineError } from '../errors.ts'

/** What the machine of a function that runs below a leaf tells it, as any actor tells its parent. */
export type ChildEnded =
  | { type: `xstate.done.actor.${string}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.${string}`; error: unknown; actorId: string }
type Child = { ref: AnyActorRef; resolve(output: unknown): void; reject(error: unknown): void }

/** How many leaves are at work in this process, whose state was not left. */
let working = 0
let watching = 0
/** Calls what lets those hear who only watch (listeners, observers, loggers): what they do is not done by a leaf. */
export function unobserved<T>(call: () => T): T {
  watching++
  try {
    return call()
  } finally {
    watching--
  }
}
/** Whether what is called now may be called by the code of a leaf. */
export const maybeInLeaf = (): boolean => working > 0 && watching === 0

/** Errors that say themselves where they happened: what `ctx.run` rejected with, and `ctx.get` threw. */
const places = globalState('placed', () => new WeakSet<object>())
export const placed = (error: unknown): void => {
  if (isPipelineError(error)) places.add(error)
}
/** Whether it happened in the leaf at this path, or below it. */
export const isPlacedIn = (error: PipelineError, path: string): boolean =>
  places.has(error) && (error.path === path || error.path.startsWith(`${path}.`))

/** One start of a leaf. Whether it still counts is asked of the start, since its actor may be started once more. */
export class Begun {
  readonly self: AnyActorRef
  #isOver = false
  #isAtWork = false
  #controller: AbortController | undefined = undefined
  /** What it runs below itself, by path. */
  #children: Map<string, Child> | undefined = undefined
  /** By path, how often `ctx.run` was asked for it. */
  #asked: Map<string, number> | undefined = undefined

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

  begins(): void {
    this.#isAtWork = true
    working++
  }

  ends(): void {
    if (this.#isAtWork) working--
    this.#isAtWork = false
  }

  /** Its state was left. */
  end(scope: AnyActorScope): void {
    this.#isOver = true
    this.ends()
    this.#controller?.abort()
    this.endChildren(scope)
  }

  /** A path below this leaf that is given to nobody else: `PATH`, then `PATH[1]`, `PATH[2]` … */
  placeFor(path: string): string {
    const asked = (this.#asked ??= new Map<string, number>())
    let count = asked.get(path) ?? 0
    let place = count === 0 ? path : `${path}[${count}]`
    // A name may end so as well.
    while (count > 0 && asked.has(place)) place = `${path}[${++count}]`
    asked.set(path, count + 1)
    if (place !== path) asked.set(place, 1)
    return place
  }

  /** Starts what runs below this leaf; gives its output, or rejects with its error. */
  starts(ref: AnyActorRef): Promise<unknown> {
    const ended = new Promise((resolve, reject) => {
      const children = (this.#children ??= new Map<string, Child>())
      children.set(ref.id, { ref, resolve, reject })
    })
    unobserved(() => ref.start())
    return ended
  }

  settle(event: ChildEnded): void {
    const child = this.#children?.get(event.actorId)
    if (!child) return
    this.#children?.delete(event.actorId)
    if (!('error' in event)) return child.resolve(event.output)
    child.reject(event.error)
  }

  /** Nothing of a leaf outlives it. */
  endChildren({ stopChild }: AnyActorScope): void {
    const children = this.#children
    if (!children) return
    this.#children = undefined
    for (const [path, { ref, reject }] of children) {
      stopChild(ref)
      reject(over(path, `${path} was stopped, because the function that ran it has ended`))
    }
  }
}

/** Why nothing can run below a leaf any more. */
export const over = (path: string, what: string): PipelineError =>
  new PipelineError({
    code: 'aborted',
    path,
    state: 'running',
    message: `${what}. Await ctx.run(…) before the function around it returns.`,
  })
