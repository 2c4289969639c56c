import type { Policy } from '../types.ts'

/** Two times in ms: for the whole of an attempt, and for how long it may keep silent. */
export type Timeouts = { readonly attempt?: number | undefined; readonly idle?: number | undefined }

/** What the `timeout` of a policy says; a number alone is for the attempt. */
export const timeoutsOf = (timeout: Policy['timeout']): Timeouts =>
  typeof timeout === 'object' ? timeout : { attempt: timeout }

/** What setTimeout can hold, in ms (25 days); given more, it calls back at once. */
export const MAX_TIMER_DELAY = 2 ** 31 - 1
