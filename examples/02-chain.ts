// A chain: each child gets the output of the one before. Functions that you have fit as they are.
// Run it: npx tinyllm run examples/02-chain.ts
import { chain, llmCall } from 'tinyllm'

// Your own model: messages in, text out. Here it only answers from a table.
const translate = llmCall({
  name: 'translate',
  timeout: 5000,
  model: async (messages) => {
    const dictionary: Record<string, string> = { Statechart: 'Zustandsdiagramm', Region: 'Bereich' }
    return dictionary[String(messages.at(-1)?.content)] ?? 'unbekannt'
  },
})

const capitalize = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

export const dictionary = chain({
  name: 'dictionary',
  // The second `capitalize` would need another name; `fn({ name, run: capitalize })` or `.as(…)` names it.
  children: [(word: string) => word.trim(), capitalize, translate],
})

export const sample = ' statechart '

export async function main() {
  return dictionary.run(sample)
}

// node examples/02-chain.ts (before Node 22.18: npx jiti examples/02-chain.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
