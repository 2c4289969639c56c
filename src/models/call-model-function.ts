import type { RunContext } from '../types.ts'

/** Asks a model that is somebody's own function: what it throws is read as that of all others is. */
export async function callModelFunction<T>({ signal }: Pick<RunContext, 'signal'>, ask: () => T): Promise<Awaited<T>> {
  try {
    return await ask()
  } catch (thrown) {
    if (signal.aborted) throw thrown
    // Loaded only where something failed.
    const { annotateError } = await import('./lazy.ts')
    throw annotateError(thrown, {})
  }
}
