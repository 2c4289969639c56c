// Retry and timeout: part of every function's definition, and states of its chart.
// Run it: npx tinyllm run examples/10-retry-and-timeout.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { fn } from 'tinyllm'

export const fetchRate = fn({
  name: 'fetchRate',
  // First it hangs, then the service is down, then it works. The idempotency key is the same each time: pass it to
  // whatever must not happen twice.
  run: async (currency: string, { attempt, signal, idempotencyKey }) => {
    if (attempt === 1) await sleep(60_000, undefined, { signal })
    if (attempt === 2) throw new Error('503 Service Unavailable')
    return { currency, rate: 1.08, attempt, idempotencyKey }
  },
  timeout: 30, // ms, each attempt
  retry: {
    attempts: 4, // tries in all
    backoff: { initial: 10, factor: 2, max: 1000 }, // ms: 10, 20, 40 …
    when: (error) => error.code === 'timeout' || error.message.includes('503'),
  },
})

export const sample = 'EUR'

export async function main() {
  const waits: string[] = []
  for await (const event of fetchRate.stream(sample, { id: 'rate-1' })) {
    if (event.type === 'state' && event.state === 'waitingToRetry') waits.push(`attempt ${event.attempt} failed`)
    if (event.type === 'output') return { ...event.output, waits }
    if (event.type === 'error') throw event.error
  }
  throw new Error('A run ends with its output or its error.')
}

// node examples/10-retry-and-timeout.ts (before Node 22.18: npx jiti examples/10-retry-and-timeout.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
