import { agent, type AnyFn, asTool, chain, decision, fn, llmCall, map, receive } from 'tinyllm'
import { check, coverPaths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const model = async (): Promise<string> => 'text'
const weather = fn({
  name: 'weather',
  description: 'Tells the weather.',
  input: z.object({ city: z.string() }),
  run: ({ city }) => `sun in ${city}`,
})
const pay = fn({
  name: 'pay',
  description: 'Pays an amount.',
  input: z.object({ amount: z.number() }),
  output: z.object({ paid: z.number() }),
  run: ({ amount }) => ({ paid: amount }),
})
const askUser = receive({
  name: 'askUser',
  description: 'Asks the user.',
  input: z.object({ question: z.string() }),
  events: { ANSWER: z.object({ text: z.string() }) },
})
const trip = chain({
  name: 'trip',
  description: 'Plans a trip.',
  children: [
    fn({ name: 'first', input: z.object({ city: z.string() }), run: ({ city }) => ({ question: city }) }),
    askUser.as('second'),
  ],
})

const base = { name: 'desk', model, tools: [weather] } as const
export const agents: Record<string, AnyFn> = {
  'no option': agent(base),
  'no tools': agent({ ...base, tools: [] }),
  'two tools': agent({ ...base, tools: [weather, pay] }),
  'one turn': agent({ ...base, maxTurns: 1 }),
  'two turns': agent({ ...base, maxTurns: 2 }),
  'a last turn in words': agent({ ...base, maxTurns: 2, onMaxTurns: 'answer' }),
  'a last turn in words, of one': agent({ ...base, maxTurns: 1, onMaxTurns: 'answer' }),
  'an output after the last turn': agent({ ...base, maxTurns: 2, onMaxTurns: () => 'out' }),
  'an output of one turn': agent({ ...base, maxTurns: 1, onMaxTurns: () => 'out' }),
  'an output': agent({ ...base, output: z.object({ rain: z.boolean() }), maxTurns: 2 }),
  'an output that is not asked for again': agent({ ...base, output: z.object({ rain: z.boolean() }), outputRetries: 0, maxTurns: 2 }),
  'a transcript': agent({ ...base, transcript: true, maxTurns: 2 }),
  'an input': agent({ ...base, input: z.object({ topic: z.string() }), maxTurns: 2 }),
  instructions: agent({ ...base, instructions: () => 'Be brief.', maxTurns: 2 }),
  'an end by a tool': agent({ ...base, tools: [weather, pay], endWith: 'pay', maxTurns: 2 }),
  'a predicate that stops': agent({ ...base, stopWhen: ({ turn }) => turn > 1, maxTurns: 3 }),
  'a predicate that never stops': agent({ ...base, stopWhen: () => false, maxTurns: 2 }),
  'a state before each turn': agent({ ...base, beforeTurn: () => ({ instructions: 'Be brief.' }), maxTurns: 2 }),
  'a state before each turn, with retry': agent({
    ...base,
    beforeTurn: fn({ name: 'compact', run: () => ({}), retry: { attempts: 2 }, timeout: 100 }),
    maxTurns: 2,
  }),
  'all calls ask': agent({ ...base, approve: true, maxTurns: 2 }),
  'some calls ask, not for ever': agent({
    ...base,
    tools: [weather, pay],
    approve: { pay: ({ amount }) => amount > 100 },
    approvalTimeout: 1000,
    maxTurns: 2,
  }),
  'a predicate of the name': agent({ ...base, tools: [weather, pay], approve: ({ name }) => name === 'pay', maxTurns: 2 }),
  'a tool that asks': agent({ ...base, tools: [asTool(pay, { approve: ({ amount }) => amount > 100 })], maxTurns: 2 }),
  'failures end it': agent({ ...base, toolErrors: 'fail', maxTurns: 2 }),
  'a word for failures': agent({ ...base, toolErrors: () => 'Try later.', maxTurns: 2 }),
  'one call at a time': agent({ ...base, tools: [weather, pay], concurrency: 1, maxTurns: 2 }),
  'all calls at a time': agent({ ...base, concurrency: Infinity, maxTurns: 2 }),
  'a time limit': agent({ ...base, timeout: 5000, maxTurns: 2 }),
  'a model with retry': agent({ ...base, model: llmCall({ name: 'chat', model, retry: { attempts: 2 } }), maxTurns: 2 }),
  'a retry': agent({ ...base, retry: { attempts: 2 }, maxTurns: 2 }),
  'a tool that waits': agent({ ...base, tools: [askUser], maxTurns: 2 }),
  'a tool of several steps, that ask': agent({ ...base, tools: [trip], approve: true, maxTurns: 2 }),
  'a tool with retry and timeout': agent({
    ...base,
    tools: [asTool(pay, { name: 'payTwice' }), fn({ ...{ name: 'slow', description: 'Slow.', input: z.object({}) }, run: () => 1, retry: { attempts: 2 }, timeout: 100 })],
    maxTurns: 2,
  }),
  'tools of each turn': agent({ ...base, tools: () => [weather], maxTurns: 2 }),
  'an agent that is a tool': agent({
    ...base,
    tools: [agent({ name: 'helper', description: 'Helps.', model, tools: [pay], approve: ['pay'], maxTurns: 2 })],
    maxTurns: 2,
  }),
  'an agent as a step': chain({ name: 'steps', children: [fn({ name: 'ask', run: (text: string) => text }), agent({ ...base, maxTurns: 2 })] }),
  'an agent of each item': map({ name: 'many', each: agent({ ...base, approve: true, maxTurns: 2 }) }),
  'an agent that decides': decision({
    name: 'which',
    decide: agent({ ...base, maxTurns: 2 }),
    branches: { good: fn({ name: 'g', run: () => 1 }), bad: fn({ name: 'b', run: () => 2 }) },
  }),
}

describe.each(Object.entries(agents))('an agent with %s', (_, fn_) => {
  test('is covered, and every run goes as its chart says', async () => {
    const report = await coverPaths(fn_)
    const wrong = report.paths.filter(({ problem }) => problem !== undefined)
    expect({ wrong, missing: report.missing, bound: report.bound }).toEqual({ wrong: [], missing: [], bound: undefined })
  })

  test('is sound by check', () => {
    expect(check(fn_).filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
