import { failure, PipelineError } from '../errors.ts'
import type { RunOptions } from '../types.ts'
import { begin, prepare, type Runnable } from './prepare.ts'

/** Runs to the end; rejects with a `PipelineError`. */
export function run(runnable: () => Runnable, input: unknown, options?: RunOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const actor = prepare(runnable(), input, options)
    const { id } = actor.logic
    actor.subscribe({
      complete: () => {
        const { status, output } = actor.getSnapshot()
        if (status === 'done') resolve(output)
        else reject(new PipelineError({ code: 'aborted', path: id, state: 'running', message: `${id} was stopped.` }))
      },
      error: (error) => reject(ended(error, id)),
    })
    begin(actor, options)
  })
}

/** A run ends with our own error; anything else (a failing `provide`d action, say) becomes its cause. */
export const ended = (error: unknown, path: string): PipelineError =>
  error instanceof PipelineError ? error : failure(error, { code: 'run', path, state: 'running' })
