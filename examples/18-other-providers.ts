// Any provider: `llmCall` takes a language model of the Vercel AI SDK (5, 6, 7) as it is, also as an agent's model.
// Run it: npx tinyllm run examples/18-other-providers.ts
import { fallback, llmCall } from 'tinyllm'

// npm install @ai-sdk/anthropic @ai-sdk/google, and set ANTHROPIC_API_KEY and GOOGLE_GENERATIVE_AI_API_KEY. Then:
//   import { anthropic } from '@ai-sdk/anthropic'
//   import { google } from '@ai-sdk/google'
//   const first = anthropic('claude-sonnet-4-5')
//   const second = google('gemini-2.5-flash')
// Here two objects of the same shape answer, without a network: what a package makes for you.
const modelOf = (provider: string, text: () => string) => ({
  specificationVersion: 'v3' as const,
  provider,
  modelId: `${provider}-model`,
  supportedUrls: {},
  doGenerate: async () => ({
    content: [{ type: 'text', text: text() }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: { total: 5 }, outputTokens: { total: 2 } },
    warnings: [],
  }),
  doStream: async () => {
    throw new Error('This script does not stream.')
  },
})
const first = modelOf('anthropic', () => {
  throw new Error('overloaded')
})
const second = modelOf('google', () => 'Bonjour')

/** One provider is down: the next one answers. The settings have the AI SDK's names. */
export const greeting = fallback({
  name: 'greeting',
  children: [
    llmCall({ name: 'claude', model: first, maxOutputTokens: 500, timeout: 30_000 }),
    llmCall({
      name: 'gemini',
      model: second,
      maxOutputTokens: 500,
      timeout: 30_000,
      prices: { 'google-model': { input: 1, output: 2 } },
    }),
  ],
})

export const sample = 'Say hello in French.'

export async function main() {
  const { output, usage } = await greeting.safeRun(sample)
  return { output, usage }
}

// node examples/18-other-providers.ts (before Node 22.18: npx jiti examples/18-other-providers.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
