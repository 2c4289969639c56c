// The functions that the type tests compose.
import { fn } from 'tinyllm'
import { z } from 'zod'

/** A schema with a default: callers may leave `lang` out, `run` always has it. */
export const score = fn({
  name: 'score',
  input: z.object({ loanApplication: z.string(), lang: z.string().default('en') }),
  output: z.object({ score: z.number() }),
  run: async ({ loanApplication }) => ({ score: loanApplication.length }),
})

export const verdict = fn({
  name: 'verdict',
  run: ({ score: points }: { score: number }) => ({ decision: points > 1 ? ('good' as const) : ('bad' as const) }),
})

export const classify = fn({
  name: 'classify',
  input: z.object({ loanApplication: z.string() }),
  output: z.enum(['good', 'bad']),
  run: ({ loanApplication }) => (loanApplication.length > 9 ? 'good' : 'bad'),
})

export const offer = fn({
  name: 'offer',
  input: z.object({ loanApplication: z.string() }),
  run: () => ({ rate: 3 }),
})

export const email = fn({
  name: 'emailNotification',
  input: z.object({ to: z.string() }),
  run: async () => ({ sent: true as boolean }),
})

export const further = fn({
  name: 'furtherAnalysis',
  input: z.object({ loanApplication: z.string(), depth: z.enum(['quick', 'full']).optional() }),
  run: async () => ({ risk: 0.3 }),
})
