import type { Policy } from '../types.ts'

/** Says at definition time what is wrong with a policy, with the remedy. */
export function checkPolicy(owner: string, { retry, timeout }: Policy): void {
  checkMs(owner, 'timeout', timeout)
  if (retry === undefined) return
  if (!Number.isInteger(retry.attempts) || retry.attempts < 1) {
    throw new TypeError(
      `${owner}: retry.attempts is ${String(retry.attempts)}. It counts tries in all: give a whole number from 1 up.`,
    )
  }
  if (retry.when !== undefined && typeof retry.when !== 'function') {
    throw new TypeError(`${owner}: retry.when is no function. Give (error) => boolean, or leave it out.`)
  }
  const { initial, factor, max } = retry.backoff ?? {}
  for (const [field, value] of Object.entries({ initial, factor, max })) {
    if (value !== undefined && !(value >= 0)) {
      throw new TypeError(
        `${owner}: retry.backoff.${field} is ${String(value)}. Give a number from 0 up (delays are in ms).`,
      )
    }
  }
}

export function checkMs(owner: string, field: string, ms: unknown): void {
  if (ms === undefined) return
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms <= 0) {
    throw new TypeError(`${owner}: ${field} is ${String(ms)}. Give milliseconds, more than 0, or leave it out.`)
  }
}
