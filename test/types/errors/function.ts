import { fn } from 'tinyllm'
import { z } from 'zod'
import { email, score, verdict } from '../fixtures.ts'

const text = z.object({ text: z.string() })

// wrong: run reads what the schema does not have
fn({ name: 'a', input: text, run: (input) => input.txt })

// wrong: run gives what the output schema does not take
fn({ name: 'b', input: text, output: z.object({ n: z.number() }), run: ({ text: t }) => ({ n: t }) })

// wrong: no name
fn({ run: () => 1 })

// wrong: a misspelt policy
fn({ name: 'd', run: () => 1, retry: { attempt: 3 } })

// wrong: a misspelt time
fn({ name: 'f', run: () => 1, timeout: { idel: 3 } })

// wrong: a policy that does not exist
fn({ name: 'e', run: () => 1, retries: 3 })

// wrong: an input that the schema does not take
await score.run({ loan: 'a' })

// wrong: an output that is read before it is known to be there
const result = await score.safeRun({ loanApplication: 'a' })
result.output.score

// wrong: a replacement that gives something else
score.override(score, () => ({ scored: 1 }))

// wrong: a replacement that takes something else
score.override(score, (input: { n: number }) => ({ score: input.n }))

// wrong: a function of ours that takes something else
score.override(score, email)

// wrong: a function of ours that gives something else
score.override(score, verdict.as('other'))

// wrong: a function is an object with run
score({ loanApplication: 'a' })

// wrong: what a leaf runs is given something else
fn({ name: 'g', run: (_: string, ctx) => ctx.run(score, { loan: 'a' }) })

// wrong: what a leaf runs is a plain function
fn({ name: 'h', run: (n: number, ctx) => ctx.run((m: number) => m, n) })
