import type { Actor, AnyStateMachine } from 'xstate'
import { failure, isPipelineError, PipelineError } from '../errors.ts'
import { RunConsumer } from '../border/open-waits.ts'
import { attempt } from '../border/shape.ts'
import type { PipelineContext, RunOptions, SafeResult, Usage } from '../types.ts'
import { begin, prepare, type Runnable } from './prepare.ts'

/** Runs to the end; rejects with a `PipelineError`. */
export function run(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start(runnable, input, options, (_, error, output) => (error ? reject(error) : resolve(output)))
  })
}

/** Runs to the end, which is a result in any case; what rejects is a mistake of the caller. */
export function safeRun(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<SafeResult<unknown>> {
  return new Promise((resolve) => {
    start(runnable, input, options, (actor, error, output) => {
      const about = { usage: usageOf(actor), id: idOf(actor) }
      resolve(error ? { success: false, error, ...about } : { success: true, output, ...about })
    })
  })
}

type OnEnd = (actor: Actor<AnyStateMachine>, error: PipelineError | undefined, output?: unknown) => void

function start(runnable: () => Runnable, input: unknown, options: RunOptions | undefined, onEnd: OnEnd): void {
  const actor = prepare(runnable(), input, options)
  actor.subscribe(new Ending(actor, onEnd))
  const audience = new RunConsumer()
  audience.isWaiting = true
  audience.attachTo(actor.system)
  begin(actor, options)
}

/** Tells how a run ended. */
class Ending {
  readonly actor: Actor<AnyStateMachine>
  readonly onEnd: OnEnd

  constructor(actor: Actor<AnyStateMachine>, onEnd: OnEnd) {
    this.actor = actor
    this.onEnd = onEnd
  }

  complete(): void {
    const { actor } = this
    const { status, output } = actor.getSnapshot()
    this.onEnd(actor, status === 'done' ? undefined : stopped(actor), output)
  }

  error(error: unknown): void {
    this.onEnd(this.actor, ended(error, this.actor))
  }
}

const stopped = (actor: Actor<AnyStateMachine>): PipelineError => {
  const { id: path } = actor.logic
  const message = `${path} was stopped.`
  return new PipelineError({ code: 'aborted', path, state: 'running', message, usage: usageOf(actor) })
}

/** A run ends with our own error; anything else (a failing `provide`d action, say) becomes its cause. */
export const ended = (error: unknown, actor: Actor<AnyStateMachine>): PipelineError =>
  isPipelineError(error)
    ? error
    : failure(error, { code: 'run', path: actor.logic.id, state: 'running', usage: usageOf(actor) })

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, cost: 0 }

/** What the run used so far: nothing, where it did not even begin. */
const usageOf = (actor: Actor<AnyStateMachine>): Usage => ({ ...(contextOf(actor).usage ?? NOTHING) })

const idOf = (actor: Actor<AnyStateMachine>): string => contextOf(actor).runId ?? actor.id

const contextOf = (actor: Actor<AnyStateMachine>): Partial<PipelineContext> =>
  attempt(() => (actor.getSnapshot() as { context?: PipelineContext }).context) ?? {}
