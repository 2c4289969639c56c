import type { Policy } from '../types.ts'

/** Between the tries of a leaf that calls a model and was not told how long: servers need a moment, and not all at once. */
export const MODEL_BACKOFF: NonNullable<NonNullable<Policy['retry']>['backoff']> = /* @__PURE__ */ Object.freeze({
  initial: 500,
  max: 30_000,
  jitter: true,
})
