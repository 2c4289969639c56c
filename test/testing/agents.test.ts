import { agent, type AnyFn, asTool, chain, decision, fn, llmCall, map, receive } from 'tinyllm'
import { check, coverPaths, paths } from 'tinyllm/testing'
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
const agents: Record<string, AnyFn> = {
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
  'an output that is not asked for again': agent({
    ...base,
    output: z.object({ rain: z.boolean() }),
    outputRetries: 0,
    maxTurns: 2,
  }),
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
  'a predicate of the name': agent({
    ...base,
    tools: [weather, pay],
    approve: ({ name }) => name === 'pay',
    maxTurns: 2,
  }),
  'a tool that asks': agent({ ...base, tools: [asTool(pay, { approve: ({ amount }) => amount > 100 })], maxTurns: 2 }),
  'failures end it': agent({ ...base, toolErrors: 'fail', maxTurns: 2 }),
  'a word for failures': agent({ ...base, toolErrors: () => 'Try later.', maxTurns: 2 }),
  'one call at a time': agent({ ...base, tools: [weather, pay], concurrency: 1, maxTurns: 2 }),
  'all calls at a time': agent({ ...base, concurrency: Infinity, maxTurns: 2 }),
  'a time limit': agent({ ...base, timeout: 5000, maxTurns: 2 }),
  'a model with retry': agent({
    ...base,
    model: llmCall({ name: 'chat', model, retry: { attempts: 2 } }),
    maxTurns: 2,
  }),
  'a retry': agent({ ...base, retry: { attempts: 2 }, maxTurns: 2 }),
  'a tool that waits': agent({ ...base, tools: [askUser], maxTurns: 2 }),
  'a tool of several steps, that ask': agent({ ...base, tools: [trip], approve: true, maxTurns: 2 }),
  'a tool with retry and timeout': agent({
    ...base,
    tools: [
      asTool(pay, { name: 'payTwice' }),
      fn({
        name: 'slow',
        description: 'Slow.',
        input: z.object({}),
        run: () => 1,
        retry: { attempts: 2 },
        timeout: 100,
      }),
    ],
    maxTurns: 2,
  }),
  'tools of each turn': agent({ ...base, tools: () => [weather], maxTurns: 2 }),
  'an agent that is a tool': agent({
    ...base,
    tools: [agent({ name: 'helper', description: 'Helps.', model, tools: [pay], approve: ['pay'], maxTurns: 2 })],
    maxTurns: 2,
  }),
  'an agent as a step': chain({
    name: 'steps',
    children: [fn({ name: 'ask', run: (text: string) => text }), agent({ ...base, maxTurns: 2 })],
  }),
  'an agent of each item': map({ name: 'many', each: agent({ ...base, approve: true, maxTurns: 2 }) }),
  'an agent that decides': decision({
    name: 'which',
    decide: agent({ ...base, maxTurns: 2 }),
    branches: { good: fn({ name: 'g', run: () => 1 }), bad: fn({ name: 'b', run: () => 2 }) },
  }),
}

/** What cannot happen, and why. */
const impossible: Record<string, readonly string[]> = {
  // It stops before its turns are over.
  'a predicate that stops': [
    'desk.running.act → desk.failed on xstate.done.state.desk.running.act [desk#isOutOfTurns]',
  ],
}

describe.each(Object.entries(agents))('an agent with %s', (name, fn_) => {
  test('is covered, and every run goes as its chart says', async () => {
    const report = await coverPaths(fn_)
    const wrong = report.paths.filter(({ problem }) => problem !== undefined)
    expect({ wrong, missing: report.missing, bound: report.bound }).toEqual({
      wrong: [],
      missing: impossible[name] ?? [],
      bound: undefined,
    })
  })

  test('is sound by check', () => {
    expect(check(fn_).filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

const words = (all: Iterable<{ readonly description: string }>): string[] =>
  Array.from(all, ({ description }) => description)
const wordsOf = (name: string): string[] => words(paths(agents[name] as AnyFn))

describe('the paths of an agent say', () => {
  test.each([
    [
      'a tool fails, the model reads it and answers',
      'no option',
      "think calls weather → weather fails → think answers 'text' → complete",
    ],
    [
      'a call is cancelled',
      'no option',
      "think calls weather → weather is cancelled → think answers 'text' → complete",
    ],
    [
      'there is no such tool',
      'no option',
      "think calls unknown → there is no tool unknown → think answers 'text' → complete",
    ],
    ['the user said something', 'no option', "desk receives MESSAGE → think answers 'text' twice → complete"],
    ['the user said it at once', 'no option', "desk receives MESSAGE with mode now → think answers 'text' → complete"],
    ['the last turn', 'one turn', 'think calls weather → weather works → failed at desk (max_iterations)'],
    [
      'many turns once',
      'no option',
      '(think calls weather → weather works) 10 times → failed at desk (max_iterations)',
    ],
    [
      'one more turn, in words',
      'a last turn in words, of one',
      "think calls weather → weather works → think answers 'text' → complete",
    ],
    [
      'that a model calls a tool where it may not',
      'a last turn in words, of one',
      'think calls weather → weather works → think calls weather → failed at desk (max_iterations)',
    ],
    ['onMaxTurns is the end', 'an output of one turn', 'think calls weather → weather works → complete'],
    ['an answer does not fit', 'an output', `think answers 'text', then answers '{"rain":true}' → complete`],
    ['an answer never fits', 'an output', "think answers 'text' 3 times → failed at desk (output_validation)"],
    ['a tool ends it', 'an end by a tool', 'think calls pay → pay works → complete'],
    ['an answer is no end', 'an end by a tool', "think answers 'text', then calls pay → pay works → complete"],
    [
      'stopWhen by its own word',
      'a predicate that stops',
      'think calls weather → weather works → think calls weather → weather works → complete',
    ],
    [
      'stopWhen when it is made to',
      'a predicate that never stops',
      'think calls weather → weather works → stopWhen ends it → complete',
    ],
    ['beforeTurn stops', 'a state before each turn', 'beforeTurn returns {"stop":{"output":"text"}} → complete'],
    [
      'a call is approved',
      'all calls ask',
      "think calls weather → weather is approved and works → think answers 'text' → complete",
    ],
    [
      'a call is rejected',
      'all calls ask',
      "think calls weather → weather is rejected → think answers 'text' → complete",
    ],
    [
      'a person ends it',
      'all calls ask',
      'think calls weather → weather is rejected, which ends the agent → failed at desk (rejected)',
    ],
    [
      'toolErrors',
      'failures end it',
      'think calls weather → weather fails → failed at desk.act[call-weather].weather (run)',
    ],
  ])('%s', (_, name, description) => {
    expect(wordsOf(name)).toContain(description)
  })

  test.each([
    ['that a call is allowed which asks no one', 'no option', /weather is (approved|rejected)/],
    ['that a call runs without a word which always asks', 'all calls ask', /weather works/],
    ['that an answer does not fit where any text does', 'no option', /then answers 'text' → complete$/],
    ['that a model answers in words where a tool must end it', 'an end by a tool', /answers 'text' → complete/],
    ['that a tool fails where no tool is there', 'no tools', /weather/],
  ])('nothing of what cannot happen: %s', (_, name, never) => {
    expect(wordsOf(name).filter((each) => never.test(each) && !each.includes("answers ''"))).toEqual([])
  })

  test('what a person may say to a call, and that no one said anything', async () => {
    const { paths: all } = await coverPaths(agents['some calls ask, not for ever'] as AnyFn)
    const own = words(all).filter((each) => each.startsWith('input {"amount":101}'))
    expect(own).toEqual(
      expect.arrayContaining([
        'input {"amount":101} → pay is approved → complete',
        'input {"amount":101} → pay is approved with other arguments → complete',
        'input {"amount":101} → pay is rejected → rejected',
        'input {"amount":101} → pay is rejected, which ends the agent → rejected',
        'input {"amount":101} → pay is not approved in time → rejected',
      ]),
    )
  })

  test('that a call waits for its turn', async () => {
    const { paths: all } = await coverPaths(agents['one call at a time'] as AnyFn)
    expect(words(all)).toContain('weather waits in the queue → weather leaves the queue → complete')
  })
})
