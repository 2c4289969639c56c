import {
  actor,
  agent,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  receive,
  type AnyFn,
} from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { check, type FindingCode } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { supportTriage } from '../../machines/support-triage.ts'

const text = (name: string) => fn({ name, input: z.string(), output: z.string(), run: (value: string) => value })
const ask = (output: z.ZodType<string>) => openAIChat({ name: 'ask', model: 'gpt-4o-mini', output, timeout: 1000 })
const doGenerate = () => Promise.reject(new Error('never called'))
/** What types would refuse, as JavaScript or a cast lets it through. */
const untyped = <T>(make: (config: never) => T, config: object): T => make(config as never)

const planted: Record<string, [fn: AnyFn, code: FindingCode, path: string, says: string]> = {
  'a state of a machine that nothing leads to': [
    actor({
      name: 'it',
      logic: createMachine({ id: 'door', initial: 'open', states: { open: {}, ajar: {} } }),
    }),
    'unreachable',
    'it',
    'door.ajar',
  ],
  'a wait of a machine that no event sent to the run reaches': [
    chain({
      name: 'all',
      children: [
        actor({
          name: 'door',
          logic: createMachine({
            id: 'door',
            initial: 'shut',
            states: { shut: { on: { OPEN: 'open' } }, open: { type: 'final' } },
          }) as never,
        }),
      ] as never,
    }) as AnyFn,
    'event-unreachable',
    'all.door',
    'waits for OPEN',
  ],
  'a child of a fallback behind one that cannot fail': [
    fallback({ name: 'it', children: [pass<string>(), text('late')] }),
    'unreachable',
    'it.late',
    'pass comes before it',
  ],
  'a case behind one that always matches': [
    branch({
      name: 'it',
      cases: [
        { name: 'all', when: () => true, then: text('all') },
        { name: 'some', when: (input: string) => input === 'some', then: text('some') },
      ],
    }),
    'unreachable',
    'it.some',
    'always matches',
  ],
  'an answer that is not asked for strictly, for a key that is optional': [
    ask(z.object({ a: z.object({ b: z.string().optional() }) }) as never),
    'not-strict',
    'ask',
    'a.b is optional',
  ],
  'an answer that is not asked for strictly, for a record in a list': [
    ask(z.array(z.record(z.string(), z.number())) as never),
    'not-strict',
    'ask',
    '[] is a record, whose keys are not known',
  ],
  'an answer that is not asked for strictly, for a pair': [
    llmCall({
      name: 'it',
      model: { specificationVersion: 'v3', provider: 'p', modelId: 'm', doGenerate, doStream: doGenerate },
      output: z.object({ at: z.tuple([z.number(), z.number()]) }),
      timeout: 1000,
    } as never),
    'not-strict',
    'it',
    'at is a tuple',
  ],
  'an event that nobody can be shown': [
    receive({
      name: 'it',
      events: { GO: { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } } },
      timeout: 1000,
    }),
    'no-json-schema',
    'it',
    'The schema of GO',
  ],
  'a choice that is never made': [
    decision({ name: 'it', decide: ask(z.enum(['good'])), branches: { good: pass(), bad: pass() } }),
    'choice-never',
    'it',
    '"bad"',
  ],
  'an answer that is none of the choices': [
    untyped(decision, { name: 'it', decide: ask(z.enum(['good', 'ugly'])), branches: { good: pass() } }),
    'choice-unknown',
    'it',
    '"ugly"',
  ],
  'an event that no branch is for': [
    untyped(decision, {
      name: 'it',
      decide: receive({ name: 'answer', events: { YES: z.object({}), NO: z.object({}) }, timeout: 1000 }),
      branches: { yes: pass() },
    }),
    'choice-unknown',
    'it',
    '"NO"',
  ],
  'a model without a timeout': [
    chain({ name: 'it', children: [llmCall({ name: 'model', model: async () => 'text' })] }),
    'no-timeout',
    'it.model',
    'calls a model',
  ],
  'an asynchronous leaf without a timeout': [
    fn({ name: 'it', run: async (value: string) => value }),
    'no-timeout',
    'it',
    'asynchronous',
  ],
  'a retry without a cap': [
    fn({ name: 'it', run: (value: string) => value, retry: { attempts: Number.MAX_SAFE_INTEGER } }),
    'retry-uncapped',
    'it',
    '9,007,199,254,740,991 times',
  ],
  'delays that grow without a limit': [
    fn({ name: 'it', run: (value: string) => value, retry: { attempts: 20, backoff: { initial: 1000 } } }),
    'backoff-unbounded',
    'it',
    'hours',
  ],
  'a loop without a bound': [
    loop({ name: 'it', body: text('body'), until: ({ value }) => value === '', maxIterations: 1e9 }),
    'loop-unbounded',
    'it',
    '1,000,000,000 iterations',
  ],
  'a field that nobody gives': [
    untyped(chain, {
      name: 'it',
      children: [
        fn({ name: 'find', output: z.object({ title: z.string() }), run: (value: string) => ({ title: value }) }),
        fn({ name: 'send', input: z.object({ title: z.string(), to: z.string() }), run: ({ to }) => to }),
      ],
    }),
    'missing-field',
    'it.send',
    'needs to',
  ],
  'a value of another kind': [
    untyped(chain, {
      name: 'it',
      children: [fn({ name: 'count', output: z.number(), run: () => 1 }), text('shout')],
    }),
    'mismatch',
    'it.shout',
    'cannot take',
  ],
  'an output that JSON cannot hold': [
    fn({ name: 'it', output: z.object({ at: z.date().nullable() }), run: () => ({ at: new Date() }) }),
    'not-json',
    'it',
    'a Date at at',
  ],
  'an asynchronous schema': [
    fn({ name: 'it', output: z.string().refine(async () => true), run: () => 'text' }),
    'async-schema',
    'it',
    'asynchronous',
  ],
  'a placeholder that is never filled': [
    chain({
      name: 'it',
      children: [
        fn({ name: 'find', output: z.object({ title: z.string() }), run: (title: string) => ({ title }) }),
        untyped(openAIPromptTemplate, {
          name: 'prompt',
          sections: [openAIUserMessage('{title} by {author}')],
        }) as AnyFn,
      ] as never,
    }),
    'placeholder-unfilled',
    'it.prompt',
    '{author}',
  ],
  'a receive that can wait for ever': [
    receive({ name: 'it', events: { GO: z.object({}) } }),
    'receive-forever',
    'it',
    'waits for GO',
  ],
  'a timeout that never runs out': [
    chain({
      name: 'it',
      children: [fn({ name: 'step', run: (value: string) => value, timeout: 5000 })],
      timeout: 1000,
    }),
    'timeout-never',
    'it.step',
    'comes first',
  ],
  'a retry that is cut off': [
    chain({
      name: 'it',
      timeout: 1000,
      children: [
        fn({ name: 'step', run: (value: string) => value, retry: { attempts: 2, backoff: { initial: 1000 } } }),
      ],
    }),
    'retry-cut',
    'it.step',
    'never tried again',
  ],
  'two that wait for the same event': [
    parallel({
      name: 'it',
      timeout: 1000,
      children: {
        a: receive({ name: 'a', events: { GO: z.object({}) } }),
        b: receive({ name: 'b', events: { GO: z.object({}) } }),
      },
    }),
    'event-ambiguous',
    'it',
    'at the same time',
  ],
}

describe('check finds', () => {
  test.each(Object.entries(planted))('%s', (_, [pipeline, code, path, says]) => {
    const findings = check(pipeline)
    expect(findings.map((finding) => `${finding.code} ${finding.path}`)).toEqual([`${code} ${path}`])
    expect(findings[0]?.message).toContain(says)
    expect(findings[0]?.remedy).toMatch(/\.$/)
  })

  test('more than one thing, the worst first', () => {
    const poor = loop({
      name: 'poor',
      body: llmCall({ name: 'model', model: async () => 'text' }),
      until: () => true,
      maxIterations: 1e6,
    })
    expect(check(poor).map(({ code }) => code)).toEqual(['loop-unbounded', 'no-timeout'])
  })

  test('what replaces a function, and not what was replaced', () => {
    const found = chain({ name: 'it', children: [receive({ name: 'wait', events: { GO: z.object({}) } })] })
    expect(check(found)).toHaveLength(1)
    expect(check(found.override('it.wait', pass()))).toEqual([])
  })
})

describe('check finds nothing', () => {
  test('in a sound pipeline of every kind', () => {
    const application = z.object({ loanApplication: z.string(), amount: z.number() })
    const classify = chain({
      name: 'classify',
      children: [
        openAIPromptTemplate({
          name: 'prompt',
          input: application,
          sections: [openAISystemMessage('good or bad? {{json}}'), openAIUserMessage('{loanApplication}')],
        }),
        ask(z.enum(['good', 'bad'])),
      ],
    })
    const sound = flow({
      name: 'sound',
      input: application,
      timeout: 60_000,
      steps: (s) =>
        s
          .step(
            decision({
              name: 'credit',
              decide: classify,
              branches: {
                good: pass(),
                bad: parallel({
                  name: 'both',
                  children: { a: pass(), b: map({ name: 'b', each: text('each') }) },
                  inputs: { b: () => ['x'] },
                }),
              },
            }),
            ({ input }) => input,
          )
          .step('words', ({ input }) => input.loanApplication)
          .step(loop({ name: 'refine', body: text('body'), until: ({ value }) => value !== '', maxIterations: 5 }))
          .step(
            fallback({
              name: 'answer',
              children: [
                fn({
                  name: 'model',
                  run: async (value: string) => value,
                  retry: { attempts: 3, backoff: { initial: 100, jitter: true } },
                  timeout: 5000,
                }),
                text('plain'),
              ],
            }),
          )
          .step(receive({ name: 'approval', events: { APPROVE: z.object({ by: z.string() }) } }), () => undefined),
    })
    expect(check(sound)).toEqual([])
  })
})

test('the words of a person to a call are known', () => {
  const pay = fn({ name: 'pay', description: 'Pays.', input: z.object({ amount: z.number() }), run: () => 'paid' })
  const base = {
    name: 'it',
    tools: [pay],
    model: openAIChat({ name: 'chat', model: 'gpt-4o-mini' }),
    timeout: 1000,
  } as const
  expect(check(agent({ ...base, approve: ['pay'] }))).toEqual([])
  expect(check(agent({ ...base, approve: ({ name }) => name === 'pay' }))).toEqual([])
  expect(check(supportTriage).map(({ code }) => code)).not.toContain('no-json-schema')
})

test('an answer with a list that can only be empty is found', () => {
  const output = z.object({ days: z.array(z.date()), at: z.date().optional() })
  const findings = check(openAIChat({ name: 'ask', model: 'gpt-4o-mini', output, timeout: 1000 }))
  expect(findings.map(({ code }) => code)).toEqual(['not-json', 'never-met'])
  expect(findings[1]).toMatchObject({ path: 'ask', message: expect.stringContaining('takes a date at days[]') })
})

test('an answer that is read from a text, or closed, or asked for in your own way, is sound', () => {
  const base = { name: 'ask', model: 'gpt-4o-mini', timeout: 1000 } as const
  expect(check(openAIChat({ ...base, output: z.enum(['a', 'b']) }))).toEqual([])
  expect(check(openAIChat({ ...base, output: z.object({ a: z.string().min(2) }) }))).toEqual([])
  const loose = z.object({ a: z.string().optional() })
  expect(check(openAIChat({ ...base, output: loose, response_format: { type: 'json_object' } }))).toEqual([])
})
