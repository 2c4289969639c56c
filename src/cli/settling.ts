import { CliError } from './failure.ts'

/** What a promise comes to; a `CliError` that says why, where nothing is left in this process that could settle it. */
export async function settling<T>(promise: Promise<T>, why: () => string): Promise<T> {
  let onIdle = () => {}
  const idle = new Promise<never>((_, reject) => {
    onIdle = () => reject(new CliError(why()))
  })
  process.once('beforeExit', onIdle)
  try {
    return await Promise.race([promise, idle])
  } finally {
    process.off('beforeExit', onIdle)
  }
}
