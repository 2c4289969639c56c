// Persisting and resuming: a run is one snapshot, plain JSON. What was finished does not run again.
// Run it: npx tinyllm run examples/11-persisting.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { chain, fn } from 'tinyllm'
import { createActor, toPromise, waitFor } from 'xstate'

const log: string[] = []

const research = fn({
  name: 'research',
  run: (topic: string) => {
    log.push('research')
    return [`${topic} are old`, `${topic} are useful`]
  },
})

const write = fn({
  name: 'write',
  run: async (facts: string[], { signal, idempotencyKey }) => {
    log.push(`write ${idempotencyKey}`)
    await sleep(30, undefined, { signal })
    return `${facts.join(', and ')}.`
  },
})

export const essay = chain({ name: 'essay', children: [research, write] })

export const sample = 'Statecharts'

export async function main() {
  log.length = 0

  // The process that starts the run goes down while the second step is under way.
  const first = essay.start(sample, { id: 'essay-1' })
  await waitFor(first, (state) => state.matches({ running: { write: 'running' } }))
  await sleep(5)
  const saved = JSON.stringify(first.getPersistedSnapshot())
  first.stop()

  // Another process goes on: `write` is called again, with the same idempotency key; `research` is not.
  // The input is in the snapshot; XState's types ask for one all the same.
  const second = createActor(essay.machine, { snapshot: JSON.parse(saved), input: '' }).start()
  const output = await toPromise(second)
  return { output, log }
}

// node examples/11-persisting.ts (before Node 22.18: npx jiti examples/11-persisting.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
