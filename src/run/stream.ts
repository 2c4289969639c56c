import type { RunEvent, RunOptions } from '../types.ts'
import { begin, prepare, type Runnable } from './prepare.ts'
import { ended } from './run.ts'

/** The run as an async iterable that ends with `output` or `error`; leaving it early stops the run. */
export async function* stream(
  runnable: Runnable,
  input: unknown,
  options?: RunOptions,
): AsyncGenerator<RunEvent, void> {
  const queue: (RunEvent | undefined)[] = []
  let wake = () => {}
  const push = (event: RunEvent | undefined) => {
    queue.push(event)
    wake()
  }
  const actor = prepare(runnable, input, options, push)
  actor.subscribe({
    complete: () => {
      const { status, output } = actor.getSnapshot()
      push(status === 'done' ? { type: 'output', output } : undefined)
    },
    error: (error) => push({ type: 'error', error: ended(error, runnable.machine.id) }),
  })
  begin(actor, options)
  try {
    for (;;) {
      if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const event = queue.shift()
      if (event === undefined) return
      yield event
      if (event.type === 'output' || event.type === 'error') return
    }
  } finally {
    actor.stop()
  }
}
