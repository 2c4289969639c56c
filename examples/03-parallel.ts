// In parallel: every child gets the input, and the output has the shape of `children`.
// Run it: npx tinyllm run examples/03-parallel.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { fn, parallel } from 'tinyllm'

const summary = fn({
  name: 'summary',
  run: async (text: string, { signal }) => {
    await sleep(20, undefined, { signal })
    return `${text.slice(0, 14)}…`
  },
})

const sentiment = fn({
  name: 'sentiment',
  run: async (text: string) => (text.includes('love') ? 'positive' : 'neutral'),
})

const translation = fn({
  name: 'translation',
  run: async (): Promise<string> => {
    throw new Error('The translator is on holiday')
  },
})

/** Mode `all`, the default: the first failure ends it, and the signals of the others are aborted. */
export const review = parallel({ name: 'review', children: { summary, sentiment } })

/** Mode `settled`: every child ends, and its result says how. */
const attempt = parallel({ name: 'attempt', mode: 'settled', children: { sentiment, translation } })

export const sample = 'I love statecharts'

export async function main() {
  const text = sample
  const all = await review.run(text)
  const { sentiment: first, translation: second } = await attempt.run(text)
  return {
    all,
    first: first.success ? first.output : undefined,
    second: second.success ? undefined : second.error.message,
  }
}

// node examples/03-parallel.ts (before Node 22.18: npx jiti examples/03-parallel.ts)
if (process.argv[1] === import.meta.filename) console.dir(await main(), { depth: null })
