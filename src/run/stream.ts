import type { Actor, AnyStateMachine } from 'xstate'
import { RunConsumer } from '../border/open-waits.ts'
import type { RunEvent, RunOptions } from '../types.ts'
import { EventBuffer } from './event-buffer.ts'
import { createRun, type Runnable, startRun } from './prepare.ts'
import { Queue } from './queue.ts'
import { toRunError } from './run.ts'
import { guardActor } from './guard-actor.ts'

type Result = IteratorResult<RunEvent, undefined>
const DONE: Result = { done: true, value: undefined }

/** For `await using`; Node 20 has the symbol, older browsers do not. */
const DISPOSE: unique symbol = ((Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol('asyncDispose')) as never

/** A started run as an async iterator that ends with `output` or `error`; `return()` stops the run at once. */
export function stream(runnable: Runnable, input: unknown, options?: RunOptions): EventStream {
  return new EventStream(runnable, input, options)
}

/** Not a generator: `return()` of a generator takes effect only at the next event, and a model may send none for long. */
class EventStream implements AsyncIterableIterator<RunEvent> {
  #backlog = new EventBuffer()
  /** Pending calls of `next()`. */
  readonly #readers = new Queue<(result: Result) => void>()
  readonly actor: Actor<AnyStateMachine>
  /** The run is awaited while a call of `next()` is pending. */
  readonly #audience = new RunConsumer()
  #isOver = false

  constructor(runnable: Runnable, input: unknown, options: RunOptions | undefined) {
    const actor = createRun(runnable, input, options, (event) => this.#push(event))
    this.#audience.attachTo(actor.system)
    actor.subscribe({
      complete: () => {
        const { status, output } = actor.getSnapshot()
        if (status === 'done') this.#push({ type: 'output', output })
        this.#end()
      },
      error: (error) => {
        this.#push({ type: 'error', error: toRunError(error, actor) })
        this.#end()
      },
    })
    this.actor = guardActor(actor)
    startRun(actor, options)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    const event = this.#backlog.shift()
    if (event) return Promise.resolve({ done: false, value: event })
    if (this.#isOver) return Promise.resolve(DONE)
    this.#audience.isWaiting = true
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  async return(value?: unknown): Promise<Result> {
    this.#leave()
    return { done: true, value: (await value) as undefined }
  }

  async throw(error?: unknown): Promise<Result> {
    this.#leave()
    throw error
  }

  async [DISPOSE](): Promise<void> {
    this.#leave()
  }

  #push(event: RunEvent): void {
    if (this.#isOver) return
    const reader = this.#readers.shift()
    if (this.#readers.size === 0) this.#audience.isWaiting = false
    if (reader) reader.value({ done: false, value: event })
    else this.#backlog.push(event)
  }

  /** No more events; those in the buffer can still be read. */
  #end(): void {
    this.#isOver = true
    for (let reader = this.#readers.shift(); reader; reader = this.#readers.shift()) reader.value(DONE)
  }

  #leave(): void {
    const isUnderWay = !this.#isOver
    this.#backlog = new EventBuffer()
    this.#end()
    if (isUnderWay) this.actor.stop()
  }
}
