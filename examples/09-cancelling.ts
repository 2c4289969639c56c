// Cancelling: an AbortSignal ends the run; whatever is in progress gets an aborted signal.
// Run it: npx tinyllm run examples/09-cancelling.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { fn, parallel } from 'tinyllm'

const log: string[] = []

/** Pass the signal to whatever takes one: fetch, a model's SDK, a timer. */
const search = fn({
  name: 'search',
  run: async (query: string, { signal, path }) => {
    signal.addEventListener('abort', () => log.push(`${path} was aborted`))
    await sleep(1000, undefined, { signal })
    return `results for ${query}`
  },
})

export const searches = parallel({ name: 'searches', children: { web: search, archive: search } })

export const sample = 'statecharts'

export async function main() {
  log.length = 0
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('the user left')), 20)
  const cancelled = await searches.safeRun(sample, { signal: controller.signal })

  // The time limit of a whole run ends it in the same way, with another code.
  const late = await searches.safeRun(sample, { timeout: 20 })

  const codes = [cancelled, late].map((result) => (result.success ? 'none' : result.error.code))
  return { codes, log }
}

// node examples/09-cancelling.ts (before Node 22.18: npx jiti examples/09-cancelling.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
