import type { RunContext } from '../types.ts'

/** Calls a user's model function; its errors are annotated as those of a provider are. */
export async function callModelFunction<T>({ signal }: Pick<RunContext, 'signal'>, ask: () => T): Promise<Awaited<T>> {
  try {
    return await ask()
  } catch (thrown) {
    if (signal.aborted) throw thrown
    // Loaded only after a failure.
    const { annotateError } = await import('./lazy.ts')
    throw annotateError(thrown, {})
  }
}
