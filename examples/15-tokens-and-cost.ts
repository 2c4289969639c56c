// Tokens and cost of a run: in its result, also when it failed, and step by step while it runs.
// Run it: npx tinyllm run examples/15-tokens-and-cost.ts
import { chain } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'

// Instead of new OpenAI(): the same answer each time, with the tokens that a server would have counted.
const client = {
  chat: {
    completions: {
      create: async () => ({
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Statecharts nest.' } }],
        usage: { prompt_tokens: 1000, completion_tokens: 100 },
      }),
    },
  },
}

// OpenAI's prices are known. For other models, add yours: dollars for a million tokens.
const prices = { 'my-model': { input: 1, output: 2 } }

export const essay = chain({
  name: 'essay',
  timeout: 60_000,
  children: [
    openAIChat({ name: 'draft', model: 'gpt-4o-mini', client }),
    openAIChat({ name: 'polish', model: 'my-model', client, prices }),
  ],
})

export const sample = 'Write a line about statecharts.'

export async function main() {
  const { usage, id } = await essay.safeRun(sample, { id: 'essay-1' }) // beside `success` and `output` or `error`

  const steps: Record<string, number> = {}
  for await (const event of essay.stream(sample)) {
    if (event.type === 'usage') steps[event.path] = event.inputTokens + event.outputTokens
  }
  return { id, usage, steps }
}

// node examples/15-tokens-and-cost.ts (before Node 22.18: npx jiti examples/15-tokens-and-cost.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
