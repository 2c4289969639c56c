import type { Actor, AnyStateMachine } from 'xstate'
import { failure, PipelineError } from '../errors.ts'
import type { RunOptions } from '../types.ts'
import { begin, prepare, type Runnable } from './prepare.ts'

/** Runs to the end; rejects with a `PipelineError`. */
export function run(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const actor = prepare(runnable(), input, options)
    actor.subscribe(new Settling(actor, resolve, reject))
    begin(actor, options)
  })
}

/** Settles the promise of a run when the run ends. */
class Settling {
  readonly actor: Actor<AnyStateMachine>
  readonly resolve: (output: unknown) => void
  readonly reject: (error: PipelineError) => void

  constructor(
    actor: Actor<AnyStateMachine>,
    resolve: (output: unknown) => void,
    reject: (error: PipelineError) => void,
  ) {
    this.actor = actor
    this.resolve = resolve
    this.reject = reject
  }

  complete(): void {
    const { status, output } = this.actor.getSnapshot()
    const { id: path } = this.actor.logic
    if (status === 'done') this.resolve(output)
    else this.reject(new PipelineError({ code: 'aborted', path, state: 'running', message: `${path} was stopped.` }))
  }

  error(error: unknown): void {
    this.reject(ended(error, this.actor.logic.id))
  }
}

/** A run ends with our own error; anything else (a failing `provide`d action, say) becomes its cause. */
export const ended = (error: unknown, path: string): PipelineError =>
  error instanceof PipelineError ? error : failure(error, { code: 'run', path, state: 'running' })
