// A function with schemas: what comes in and what goes out is checked, a failure says where and why.
// Run it: npx tinyllm run examples/01-function.ts
import { fn } from 'tinyllm'
import { z } from 'zod'

export const greet = fn({
  name: 'greet',
  input: z.object({ who: z.string().min(1), language: z.enum(['en', 'fr']).default('en') }),
  output: z.string(),
  run: async ({ who, language }) => (language === 'fr' ? `Bonjour ${who}` : `Hello ${who}`),
})

export const sample = { who: 'Ada' }

export async function main() {
  const greeting = await greet.run(sample)

  // `run` rejects with a PipelineError; `safeRun` returns it as a value.
  const result = await greet.safeRun({ who: '' })
  const refused = result.success ? undefined : { code: result.error.code, issues: result.error.issues }

  return { greeting, refused }
}

// node examples/01-function.ts (before Node 22.18: npx jiti examples/01-function.ts)
if (process.argv[1] === import.meta.filename) console.dir(await main(), { depth: null })
