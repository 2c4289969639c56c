import type { Policy } from '../types.ts'

/** Timeouts in ms: of one attempt, and of the time without any event from it. */
export type Timeouts = { readonly attempt?: number | undefined; readonly idle?: number | undefined }

/** The `timeout` of a policy in its long form; a number alone is `attempt`. */
export const timeoutsOf = (timeout: Policy['timeout']): Timeouts =>
  typeof timeout === 'object' ? timeout : { attempt: timeout }

/** The longest delay of setTimeout, in ms (25 days); a longer one fires at once. */
export const MAX_TIMER_DELAY = 2 ** 31 - 1
