import { agent, type AgentRound, asTool, fn, key } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, results, scripted, texts, toolsIn } from './script.ts'

const input = z.object({ n: z.number() })
const fails = fn({
  name: 'fails',
  description: 'Fails.',
  input: z.object({}),
  run: (): number => {
    throw new Error('no')
  },
})
const call = (n: number, name = 'add') => [{ id: `c${n}`, name, input: { n } }]

describe.each(engines)('how an agent ends, on the %s engine', (engine) => {
  const options = { engine }
  const adding = () => {
    const run = vi.fn<(input: { n: number }) => { n: number }>(({ n }) => ({ n: n + 1 }))
    return { run, add: fn({ name: 'add', description: 'Adds.', input, run }) }
  }

  test('maxTurns counts turns of the model, and the calls of the last one run', async () => {
    const { run, add } = adding()
    const { model, requests } = scripted(call(1), call(2), call(3))
    const result = await agent({ name: 'it', model, tools: [add], maxTurns: 2 }).safeRun('Go', options)
    expect(result).toMatchObject({ error: { code: 'max_iterations', path: 'it', state: 'running' } })
    expect([requests.length, run.mock.calls.length]).toEqual([2, 2])
  })

  test('endWith and stopWhen hold in the last turn', async () => {
    const { add } = adding()
    for (const how of [{ endWith: 'add' } as const, { stopWhen: () => ({ output: { n: 2 } }) }]) {
      const { model } = scripted(call(1))
      const it = agent({ name: 'it', model, tools: [add], maxTurns: 1, ...how })
      expect(await it.run('Go', options)).toEqual({ n: 2 })
    }
  })

  test("onMaxTurns 'answer' gives one turn more, without tools", async () => {
    const { add } = adding()
    const { model, requests } = scripted(call(1), 'I added.')
    const it = agent({ name: 'it', model, tools: [add], maxTurns: 1, onMaxTurns: 'answer', toolChoice: 'required' })
    expect(await it.run('Go', options)).toBe('I added.')
    expect(toolsIn(requests)).toEqual([['add'], []])
    expect(requests.map(({ toolChoice }) => toolChoice)).toEqual(['required', undefined])
    expect(results(requests[1]!)).toEqual(['{"n":2}'])
  })

  test('who calls a tool in that turn is out of turns, and nothing runs', async () => {
    const { run, add } = adding()
    const { model, requests } = scripted(call(1), call(2))
    const it = agent({ name: 'it', model, tools: [add], maxTurns: 1, onMaxTurns: 'answer' })
    expect(await it.safeRun('Go', options)).toMatchObject({ error: { code: 'max_iterations', path: 'it' } })
    expect([requests.length, run.mock.calls.length]).toEqual([2, 1])
  })

  test('what onMaxTurns makes of the round goes through output', async () => {
    const { add } = adding()
    const seen: AgentRound[] = []
    const ending = (onMaxTurns: (round: AgentRound) => unknown) => {
      const { model } = scripted(call(1), call(2))
      return agent({ name: 'it', model, tools: [add], maxTurns: 2, output: z.coerce.number(), onMaxTurns } as never)
    }
    const take = (round: AgentRound) => {
      seen.push(round)
      return String((round.calls[0] as { output: { n: number } }).output.n)
    }
    expect(await ending(take).run('Go' as never, options)).toBe(3)
    expect(seen).toMatchObject([{ turn: 2, calls: [{ id: 'c2', status: 'complete', output: { n: 3 } }] }])
    expect(seen[0]?.messages).toHaveLength(5)
    expect(await ending(() => 'many').safeRun('Go' as never, options)).toMatchObject({
      error: { code: 'output_validation', path: 'it' },
    })
    const boom = () => {
      throw new Error('of onMaxTurns')
    }
    expect(await ending(boom).safeRun('Go' as never, options)).toMatchObject({ error: { code: 'run', path: 'it' } })
    expect(await ending((async () => 1) as never).safeRun('Go' as never, options)).toMatchObject({
      error: { code: 'run', path: 'it', message: expect.stringContaining('onMaxTurns') },
    })
  })

  test('a call of the tool of endWith ends it with the output of the tool', async () => {
    const submit = fn({ name: 'submit', description: 'Submits.', input, run: async ({ n }) => ({ sent: n }) })
    const { add } = adding()
    const { model, requests } = scripted(call(1), [...call(2, 'submit'), ...call(3)])
    const it = agent({ name: 'it', model, tools: [add, submit], endWith: 'submit' })
    const output: { sent: number } = await it.run('Go', options)
    expect(output).toEqual({ sent: 2 })
    expect(requests).toHaveLength(2)
  })

  test('of several the first in the order of the model counts', async () => {
    const yes = fn({ name: 'yes', description: 'Agrees.', input, run: async ({ n }) => `yes ${n}` })
    const no = fn({ name: 'no', description: 'Declines.', input, run: async () => 0 })
    const { model } = scripted([{ name: 'no', input: { n: 1 } }, { name: 'yes', input: { n: 2 } }]) // prettier-ignore
    const output: string | number = await agent({ name: 'it', model, tools: [yes, no], endWith: ['yes', 'no'] }).run('Go', options)
    expect(output).toBe(0)
  }) // prettier-ignore

  test('one that failed, whose arguments do not fit or that was rejected does not end it', async () => {
    const submit = fn({ name: 'submit', description: 'Submits.', input, run: ({ n }) => n })
    const { model, requests } = scripted(
      [{ name: 'fails' }],
      [{ name: 'submit', input: { n: 'x' } }],
      [{ name: 'submit', input: { n: 1 } }],
      [{ name: 'submit', input: { n: 2 } }],
    )
    const tools = [fails, submit]
    const it = agent({ name: 'it', model, tools, endWith: ['submit', 'fails'], approve: ['submit'] })
    const actor = it.start('Go', options)
    const ended = new Promise((resolve) => actor.subscribe({ complete: () => resolve(actor.getSnapshot().output) }))
    let asked = 0
    actor.on('approvalRequested', () =>
      queueMicrotask(() => actor.send(++asked === 1 ? { type: 'REJECT' } : { type: 'APPROVE' })),
    )
    expect(await ended).toBe(2)
    expect(requests).toHaveLength(4)
    expect(results(requests[3]!)).toMatchObject(
      [/no/, /do not fit/, /rejected/].map((said) => expect.stringMatching(said)),
    )
  })

  test('words are asked again where a tool must end it, as often as outputRetries says', async () => {
    const submit = fn({ name: 'submit', description: 'Submits.', input, run: ({ n }) => n })
    const { model, requests } = scripted('It is 7.', call(7, 'submit'))
    const it = agent({ name: 'it', model, tools: [submit], endWith: 'submit', maxTurns: 1 })
    expect(await it.run('Go', options)).toBe(7)
    expect(texts(requests[1]?.messages)).toEqual([
      'user: Go',
      'assistant: It is 7.',
      'user: Answer by calling submit: an answer in words is not read.',
    ])
    const stubborn = scripted('It is 7.')
    const other = agent({ name: 'it', model: stubborn.model, tools: [submit], endWith: 'submit', outputRetries: 1 })
    expect(await other.safeRun('Go', options)).toMatchObject({ error: { code: 'output_validation', path: 'it' } })
    expect(stubborn.requests).toHaveLength(2)
  })

  test('stopWhen sees how each call ended', async () => {
    const { add } = adding()
    const tenant = key<string>('tenant')
    const { model } = scripted([...call(1), { id: 'f', name: 'fails' }, { id: 'u', name: 'unknown' }])
    const rounds: AgentRound[] = []
    const stopWhen = (round: AgentRound<never>) => {
      rounds.push(round)
      return { output: round.get(tenant) }
    }
    const it = agent({ name: 'it', model, tools: [add, fails], stopWhen: stopWhen as never })
    expect(await it.run('Go', { ...options, provide: [tenant.with('acme')] })).toBe('acme')
    expect(rounds[0]).toMatchObject({
      turn: 1,
      input: { messages: [{ role: 'user', content: 'Go' }] },
      usage: { inputTokens: 0, outputTokens: 0 },
      calls: [
        { id: 'c1', name: 'add', input: { n: 1 }, status: 'complete', output: { n: 2 } },
        { id: 'f', name: 'fails', status: 'failed', error: { code: 'run' } },
        { id: 'u', name: 'unknown', status: 'failed' },
      ],
    })
    expect(texts(rounds[0]?.messages)).toHaveLength(5)
  })

  test('what stopWhen gives as output goes through output, and false goes on', async () => {
    const { add } = adding()
    const stopping = (answer: unknown) => {
      const { model } = scripted(call(1), '9')
      return agent({ name: 'it', model, tools: [add], output: z.coerce.number(), stopWhen: () => answer as boolean })
    }
    expect(await stopping({ output: '5' }).run('Go', options)).toBe(5)
    expect(await stopping(false).run('Go', options)).toBe(9)
    expect(await stopping({ output: 'x' }).safeRun('Go', options)).toMatchObject({
      error: { code: 'output_validation' },
    })
  })

  test('an empty answer after tools is asked again, once', async () => {
    const { add } = adding()
    const { model, requests } = scripted(call(1), '', 'I added.')
    expect(await agent({ name: 'it', model, tools: [add], maxTurns: 2 }).run('Go', options)).toBe('I added.')
    expect(texts(requests[2]?.messages)).toEqual(texts(requests[1]?.messages))
    const silent = scripted(call(1), '')
    expect(await agent({ name: 'it', model: silent.model, tools: [add] }).run('Go', options)).toBe('')
    expect(silent.requests).toHaveLength(3)
    const atOnce = scripted('')
    expect(await agent({ name: 'it', model: atOnce.model, tools: [add] }).run('Go', options)).toBe('')
    expect(atOnce.requests).toHaveLength(1)
  })

  test.each(['required', { type: 'tool', toolName: 'add' }] as const)('toolChoice %j lets go after one call', async (toolChoice) => {
    const { add } = adding()
    const { model, requests } = scripted(call(1), 'I added.')
    expect(await agent({ name: 'it', model, tools: [add], toolChoice }).run('Go', options)).toBe('I added.')
    expect(requests.map((request) => request.toolChoice)).toEqual([toolChoice, 'auto'])
  }) // prettier-ignore

  test.each(['auto', 'none'] as const)('toolChoice %j is told in every turn', async (toolChoice) => {
    const { add } = adding()
    const { model, requests } = scripted(call(1), 'I added.')
    await agent({ name: 'it', model, tools: [add], toolChoice }).run('Go', options)
    expect(requests.map((request) => request.toolChoice)).toEqual([toolChoice, toolChoice])
  })

  test('usage of a round is what the run has used so far', async () => {
    const spent: number[] = []
    const beforeTurn = ({ usage }: AgentRound) => void spent.push(usage.inputTokens)
    const { add } = adding()
    const { model } = scripted(call(1), 'Done.')
    const counted = (request: never, ctx: { emit(event: object): void }) => {
      ctx.emit({ type: 'usage', inputTokens: 10, outputTokens: 1 })
      return model(request)
    }
    const stopWhen = ({ usage }: AgentRound) => spent.push(usage.inputTokens) < 0
    await agent({ name: 'it', model: counted as never, tools: [add], beforeTurn, stopWhen }).run('Go', options)
    expect(spent).toEqual([0, 10, 10])
  })
})

test.each<[string, object, RegExp]>([
  ['endWith', { endWith: 'wether' }, /endWith names wether, which is not a tool\. The tools are fails\./],
  ['endWith', { endWith: 3 }, /endWith is 3\. Give the name of a tool/],
  ['onMaxTurns', { onMaxTurns: 'stop' }, /onMaxTurns is "stop"\. Give 'fail', 'answer' or/],
  ['toolChoice', { toolChoice: 'fails' }, /toolChoice: expected 'auto', 'none', 'required' or/],
  [
    'toolChoice',
    { toolChoice: { type: 'tool', toolName: 'x' } },
    /toolChoice: x is not a tool\. The tools are fails\./,
  ],
  ['outputRetries', { outputRetries: -1 }, /outputRetries is -1/],
  ['maxResultLength', { maxResultLength: 0 }, /maxResultLength is 0/],
  ['concurrency', { concurrency: 0 }, /concurrency is 0/],
])('says at the definition what is wrong with %s', (_, given, message) => {
  const { model } = scripted('')
  expect(() => agent({ name: 'it', model, tools: [fails], ...given } as never)).toThrow(message)
})

test('a tool that was dressed under another name ends it by that name', async () => {
  const { model } = scripted([{ name: 'finish', input: { n: 3 } }])
  const add = fn({ name: 'add', input, run: ({ n }) => n + 1 })
  const finish = asTool(add, { name: 'finish', description: 'Finishes.' })
  expect(await agent({ name: 'it', model, tools: [finish], endWith: 'finish' }).run('Go')).toBe(4)
})
