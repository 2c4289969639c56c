import type { Policy } from '../types.ts'

/** Two times in ms: for the whole of an attempt, and for how long it may keep silent. */
export type Times = { readonly attempt?: number | undefined; readonly idle?: number | undefined }

/** What the `timeout` of a policy says; a number alone is for the attempt. */
export const timesOf = (timeout: Policy['timeout']): Times =>
  typeof timeout === 'object' ? timeout : { attempt: timeout }

/** What setTimeout can hold, in ms (25 days); given more, it calls back at once. */
export const LONGEST_TIMER = 2 ** 31 - 1
