import {
  actor,
  agent,
  branch,
  chain,
  configure,
  createLogger,
  decision,
  fallback,
  flow,
  fn,
  limit,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  receive,
  validator,
  type AnyFn,
} from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { startInspector } from 'tinyllm/inspector'
import { startClassicBridge } from 'tinyllm/inspector/classic'
import { mcpTools } from 'tinyllm/mcp'
import { openAIChat, openAIEmbedding, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { coverPaths, fail, hang, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { fromPromise } from 'xstate'
import { z } from 'zod'

const any = (value: unknown) => value as never
const run = (input: string) => input
const ok = fn({ name: 'ok', run })
const tool = { description: 'Does nothing.', input: z.object({}) }
const language = any({ specificationVersion: 'v3', provider: 'p', modelId: 'm', doGenerate() {}, doStream() {} })
const client = any({ listTools: async () => ({ tools: [] }), callTool() {} })

/** What goes on to a server is refused only where it is close to a name that is known. */
const misspelt = (more: object, name: string) => (Object.values(more).includes(false) ? { [name]: 1 } : more)

/** Every factory, with more options than it would need. */
const factories: Record<string, (more: object) => unknown> = {
  fn: (more) => fn(any({ name: 'it', run, ...more })),
  chain: (more) => chain(any({ name: 'it', children: [ok], ...more })),
  flow: (more) => flow(any({ name: 'it', input: z.string(), steps: (s: any) => s.step(ok), ...more })),
  parallel: (more) => parallel(any({ name: 'it', children: { ok }, ...more })),
  decision: (more) => decision(any({ name: 'it', decide: run, branches: { a: ok }, ...more })),
  branch: (more) => branch(any({ name: 'it', cases: [{ name: 'a', when: () => true, then: ok }], ...more })),
  'a case of branch': (more) =>
    branch(any({ name: 'it', cases: [{ name: 'a', when: () => true, then: ok, ...more }] })),
  map: (more) => map(any({ name: 'it', each: ok, ...more })),
  loop: (more) => loop(any({ name: 'it', body: ok, until: () => true, maxIterations: 1, ...more })),
  fallback: (more) => fallback(any({ name: 'it', children: [ok], ...more })),
  receive: (more) => receive(any({ name: 'it', events: { GO: z.object({}) }, ...more })),
  actor: (more) => actor(any({ name: 'it', logic: fromPromise(async () => 1), ...more })),
  agent: (more) => agent(any({ name: 'it', model: async () => 'x', tools: [], ...more })),
  pass: (more) => pass(any({ name: 'it', ...more })),
  validator: (more) => validator(z.string(), any({ name: 'it', ...more })),
  llmCall: (more) => llmCall(any({ name: 'it', model: async () => 'x', ...more })),
  'llmCall of the AI SDK': (more) => llmCall(any({ name: 'it', model: language, ...more })),
  'a tool of llmCall': (more) => llmCall(any({ name: 'it', model: language, tools: { look: { ...tool, ...more } } })),
  'a price': (more) => openAIChat(any({ name: 'it', model: 'm', prices: { m: { input: 1, output: 1, ...more } } })),
  openAIPromptTemplate: (more) =>
    openAIPromptTemplate(any({ name: 'it', sections: [openAIUserMessage('x')], ...more })),
  mcpTools: (more) => mcpTools(client, any(more)),
  aiSdkModel: (more) => aiSdkModel(language, any(more)),
  limit: (more) => limit(any({ concurrency: 1, ...more })),
  configure: (more) => configure(any(more)),
  createLogger: (more) => createLogger(any(more)),
  startInspector: (more) => startInspector(any({ port: 0, ...more })),
  startClassicBridge: (more) => startClassicBridge(any({ port: 0, ...more })),
  retry: (more) => fn(any({ name: 'it', run, retry: { attempts: 2, ...more } })),
  backoff: (more) =>
    chain(any({ name: 'it', children: [ok], retry: { attempts: 2, backoff: { initial: 1, ...more } } })),
  coverPaths: (more) => coverPaths(ok, any(more)),
  paths: (more) => paths(ok, any(more)),
  fail: (more) => fail(ok, 'ok', any(more)),
  hang: (more) => hang(ok, 'ok', any(more)),
  'openAIChat, misspelt': (more) => openAIChat(any({ name: 'it', model: 'm', ...misspelt(more, 'temprature') })),
  'openAIEmbedding, misspelt': (more) =>
    openAIEmbedding(any({ name: 'it', model: 'm', ...misspelt(more, 'dimension') })),
}

type Closing = { close?(): Promise<void> } | undefined

const said = async (make: () => unknown): Promise<Error> => {
  try {
    await make()
  } catch (error) {
    return error as Error
  }
  throw new Error('It was taken.')
}

describe.each(Object.entries(factories))('%s', (_, make) => {
  test('refuses an option that it does not know, and tells the ones that it knows', async () => {
    const error = await said(() => make({ required: false }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(/has no option "\w+"\..* The options are (\w+, )*\w+\.$/)
  })

  test('takes undefined for an option that is not given, and asks for no symbols', async () => {
    const made = Promise.resolve(make({ required: undefined, [Symbol('mine')]: 1 })) as Promise<Closing>
    await expect(made).resolves.not.toBeNull()
    await (await made)?.close?.()
  })
})

test.each<[string, () => unknown, string]>([
  [
    'a policy',
    () => fn(any({ name: 'greet', run, retries: { attempts: 3 } })),
    'function greet has no option "retries". Did you mean retry?',
  ],
  ['an own option', () => fn(any({ name: 'greet', rnu: run })), 'Did you mean run?'],
  ['a name', () => fn(any({ nmae: 'greet', run })), 'function has no option "nmae". Did you mean name?'],
  [
    'words that are joined otherwise',
    () => loop(any({ name: 'l', body: ok, until: run, max_iterations: 3 })),
    'Did you mean maxIterations?',
  ],
  [
    'a retry',
    () => fn(any({ name: 'f', run, retry: { attempt: 3 } })),
    'function f: retry has no option "attempt". Did you mean attempts?',
  ],
  [
    'a backoff',
    () => fn(any({ name: 'f', run, retry: { attempts: 3, backoff: { initail: 1 } } })),
    'function f: retry.backoff has no option "initail". Did you mean initial?',
  ],
  [
    'a parameter of the API',
    () => openAIChat(any({ name: 'c', model: 'm', temprature: 0 })),
    'openAIChat c has no option "temprature". Did you mean temperature?',
  ],
  [
    'the way of another SDK',
    () => openAIChat(any({ name: 'c', model: 'm', max_token: 5 })),
    'Did you mean max_tokens?',
  ],
  ...(
    [
      ['maxOutputTokens', 'Give max_completion_tokens.'],
      ['maxTokens', 'Give max_completion_tokens.'],
      ['system', "Give a message with role: 'system'"],
      ['stopSequences', 'Give stop.'],
      ['topP', 'Give top_p.'],
      ['toolChoice', 'Give tool_choice.'],
    ] as const
  ).map(
    ([option, advice]) =>
      [
        `${option} of the AI SDK`,
        () => openAIChat(any({ name: 'c', model: 'm', [option]: 5 })),
        `openAIChat c has no option "${option}". ${advice}`,
      ] as [string, () => unknown, string],
  ),
  [
    'what is given elsewhere',
    () => openAIChat(any({ name: 'c', model: 'm', maxRetries: 5 })),
    'Give retry: { attempts: 3 }.',
  ],
  ['messages', () => openAIChat(any({ name: 'c', model: 'm', messages: [] })), 'Messages are the input'],
  [
    'a sample for a function that is not there',
    () => paths(ok, { samples: { okk: ['x'] } }),
    'paths: samples has no option "okk". Did you mean ok?',
  ],
  [
    'something far from all',
    () => chain(any({ name: 'c', children: [ok], zebra: 1 })),
    'has no option "zebra". The options are name, children,',
  ],
])('the nearest one is named: %s', (_, make, message) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})

test.each(['top_k', 'top_a', 'min_p', 'models', 'reasoning', 'guided_json', 'chat_template_kwargs', 'brand_new_thing'])(
  'a parameter that a newer or another server knows goes on to it: %s',
  async (name) => {
    const bodies: object[] = []
    const create = async (body: object) => {
      bodies.push(body)
      return { choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] }
    }
    const chat = openAIChat(any({ name: 'c', model: 'm', client: { chat: { completions: { create } } }, [name]: 7 }))
    await (chat as typeof ok).run('x')
    expect(bodies).toMatchObject([{ [name]: 7 }])
  },
)

test.each<[string, () => unknown, RegExp]>([
  ['no options at all', () => fn(any(undefined)), /function takes an object of options, and was given undefined/],
  [
    'a text for options',
    () => validator(z.string(), any('name')),
    /validator takes an object of options, and was given "name"/,
  ],
  [
    'a retry that is a number',
    () => fn(any({ name: 'f', run, retry: 3 })),
    /function f: retry takes an object of options, and was given 3/,
  ],
  [
    'a retry of nothing',
    () => fn(any({ name: 'f', run, retry: null })),
    /retry takes an object of options, and was given null/,
  ],
  ['children that are no list', () => chain(any({ name: 'c', children: { ok } })), /children is not an array/],
  ['cases that are no list', () => branch(any({ name: 'b', cases: { ok } })), /cases is not an array/],
  [
    'branches that are no object',
    () => decision(any({ name: 'd', decide: ok, branches: 'ab' })),
    /branches is not an object/,
  ],
  [
    'choices that are no list',
    () => decision(any({ name: 'd', decide: ok, choices: 'ab' })),
    /choices is not an array/,
  ],
  [
    'a mapper that is not a function',
    () => parallel(any({ name: 'p', children: { ok }, inputs: { ok: 5 } })),
    /inputs.ok is not a function/,
  ],
  [
    'a step fed by no function',
    () => flow(any({ name: 'f', input: z.any(), steps: (s: any) => s.step(ok, 5) })),
    /the mapper of step 1 is not a function/,
  ],
  [
    'a last step that is not a function',
    () => fn(any({ name: 'f', run, processOutput: 'trim' })),
    /processOutput is not a function/,
  ],
  [
    'tags that are no list',
    () => fn(any({ name: 'f', run, tags: 'slow' })),
    /tags is "slow". Give an array of strings/,
  ],
  [
    'a description that is no text',
    () => fn(any({ name: 'f', run, description: 7 })),
    /description is 7. Give a string/,
  ],
  [
    'a logger that is none',
    () => configure(any({ logger: {} })),
    /configure: logger is an object. Give a logger with debug/,
  ],
  ['a target that cannot be written to', () => createLogger(any({ target: 'stderr' })), /target cannot be written to/],
  ['a script that is none', () => paths(ok, any({ inputs: 'x' })), /paths: inputs is "x". Give an array/],
])('%s is refused when it is defined, and does not surface in a run', (_, make, message) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})

describe('undefined is the same as not given', () => {
  const nothing = { retry: undefined, timeout: undefined, limit: undefined, tags: undefined, meta: undefined }
  const policy = { ...nothing, verbose: undefined, description: undefined }
  const untried = { tags: undefined, meta: undefined, limit: undefined, verbose: undefined, description: undefined }
  const yes = () => true
  const makes: [string, (own: object, policy: object, untried: object) => unknown, own: object][] = [
    [
      'fn',
      (own, p) => fn({ name: 'f', run, ...own, ...p }),
      { input: undefined, output: undefined, processOutput: undefined },
    ],
    ['chain', (own, p) => chain({ name: 'f', children: [ok], ...own, ...p }), {}],
    [
      'parallel',
      (own, p) => parallel({ name: 'f', children: { ok }, ...own, ...p }),
      { inputs: undefined, mode: undefined },
    ],
    ['map', (own, p) => map({ name: 'f', each: ok, ...own, ...p }), { concurrency: undefined, mode: undefined }],
    [
      'loop',
      (own, p) => loop({ name: 'f', body: ok, until: yes, maxIterations: 2, ...own, ...p }),
      { next: undefined, result: undefined },
    ],
    [
      'branch',
      (own, p) => branch({ name: 'f', cases: [{ name: 'a', when: yes, then: ok }], ...own, ...p }),
      { otherwise: undefined },
    ],
    [
      'decision',
      (own, p) => decision({ name: 'f', decide: ok, branches: { ok }, ...own, ...p }),
      { choices: undefined },
    ],
    ['receive', (own, p) => receive({ name: 'f', events: { A: z.object({}) }, ...own, ...p }), { input: undefined }],
    ['pass', (own, _, u) => pass({ ...own, ...u }), { name: undefined }],
    ['validator', (own, _, u) => validator(z.string(), { ...own, ...u }), { name: undefined }],
  ]

  test.each(makes)('in %s', (_, make, own) => {
    const json = (f: unknown): unknown => JSON.parse(JSON.stringify((f as AnyFn).machine.config))
    expect(json(make(own, policy, untried))).toEqual(json(make({}, {}, {})))
  })

  test('inside of a policy, and in what a run is given', async () => {
    const retry = {
      attempts: 2,
      feedback: undefined,
      when: undefined,
      backoff: { initial: 1, factor: undefined, max: undefined, jitter: undefined },
    }
    let calls = 0
    const f = fn({
      name: 'f',
      retry,
      timeout: { attempt: undefined, idle: undefined },
      run: (n: number) => {
        if (++calls === 1) throw new Error('busy')
        return n
      },
    })
    const options = {
      id: undefined,
      signal: undefined,
      timeout: undefined,
      inspect: undefined,
      logger: undefined,
      engine: undefined,
    }
    expect(await f.run(1, options)).toBe(1)
    expect(
      await fn({ name: 'g', retry: { attempts: 2, backoff: undefined }, run: () => 2 }).run(undefined, undefined),
    ).toBe(2)
    expect(() =>
      limit({ key: undefined, concurrency: 1, requestsPerMinute: undefined, tokensPerMinute: undefined }),
    ).not.toThrow()
    expect(() => createLogger({ name: undefined, level: undefined, target: undefined })).not.toThrow()
  })
})
