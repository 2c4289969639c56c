import { actor, chain, fn, limit, map, parallel, type PipelineError, type RunContext, type RunEvent } from 'tinyllm'
import { assign, createActor, setup, SimulatedClock, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const ask = fn({
  name: 'ask',
  run: (fails: boolean, { emit }: RunContext) => {
    emit({ type: 'token', delta: 'yes' })
    emit({ type: 'usage', inputTokens: 3, outputTokens: 2, cost: 0.5 })
    if (fails) throw new Error('after all')
    return fails
  },
})
const twice = chain({ name: 'twice', children: [ask, ask.as('again')] })
const once = { inputTokens: 3, outputTokens: 2, cost: 0.5 }
const both = { inputTokens: 6, outputTokens: 4, cost: 1 }

describe('a run tells what it used', () => {
  test('safeRun, by its result, with the id of the run', async () => {
    expect(await twice.safeRun(false, { id: 'r' })).toEqual({ success: true, output: false, usage: both, id: 'r' })
    const failed = await twice.safeRun(true, { id: 'r' })
    expect(failed).toEqual({ success: false, error: expect.any(Error), usage: once, id: 'r' })
    expect(failed.error?.usage).toEqual(once)
    expect((await twice.safeRun(false)).id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('run, by what it rejects with, and stream, by its last event; as data too', async () => {
    const error = await twice.run(true).catch((thrown: PipelineError) => thrown)
    expect(error).toMatchObject({ code: 'run', path: 'twice.ask', usage: once, cause: { message: 'after all' } })
    expect(json(error)).toMatchObject({ usage: once })
    const events: RunEvent[] = []
    for await (const event of twice.stream(true)) events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { usage: once } })
  })

  test('whatever it ends by', async () => {
    const endless = fn({
      name: 'endless',
      run: (_: unknown, { emit }: RunContext) => {
        emit({ type: 'usage', inputTokens: 3, outputTokens: 2, cost: 0.5 })
        return new Promise(() => {})
      },
    })
    for (const limits of [() => ({ timeout: 20 }), () => ({ signal: AbortSignal.timeout(20) })]) {
      expect(await endless.safeRun(1, limits())).toMatchObject({ usage: once, error: { usage: once } })
    }
    const started = chain({ name: 'c', children: [endless] }).start(1)
    const ended = toPromise(started)
    await settle()
    started.send({ type: 'tinyllm.cancel' })
    await expect(ended).rejects.toMatchObject({ code: 'aborted', usage: once })
  })

  test('nothing, where nothing was used, and not at all in what failed below the root', async () => {
    const bad = fn({ name: 'bad', run: () => Promise.reject(new Error('no')) })
    const nothing = { inputTokens: 0, outputTokens: 0, cost: 0 }
    expect(await bad.safeRun(undefined)).toMatchObject({ usage: nothing, error: { usage: nothing } })
    const settled = await parallel({ name: 'p', children: [bad], mode: 'settled' }).run(undefined)
    expect(settled[0]).toMatchObject({ success: false })
    expect(settled[0]).not.toHaveProperty('error.usage')
  })

  test('to the machine that it is embedded in, and after a restore', async () => {
    const app = setup({
      types: { context: {} as { error?: unknown } },
      actors: { twice: twice.machine },
    }).createMachine({
      context: {},
      initial: 'working',
      states: {
        working: {
          invoke: {
            src: 'twice',
            input: true,
            onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
          },
        },
        failed: { type: 'final' },
      },
      output: ({ context }) => context.error,
    })
    expect(await toPromise(createActor(app).start())).toMatchObject({ path: 'twice.ask', usage: once })
    const failed = twice.start(true)
    await toPromise(failed).catch(() => {})
    expect(failed.getSnapshot().error).toMatchObject({ usage: once })
    const restored = createActor(twice.machine, { snapshot: json(failed.getPersistedSnapshot()), input: true })
    expect(restored.getSnapshot().error).toMatchObject({ code: 'run', usage: once })
    // Saved in between, while it is about to fail.
    const slow = chain({
      name: 'c',
      children: [ask.as('first'), fn({ name: 'hang', run: () => new Promise(() => {}) })],
    })
    const before = slow.start(false)
    await settle()
    const again = createActor(slow.machine, { snapshot: json(before.getPersistedSnapshot()), input: false })
    const ended = toPromise(again)
    again.start().send({ type: 'tinyllm.cancel' })
    await expect(ended).rejects.toMatchObject({ code: 'aborted', usage: once })
    before.stop()
  })

  test('a mistake of the caller is no result: safeRun rejects', async () => {
    await expect(twice.safeRun(false, { timeout: -1 })).rejects.toBeInstanceOf(TypeError)
  })
})

/** Everything that comes out of a run: by the stream, by the actor, in sum. */
async function heard(pipeline: typeof outer, input = false) {
  const streamed: string[] = []
  for await (const event of pipeline.stream(input)) {
    if (event.type === 'token' || event.type === 'usage' || event.type === 'event')
      streamed.push(`${event.type} ${event.path}`)
  }
  const started = pipeline.start(input)
  const emitted: string[] = []
  started.on('*', (event) => emitted.push(`${event.type} ${'path' in event ? event.path : ''}`))
  await toPromise(started)
  expect(emitted.filter((line) => !line.startsWith('own'))).toEqual(
    streamed.filter((line) => !line.startsWith('event')),
  )
  return { streamed, usage: started.getSnapshot().context.usage }
}
const outer = chain({ name: 'outer', children: [actor({ name: 'embedded', logic: twice.machine })] })

describe('what a pipeline inside an actor emits comes out once', () => {
  test('at the path of the actor', async () => {
    const { streamed, usage } = await heard(outer)
    expect(streamed).toEqual([
      'token outer.embedded.twice.ask',
      'usage outer.embedded.twice.ask',
      'token outer.embedded.twice.again',
      'usage outer.embedded.twice.again',
    ])
    expect(usage).toEqual(both)
  })

  test('over several levels, inside items and regions', async () => {
    const inner = map({ name: 'inner', each: actor({ name: 'each', logic: outer.machine }) })
    const whole = chain({
      name: 'whole',
      children: [
        (_: boolean) => [false, false],
        parallel({ name: 'p', children: { one: inner, other: inner } }),
        () => false,
      ],
    })
    const { streamed, usage } = await heard(whole as never)
    const paths = streamed.map((line) => line.split(' ')[1])
    expect(streamed).toHaveLength(16)
    expect(new Set(paths)).toEqual(
      new Set(
        ['one', 'other'].flatMap((region) =>
          ['ask', 'again'].flatMap((leaf) =>
            [0, 1].map((item) => `whole.p.${region}[${item}].outer.embedded.twice.${leaf}`),
          ),
        ),
      ),
    )
    expect(usage).toEqual({ inputTokens: 24, outputTokens: 16, cost: 4 })
    // The root of a map whose item is the actor itself.
    const list = map({ name: 'list', each: actor({ name: 'each', logic: twice.machine }) })
    const started = list.start([false, false, false])
    await toPromise(started)
    expect(started.getSnapshot().context.usage).toEqual({ inputTokens: 18, outputTokens: 12, cost: 3 })
  })

  test('through machines of others, invoked or spawned', async () => {
    const invoking = setup({ actors: { twice: twice.machine } }).createMachine({
      initial: 'working',
      states: { working: { invoke: { id: 'x', src: 'twice', input: false, onDone: 'done' } }, done: { type: 'final' } },
      output: false,
    })
    const spawning = setup({ types: { context: {} as object }, actors: { invoking } }).createMachine({
      context: ({ spawn }) => ({ ref: spawn('invoking', { id: 'spawned' }) }),
      initial: 'waiting',
      states: { waiting: { on: { 'xstate.done.actor.spawned': 'done' } }, done: { type: 'final' } },
      output: false,
    })
    for (const logic of [invoking, spawning]) {
      const pipeline = chain({ name: 'outer', children: [actor({ name: 'theirs', logic })] })
      const { streamed, usage } = await heard(pipeline as never)
      expect(streamed).toHaveLength(4)
      expect(streamed[0]).toBe('token outer.theirs.twice.ask')
      expect(usage).toEqual(both)
    }
  })

  test('and the root of a pipeline in an app stays as it is', async () => {
    const emitted: unknown[] = []
    const app = setup({ actors: { outer: outer.machine } }).createMachine({
      initial: 'working',
      states: {
        working: { invoke: { id: 'it', src: 'outer', input: false, onDone: 'done' } },
        done: { type: 'final' },
      },
    })
    const started = createActor(app)
    const ended = toPromise(started)
    started.start()
    const root = started.getSnapshot().children.it
    root?.on('usage' as never, (event) => emitted.push(event))
    await ended
    expect(emitted).toMatchObject([{ path: 'outer.embedded.twice.ask' }, { path: 'outer.embedded.twice.again' }])
  })

  test('limits around it, and inside it, count its tokens once', async () => {
    const clock = new SimulatedClock()
    const shared = limit({ tokensPerMinute: 11 })
    // Ten tokens a run: they are counted once, although the turn is held inside and outside.
    const inside = chain({ name: 'inside', limit: shared, children: [ask, ask.as('again')] })
    const around = chain({ name: 'around', children: [actor({ name: 'a', limit: shared, logic: inside.machine })] })
    const begun = vi.fn<() => void>()
    const run = async () => {
      await toPromise(createActor(around.machine, { clock, input: false }).start())
      begun()
    }
    const runs = [run(), run()]
    await Promise.all(runs)
    expect(begun).toHaveBeenCalledTimes(2)
    // Twenty by now, so the third waits.
    const third = run()
    await settle()
    expect(begun).toHaveBeenCalledTimes(2)
    clock.increment(60_000)
    await third
    expect(begun).toHaveBeenCalledTimes(3)
  })
})
