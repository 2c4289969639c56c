// A policy: every kind of function may have `retry` and `timeout`.
//
// The chart:
//   starting
//   validatingInput
//   running            also invokes fetchPrice#timeout; whichever is first decides
//   validatingOutput   an output that the schema refuses is a failed attempt, too
//   complete
//   waitingToRetry     invokes fetchPrice#retry, a timer whose deadline is part of a saved run
//   failed             after the last attempt, or when `when` says no
import { fn } from 'tinyllm'
import { z } from 'zod'

export const fetchPrice = fn({
  name: 'fetchPrice',
  input: z.object({ product: z.string() }),
  output: z.object({ product: z.string(), price: z.number() }),
  // A service that is only up at the third try.
  run: ({ product }, { attempt }) => {
    if (attempt < 3) throw new Error('503 Service Unavailable')
    return { product, price: 42 }
  },
  timeout: 1000,
  retry: {
    attempts: 3,
    backoff: { initial: 10, factor: 2 },
    // What it throws is tried again only if it may pass; a timeout or a bad output always is.
    when: (error) => error.code !== 'run' || error.message.includes('503'),
  },
})

export const sample = { product: 'abacus' }
