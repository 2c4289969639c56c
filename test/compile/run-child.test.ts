import { setTimeout as sleep } from 'node:timers/promises'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import {
  actor,
  agent,
  chain,
  decision,
  fn,
  type Fn,
  limit,
  llmCall,
  type Logger,
  loop,
  map,
  parallel,
  pass,
  PipelineError,
  receive,
  type RunContext,
  type RunEvent,
  type RunOptions,
} from '../../src/index.ts'

const keys: string[] = []
/** A pipeline of two steps, the second of which tells of a model. */
const classify = chain({
  name: 'classify',
  children: [
    fn({ name: 'trim', run: (text: string) => text.trim() }),
    fn({
      name: 'chat',
      run: async (text: string, ctx) => {
        keys.push(ctx.idempotencyKey)
        await sleep(1)
        ctx.emit({ type: 'token', delta: text })
        ctx.emit({ type: 'usage', inputTokens: 3, outputTokens: 2, cost: 0.5 })
        ctx.log('asked')
        return text.length
      },
    }),
  ],
})
const support = fn({ name: 'support', run: async (text: string, ctx) => (await ctx.run(classify, text)) + 1 })
const outer = chain({ name: 'outer', children: [support, (n: number) => n * 10] })

async function eventsOf<I>(pipeline: Fn<I, unknown>, input: I, options?: RunOptions): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of pipeline.stream(input, options)) events.push(event)
  return events
}
const pathsOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.flatMap((event) => (event.type === type && 'path' in event ? [event.path] : []))

function silentLogger() {
  const lines: string[] = []
  const write = (...args: unknown[]) => void lines.push(args.join(' '))
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  return { lines, logger }
}

describe.each(['fast', 'stock'] as const)('a function that a leaf runs, on the engine %s', (engine) => {
  test('gives its output, and its events are those of the run, once each', async () => {
    const events = await eventsOf(outer, ' hi ', { engine })
    expect(events.at(-1)).toEqual({ type: 'output', output: 30 })
    expect(events.filter(({ type }) => type === 'token' || type === 'usage')).toEqual([
      { type: 'token', path: 'outer.support.classify.chat', delta: 'hi' },
      { type: 'usage', path: 'outer.support.classify.chat', inputTokens: 3, outputTokens: 2, cost: 0.5 },
    ])
    const states = events.filter((event) => event.type === 'state')
    expect(states.map(({ path, state }) => `${path} ${state}`)).toEqual([
      'outer running',
      'outer.support validatingInput',
      'outer.support running',
      'outer.support.classify running',
      'outer.support.classify.trim validatingInput',
      'outer.support.classify.trim running',
      'outer.support.classify.trim validatingOutput',
      'outer.support.classify.trim complete',
      'outer.support.classify.chat validatingInput',
      'outer.support.classify.chat running',
      'outer.support.classify.chat validatingOutput',
      'outer.support.classify.chat complete',
      'outer.support.classify complete',
      'outer.support validatingOutput',
      'outer.support complete',
      'outer.step2 validatingInput',
      'outer.step2 running',
      'outer.step2 validatingOutput',
      'outer.step2 complete',
      'outer complete',
    ])
  })

  test('is summed once, and heard by listeners of the actor', async () => {
    const result = await outer.safeRun('a', { engine })
    expect(result.usage).toEqual({ inputTokens: 3, outputTokens: 2, cost: 0.5 })
    const run = createActor(engine === 'fast' ? outer.machine : (outer.machine as any).stock, { input: 'ab' })
    const heard: unknown[] = []
    run.on('token', (event) => heard.push(event))
    run.start()
    await toPromise(run)
    expect(heard).toEqual([{ type: 'token', path: 'outer.support.classify.chat', delta: 'ab' }])
    expect((run.getSnapshot() as any).context.usage.inputTokens).toBe(3)
  })

  test('ends at once with its leaf, by whatever that ends', async () => {
    const ended: string[] = []
    const slow = fn({
      name: 'slow',
      run: (name: string, { signal }) =>
        new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => {
            ended.push(name)
            reject(signal.reason as Error)
          })
        }),
    })
    const leaf = fn({
      name: 'leaf',
      run: (name: string, ctx) => ctx.run(chain({ name: 'in', children: [slow] }), name),
    })
    const controller = new AbortController()
    const aborted = leaf.safeRun('signal', { engine, signal: controller.signal })
    const stopped = leaf.start('stop', { engine })
    const late = fn({ name: 'late', timeout: 5, run: (name: string, ctx) => ctx.run(leaf, name) }).safeRun('timeout', {
      engine,
    })
    const sibling = parallel({
      name: 'both',
      children: { leaf, fails: async () => Promise.reject(new Error('no')) },
      inputs: { leaf: () => 'sibling', fails: () => undefined },
    }).safeRun(undefined as never, { engine })
    const careless = fn({
      name: 'careless',
      run: async (_: void, ctx) => {
        void ctx.run(leaf, 'unawaited')
        await sleep(2)
        return 'done'
      },
    }).run(undefined, { engine })
    await sleep(10)
    controller.abort()
    stopped.stop()
    expect((await aborted).error?.code).toBe('aborted')
    expect((await late).error?.code).toBe('timeout')
    expect((await sibling).error?.path).toBe('both.fails')
    expect(await careless).toBe('done')
    expect(ended.toSorted()).toEqual(['sibling', 'signal', 'stop', 'timeout', 'unawaited'])
  })

  test('fails where it failed, which is the error of the run', async () => {
    const boom = new Error('boom')
    const inner = chain({
      name: 'inner',
      children: [
        fn({
          name: 'step',
          retry: { attempts: 2 },
          run: () => {
            throw boom
          },
        }),
      ],
    })
    const seen: unknown[] = []
    const leaf = fn({
      name: 'leaf',
      retry: { attempts: 2, when: ({ path, code }) => seen.push([path, code]) > 0 },
      run: (_: void, ctx) => ctx.run(inner, undefined),
    })
    const { error } = await chain({ name: 'outer', children: [leaf] }).safeRun(undefined, { engine })
    expect(error).toBeInstanceOf(PipelineError)
    expect(error).toMatchObject({ code: 'run', path: 'outer.leaf.inner.step', state: 'running', attempts: 2 })
    expect(error?.cause).toBe(boom)
    expect(seen).toEqual([['outer.leaf.inner.step', 'run']])
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ path: 'outer.leaf.inner.step' })
  })
})

describe('what a leaf does with a failure of what it runs', () => {
  const strict = fn({ name: 'strict', input: z.object({ n: z.number() }), run: ({ n }) => n })
  const never = { n: 'one' } as never

  test('the code is kept, and its issues', async () => {
    const leaf = fn({ name: 'leaf', run: (_: void, ctx) => ctx.run(strict, never) })
    const { error } = await leaf.safeRun(undefined)
    expect(error).toMatchObject({ code: 'input_validation', path: 'leaf.strict', issues: [{ path: ['n'] }] })
  })

  test('it may go on, or throw an error of its own', async () => {
    const caught = fn({
      name: 'caught',
      run: (_: void, ctx) => ctx.run(strict, never).catch((e: PipelineError) => e.path),
    })
    expect(await caught.run(undefined)).toBe('caught.strict')
    const wrapped = fn({
      name: 'wrapped',
      run: (_: void, ctx) =>
        ctx.run(strict, never).catch((cause: unknown) => {
          throw new Error('so', { cause })
        }),
    })
    expect((await wrapped.safeRun(undefined)).error).toMatchObject({ path: 'wrapped', code: 'run' })
  })

  test('a failure that nobody waits for does not end the process', async () => {
    const leaf = fn({
      name: 'leaf',
      run: async (_: void, ctx) => {
        const late = ctx.run(strict, never)
        await sleep(5)
        return late.catch(() => 'late')
      },
    })
    expect(await leaf.run(undefined)).toBe('late')
  })

  test('a saved run that has failed so comes back as it was', async () => {
    const leaf = fn({ name: 'leaf', run: (_: void, ctx) => ctx.run(strict, never) })
    const { machine } = chain({ name: 'outer', children: [leaf] })
    const first = createActor(machine, { input: undefined })
    first.subscribe({ error: () => {} })
    first.start()
    await expect(toPromise(first)).rejects.toThrow('leaf.strict')
    const snapshot = JSON.parse(JSON.stringify(first.getPersistedSnapshot()))
    const again = createActor(machine, { snapshot })
    again.subscribe({ error: () => {} })
    expect((again.getSnapshot() as any).error).toMatchObject({ code: 'input_validation', path: 'outer.leaf.strict' })
  })

  test('one that is asked for when the leaf is over is refused, and says so', async () => {
    let kept: RunContext | undefined
    const leaf = fn({
      name: 'leaf',
      run: (_: void, ctx) => {
        kept = ctx
      },
    })
    await leaf.run(undefined)
    await expect(kept?.run(strict, { n: 1 })).rejects.toMatchObject({
      code: 'aborted',
      path: 'leaf.strict',
      message:
        'leaf.strict was not started, because leaf has ended. Await ctx.run(…) before the function around it returns.',
    })
  })

  test.each([[(n: number) => n], [undefined], [{ name: 'classify' }], ['classify']])(
    '%s is no function of ours',
    async (given) => {
      const leaf = fn({ name: 'leaf', run: (_: void, ctx) => ctx.run(given as never, 1 as never) })
      const { error } = await leaf.safeRun(undefined)
      expect(error).toMatchObject({ code: 'run', path: 'leaf' })
      expect(error?.cause).toBeInstanceOf(TypeError)
      expect(error?.message).toContain('ctx.run was given')
    },
  )
})

describe('what waits cannot run inside a leaf', () => {
  const ask = receive({ name: 'ask', events: { OK: z.object({}) } })
  const tool = fn({ name: 'tool', description: 'd', input: z.object({}), run: () => 1 })
  const model = async () => ({ role: 'assistant' as const, content: 'hi' })
  test.each<[string, Fn<any, unknown>, string]>([
    ['a receive', ask, 'leaf.ask'],
    ['deep in it', chain({ name: 'c', children: [pass(), chain({ name: 'd', children: [ask] })] }), 'leaf.c.d.ask'],
    ['in an item', map({ name: 'm', each: ask }), 'leaf.m.each'],
    ['an agent that asks', agent({ name: 'a', model, tools: [tool], approve: ['tool'] }), 'leaf.a.act.tool'],
    ['a branch', decision({ name: 'd', decide: () => 'x', branches: { x: ask } }), 'leaf.d.x'],
    ['a machine of ours in an actor', actor({ name: 'it', logic: ask.machine }), 'leaf.it'],
    ['one that was put there', chain({ name: 'c', children: [pass()] }).override('c.pass', ask), 'leaf.c.pass'],
  ])('%s', async (_, inner, at) => {
    const began = vi.fn()
    const leaf = fn({ name: 'leaf', run: (_: void, ctx) => ctx.run(inner, undefined) })
    const { error } = await leaf.safeRun(undefined, { inspect: ({ actorRef }) => began((actorRef as any).id) })
    expect(error).toMatchObject({ code: 'run', path: `leaf.${inner.name}` })
    expect(error?.message).toContain(`${at} waits for an event from outside`)
    expect(error?.message).toContain('Make it a step')
    expect(began).not.toHaveBeenCalledWith(`leaf.${inner.name}`)
  })

  test('an agent without approve, and a wait that was replaced, can', async () => {
    const plain = agent({ name: 'a', model, tools: [tool] })
    const replaced = chain({ name: 'c', children: [ask] }).override('c.ask', fn({ name: 'ask', run: () => 'yes' }))
    const leaf = fn({
      name: 'leaf',
      run: async (_: void, ctx) => [
        await ctx.run(plain, 'q'),
        await ctx.run(replaced as Fn<undefined, unknown>, undefined),
      ],
    })
    expect(await leaf.run(undefined)).toEqual(['hi', 'yes'])
  })
})

describe('paths and keys', () => {
  const keyed = fn({ name: 'keyed', run: (_: unknown, ctx) => `${ctx.path} ${ctx.idempotencyKey}` })
  const twice = fn({
    name: 'twice',
    run: async (_: unknown, ctx) =>
      Promise.all([ctx.run(keyed, 1), ctx.run(keyed, 2), ctx.run(keyed.as('other'), 3), ctx.run(keyed, 4)]),
  })

  test('each call of a function has its own', async () => {
    expect(await chain({ name: 'outer', children: [twice] }).run(1, { id: 'r' })).toEqual([
      'outer.twice.keyed r:outer.twice.keyed',
      'outer.twice.keyed[1] r:outer.twice.keyed[1]',
      'outer.twice.other r:outer.twice.other',
      'outer.twice.keyed[2] r:outer.twice.keyed[2]',
    ])
  })

  test('a name that ends like a number is not taken for one', async () => {
    const odd = fn({
      name: 'odd',
      run: (_: void, ctx) =>
        Promise.all([keyed.as('keyed[1]'), keyed, keyed, keyed.as('keyed[1]')].map((f) => ctx.run(f, 0))),
    })
    expect(new Set(await odd.run(undefined, { id: 'r' })).size).toBe(4)
  })

  test('many calls have as many', async () => {
    const many = fn({
      name: 'many',
      run: (_: void, ctx) => Promise.all(Array.from({ length: 300 }, () => ctx.run(keyed, 0))),
    })
    const all = await many.run(undefined, { id: 'r' })
    expect(new Set(all).size).toBe(300)
    expect(all[299]).toBe('many.keyed[299] r:many.keyed[299]')
  })

  test('rounds and items have other keys, another attempt the same', async () => {
    const seen: string[] = []
    let tries = 0
    const flaky = fn({
      name: 'flaky',
      retry: { attempts: 2 },
      run: async (n: number, ctx) => {
        seen.push((await ctx.run(keyed, n)).split(' ')[1] as string)
        if (tries++ === 0) throw new Error('again')
        return n + 1
      },
    })
    await loop({ name: 'l', body: flaky, until: ({ value }) => value > 1, maxIterations: 5 }).run(0, { id: 'r' })
    expect(seen).toEqual(['r:l.body.keyed:1', 'r:l.body.keyed:1', 'r:l.body.keyed:2'])
    const items = await map({ name: 'm', each: twice }).run([1, 2], { id: 'r' })
    expect(new Set(items.flat().map((line) => line.split(' ')[1])).size).toBe(8)
  })

  test('what processes the output has keys of its own', async () => {
    const leaf = fn({
      name: 'leaf',
      run: (_: void, ctx) => ctx.run(keyed, 0),
      processOutput: async (first, ctx) => [first, await ctx.run(keyed, 0)],
    })
    const [first, second] = await leaf.run(undefined, { id: 'r' })
    expect([first, second]).toEqual(['leaf.keyed r:leaf.keyed', 'leaf.keyed r:leaf.keyed:processOutput'])
  })

  test('a run that is restored begins the leaf again, and its children under the same keys', async () => {
    keys.length = 0
    const run = createActor(outer.machine, { id: 'r', input: 'abc' })
    run.start()
    while (keys.length === 0) await Promise.resolve()
    const saved = JSON.parse(JSON.stringify(run.getPersistedSnapshot()))
    run.stop()
    expect(JSON.stringify(saved)).not.toContain('classify')
    const again = createActor(outer.machine, { snapshot: saved, input: '' })
    again.start()
    expect(await toPromise(again)).toBe(40)
    expect(keys).toEqual(['r:outer.support.classify.chat', 'r:outer.support.classify.chat'])
  })
})

describe('every kind of leaf can', () => {
  const length = fn({ name: 'length', run: (text: string) => text.length })
  const run = (text: string, ctx: RunContext) => ctx.run(length, text)
  const decide = async (text: string, ctx: RunContext) => ((await ctx.run(length, text)) > 1 ? 'long' : 'short')

  test.each<[string, Fn<any, unknown>, unknown, string]>([
    ['a plain function in a chain', chain({ name: 'c', children: [run] }), 'abc', 'c.run.length'],
    ['an item of a map', map({ name: 'm', each: run }), ['abc'], 'm[0].length'],
    [
      'a decider',
      decision({ name: 'd', decide, branches: { long: pass(), short: pass() } }),
      'abc',
      'd.deciding.length',
    ],
    [
      'a model of your own',
      llmCall({ name: 'l', model: async ([message], ctx) => `${await ctx.run(length, String(message?.content))}` }),
      'abc',
      'l.length',
    ],
    [
      "an agent's model",
      agent({
        name: 'a',
        model: async ({ messages }, ctx) => ({
          role: 'assistant',
          content: `${await ctx.run(length, String(messages[0]?.content))}`,
        }),
        tools: [],
      }),
      'abc',
      'a.think.length',
    ],
    [
      'a leaf that a leaf runs',
      fn({ name: 'one', run: (text: string, ctx) => ctx.run(fn({ name: 'two', run }), text) }),
      'abc',
      'one.two.length',
    ],
    [
      'a machine in an actor',
      actor({ name: 'it', logic: chain({ name: 'in', children: [run] }).machine }),
      'abc',
      'it.in.run.length',
    ],
    ['a function as it stands', fn({ name: 'outer', run: length.run }), 'abc', 'outer.length'],
  ])('%s', async (_, pipeline, input, path) => {
    const events = await eventsOf(pipeline, input)
    expect(events.at(-1)?.type).toBe('output')
    const told = pathsOf(events, 'state')
    if (path.startsWith('it.')) return
    expect(told).toContain(path)
  })

  test('a tool of an agent', async () => {
    const tool = fn({
      name: 'count',
      description: 'd',
      input: z.object({ text: z.string() }),
      run: ({ text }, ctx) => ctx.run(length, text),
    })
    let turn = 0
    const model = async () =>
      turn++ === 0
        ? {
            role: 'assistant' as const,
            content: null,
            tool_calls: [
              { id: 'x', type: 'function' as const, function: { name: 'count', arguments: '{"text":"four"}' } },
            ],
          }
        : { role: 'assistant' as const, content: 'ok' }
    const events = await eventsOf(agent({ name: 'a', model, tools: [tool] }), 'go')
    expect(events).toContainEqual(expect.objectContaining({ type: 'toolResult', content: '4' }))
    expect(pathsOf(events, 'state')).toContain('a.act[x].count.length')
  })

  test('a model of its own lets the failure of a child through as it is', async () => {
    const bad = fn({ name: 'bad', run: () => Promise.reject(new Error('no')) })
    const chat = llmCall({ name: 'chat', retry: { attempts: 1 }, model: (_, ctx) => ctx.run(bad, undefined as never) })
    expect((await chat.safeRun('x')).error).toMatchObject({ path: 'chat.bad', code: 'run' })
  })
})

describe('limits, logs and the rest of a run', () => {
  test('lines of the log are told at their path', async () => {
    const { lines, logger } = silentLogger()
    await outer.run('a', { logger })
    expect(lines).toContain('[outer.support.classify.chat] transition to: running')
    expect(lines.filter((line) => line === '[outer.support.classify.chat] asked')).toHaveLength(1)
  })

  test('verbose is heard of a child too, and of nothing else', async () => {
    const written: string[] = []
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((line) => written.push(String(line)) > 0)
    const loud = fn({ name: 'loud', verbose: true, run: (_: void, ctx) => ctx.log('here') })
    const quiet = fn({ name: 'quiet', run: (_: void, ctx) => ctx.log('not') })
    const leaf = fn({
      name: 'leaf',
      run: async (_: void, ctx) => {
        await ctx.run(quiet, undefined)
        await ctx.run(loud, undefined)
      },
    })
    await leaf.run(undefined)
    spy.mockRestore()
    expect(written).toContain('[leaf.loud] here\n')
    expect(written).toContain('[leaf.loud] transition to: running\n')
    expect(written.filter((line) => !line.startsWith('[leaf.loud]'))).toEqual([])
  })

  test('what it lets out is a sign of life of all around it', async () => {
    const beats = fn({
      name: 'beats',
      run: async (_: void, ctx) => {
        for (let i = 0; i < 8; i++) {
          await sleep(10)
          ctx.emit({ type: 'progress', i })
        }
        return 'alive'
      },
    })
    const leaf = fn({ name: 'leaf', timeout: { idle: 40 }, run: (_: void, ctx) => ctx.run(beats, undefined) })
    expect(await leaf.run(undefined)).toBe('alive')
    const mute = fn({ name: 'mute', run: () => sleep(200) })
    const waits = fn({ name: 'leaf', timeout: { idle: 20 }, run: (_: void, ctx) => ctx.run(mute, undefined) })
    expect((await waits.safeRun(undefined)).error).toMatchObject({ code: 'timeout', path: 'leaf' })
  })

  test('its tokens count for the limit around it, once', async () => {
    const spent: number[] = []
    const real = limit({ concurrency: 1 })
    const watched = {
      ...real,
      enter: (...args: Parameters<typeof real.enter>) => {
        const turn = real.enter(...args)
        return { ...turn, spend: (usage: any) => spent.push(usage.inputTokens) }
      },
    }
    await fn({ name: 'leaf', limit: watched as never, run: (text: string, ctx) => ctx.run(classify, text) }).run('a')
    expect(spent).toEqual([3])
  })

  test('a machine around the pipeline hears it', async () => {
    const events = await eventsOf(chain({ name: 'top', children: [actor({ name: 'it', logic: outer.machine })] }), 'a')
    expect(pathsOf(events, 'token')).toEqual(['top.it.outer.support.classify.chat'])
    expect(pathsOf(events, 'usage')).toHaveLength(1)
  })
})
