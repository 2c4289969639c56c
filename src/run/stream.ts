import type { Actor, AnyStateMachine } from 'xstate'
import { RunConsumer } from '../border/open-waits.ts'
import type { RunEvent, RunOptions } from '../types.ts'
import { Backlog } from './backlog.ts'
import { begin, prepare, type Runnable } from './prepare.ts'
import { Queue } from './queue.ts'
import { ended } from './run.ts'
import { watched } from './watched.ts'

type Result = IteratorResult<RunEvent, undefined>
const OVER: Result = { done: true, value: undefined }

/** `await using` looks for it; Node 20 has it, older browsers do not. */
const DISPOSE: unique symbol = ((Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol('asyncDispose')) as never

/** The run as an async iterator that ends with `output` or `error`; it has begun, and leaving it stops it at once. */
export function stream(runnable: Runnable, input: unknown, options?: RunOptions): Events {
  return new Events(runnable, input, options)
}

/** No generator: that one would hear of `return()` only when the next event has come, and a model may be silent. */
class Events implements AsyncIterableIterator<RunEvent> {
  #backlog = new Backlog()
  /** Those who asked for an event before there was one. */
  readonly #readers = new Queue<(result: Result) => void>()
  readonly actor: Actor<AnyStateMachine>
  /** Those readers wait for the run. */
  readonly #audience = new RunConsumer()
  #isOver = false

  constructor(runnable: Runnable, input: unknown, options: RunOptions | undefined) {
    const actor = prepare(runnable, input, options, (event) => this.#push(event))
    this.#audience.attachTo(actor.system)
    actor.subscribe({
      complete: () => {
        const { status, output } = actor.getSnapshot()
        if (status === 'done') this.#push({ type: 'output', output })
        this.#end()
      },
      error: (error) => {
        this.#push({ type: 'error', error: ended(error, actor) })
        this.#end()
      },
    })
    this.actor = watched(actor)
    begin(actor, options)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    const event = this.#backlog.shift()
    if (event) return Promise.resolve({ done: false, value: event })
    if (this.#isOver) return Promise.resolve(OVER)
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

  /** Nothing more will come; what waits may still be read. */
  #end(): void {
    this.#isOver = true
    for (let reader = this.#readers.shift(); reader; reader = this.#readers.shift()) reader.value(OVER)
  }

  #leave(): void {
    const isUnderWay = !this.#isOver
    this.#backlog = new Backlog()
    this.#end()
    if (isUnderWay) this.actor.stop()
  }
}
