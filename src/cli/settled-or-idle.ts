import { CliError } from './cli-error.ts'

/**
 * Resolves like the promise. When the event loop is empty and the promise is still pending, `idle` returns the value to
 * resolve with, or the message of a `CliError` to reject with.
 */
export async function settledOrIdle<T>(promise: Promise<T>, idle: () => string | { readonly value: T }): Promise<T> {
  let onIdle = () => {}
  const drained = new Promise<T>((resolve, reject) => {
    onIdle = () => {
      const found = idle()
      if (typeof found === 'string') reject(new CliError(found))
      else resolve(found.value)
    }
  })
  process.once('beforeExit', onIdle)
  try {
    return await Promise.race([promise, drained])
  } finally {
    process.off('beforeExit', onIdle)
  }
}
