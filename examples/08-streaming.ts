// Streaming: states, tokens and usage of a run as they come, from any depth, and the output at the end.
// Run it: npx tinyllm run examples/08-streaming.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { chain, llmCall } from 'tinyllm'

const poet = llmCall({
  name: 'poet',
  timeout: 5000,
  model: async (messages, { emit, signal }) => {
    const words = ['Roses ', 'are ', 'red']
    for (const delta of words) {
      await sleep(10, undefined, { signal })
      emit({ type: 'token', delta })
    }
    emit({ type: 'usage', inputTokens: messages.length, outputTokens: words.length })
    return words.join('')
  },
})

export const poem = chain({
  name: 'poem',
  children: [(topic: string) => `Write a line about ${topic}.`, poet, (line: string) => `${line}.`],
})

export const sample = 'roses'

export async function main(onToken: (delta: string) => void = () => {}) {
  const seen = { deltas: [] as string[], tokens: 0, states: 0, output: '' }
  for await (const event of poem.stream(sample)) {
    if (event.type === 'token') {
      onToken(event.delta)
      seen.deltas.push(`${event.path}: ${event.delta}`)
    } else if (event.type === 'usage') seen.tokens += event.outputTokens
    else if (event.type === 'state') seen.states += 1
    else if (event.type === 'output') seen.output = event.output
    // A failed run ends with this event; the loop itself never throws because of it.
    else if (event.type === 'error') throw event.error
  }
  return seen
}

// node examples/08-streaming.ts (before Node 22.18: npx jiti examples/08-streaming.ts)
if (process.argv[1] === import.meta.filename) console.log('\n', await main((delta) => process.stdout.write(delta)))
