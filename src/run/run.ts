import type { Actor, AnyStateMachine } from 'xstate'
import { failure, isPipelineError, PipelineError } from '../errors.ts'
import { RunConsumer } from '../border/open-waits.ts'
import { attempt } from '../border/shape.ts'
import type { PipelineContext, RunOptions, SafeResult, Usage } from '../types.ts'
import { createRun, type Runnable, startRun } from './prepare.ts'

/** Runs to the end; rejects with a `PipelineError`. */
export function run(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    startAndReport(runnable, input, options, (_, error, output) => (error ? reject(error) : resolve(output)))
  })
}

/** Runs to the end; a failure is a result. Rejects only for invalid options, with a `TypeError`. */
export function safeRun(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<SafeResult<unknown>> {
  return new Promise((resolve) => {
    startAndReport(runnable, input, options, (actor, error, output) => {
      const about = { usage: usageOf(actor), id: idOf(actor) }
      resolve(error ? { success: false, error, ...about } : { success: true, output, ...about })
    })
  })
}

type OnEnd = (actor: Actor<AnyStateMachine>, error: PipelineError | undefined, output?: unknown) => void

function startAndReport(runnable: () => Runnable, input: unknown, options: RunOptions | undefined, onEnd: OnEnd): void {
  const actor = createRun(runnable(), input, options)
  actor.subscribe(new EndObserver(actor, onEnd))
  const audience = new RunConsumer()
  audience.isWaiting = true
  audience.attachTo(actor.system)
  startRun(actor, options)
}

/** The observer of a run that reports how it ended. */
class EndObserver {
  readonly actor: Actor<AnyStateMachine>
  readonly onEnd: OnEnd

  constructor(actor: Actor<AnyStateMachine>, onEnd: OnEnd) {
    this.actor = actor
    this.onEnd = onEnd
  }

  complete(): void {
    const { actor } = this
    const { status, output } = actor.getSnapshot()
    this.onEnd(actor, status === 'done' ? undefined : stoppedError(actor), output)
  }

  error(error: unknown): void {
    this.onEnd(this.actor, toRunError(error, this.actor))
  }
}

const stoppedError = (actor: Actor<AnyStateMachine>): PipelineError => {
  const { id: path } = actor.logic
  const message = `${path} was stopped.`
  return new PipelineError({ code: 'aborted', path, state: 'running', message, usage: usageOf(actor) })
}

/** The `PipelineError` of a run; any other error (of a custom action, say) becomes its cause. */
export const toRunError = (error: unknown, actor: Actor<AnyStateMachine>): PipelineError =>
  isPipelineError(error)
    ? error
    : failure(error, { code: 'run', path: actor.logic.id, state: 'running', usage: usageOf(actor) })

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cost: 0 }

/** The usage of the run so far; zero where it did not start. */
const usageOf = (actor: Actor<AnyStateMachine>): Usage => ({ ...(contextOf(actor).usage ?? NO_USAGE) })

const idOf = (actor: Actor<AnyStateMachine>): string => contextOf(actor).runId ?? actor.id

const contextOf = (actor: Actor<AnyStateMachine>): Partial<PipelineContext> =>
  attempt(() => (actor.getSnapshot() as { context?: PipelineContext }).context) ?? {}
