import { CliError } from './cli-error.ts'

/**
 * What a promise comes to. Where nothing is left in this process that could settle it, `idle` is asked: for what it comes
 * to then, or for the words of a `CliError` that says why it comes to nothing.
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
