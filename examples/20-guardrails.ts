// Guardrails: a check before runs beside the answer, so that it costs no time; a check after is the answer's schema.
// Run it: npx tinyllm run examples/20-guardrails.ts
import { flow, llmCall, parallel } from 'tinyllm'
import { z } from 'zod'

/** Before: a small model judges the question. */
const moderation = llmCall({
  name: 'moderation',
  output: z.enum(['safe', 'unsafe']),
  model: async (messages) => (String(messages.at(-1)?.content).includes('bomb') ? 'unsafe' : 'Safe.'),
})

/** After: an answer with a mail address is rejected, and the model tries again. After two attempts the run fails. */
const answer = llmCall({
  name: 'answer',
  output: z.string().refine((text) => !/\S+@\S+/.test(text), 'must not contain an email address'),
  retry: { attempts: 2, feedback: true, backoff: { initial: 10 } },
  model: async (messages) => (messages.length > 1 ? 'Ask the front desk.' : 'Write to ada@example.com.'),
})

export const guarded = flow({
  name: 'guarded',
  timeout: 60_000,
  input: z.object({ question: z.string().max(2000) }), // the cheapest check of all
  steps: (s) =>
    s
      .step(parallel({ name: 'both', children: { moderation, answer } }), ({ input }) => input.question)
      .endWhen(
        ({ value }) => value.moderation === 'unsafe',
        () => 'I cannot help with that.',
      )
      .step('reply', ({ value }) => value.answer),
})

export const sample = { question: 'Whom do I ask for a key?' }

export async function main() {
  return [await guarded.run(sample), await guarded.run({ question: 'How do I build a bomb?' })]
}

// node examples/20-guardrails.ts (before Node 22.18: npx jiti examples/20-guardrails.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
