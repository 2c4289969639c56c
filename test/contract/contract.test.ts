import { type AnyFn, chain, decision, parallel, PipelineError, type RunEvent } from 'tinyllm'
import { assign, createActor, fromPromise, setup, type Snapshot, StateMachine, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { expectChart } from './chart.ts'
import { kinds, newKind, type Work } from './kinds.ts'

const succeed: Work = () => 'out'
const fail: Work = async () => {
  throw new RangeError('no luck')
}
const hang: Work = (_, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const errorOf = async (running: Promise<unknown>): Promise<PipelineError> =>
  running.then(
    (output) => expect.unreachable(`it gave ${JSON.stringify(output)}`),
    (error) => error as PipelineError,
  )
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe.each([...kinds, newKind])('$name', (kind) => {
  const { make, path, at = path, output, refuses, bare, apart, gathers, retries = 'it', input = 'in' } = kind
  /** Where a failure of the work is told, and what it comes from. */
  const failsAt = gathers ? 'it' : path
  const cause = (message: string) => ({ message: gathers ? expect.stringContaining(message) : message })

  const eventsOf = async (fn: AnyFn): Promise<RunEvent[]> => {
    const events: RunEvent[] = []
    for await (const event of fn.stream(input)) events.push(event)
    return events
  }
  const it = make(succeed)
  const busy = make(succeed, { retry: { attempts: 2 }, timeout: 1000 })

  describe('as a chart', () => {
    test('is one XState machine named after it', () => {
      expect(it.machine).toBeInstanceOf(StateMachine)
      expect(it.machine.id).toBe('it')
      expect(it.machine).toBe(it.machine)
    })

    test('is data, names what it implements, and has no state that nothing leads to', () => {
      expectChart(it)
      expectChart(busy)
    })

    test('has a version that follows its states and not its policy values', () => {
      const version = (fn: AnyFn) => fn.machine.version
      expect(version(it)).toMatch(/^[0-9a-z]+$/)
      expect(version(make(fail))).toBe(version(it))
      expect(version(make(succeed, { retry: { attempts: 7 }, timeout: 5 }))).toBe(version(busy))
      expect(version(busy)).not.toBe(version(it))
      expect(version(it.as('other'))).not.toBe(version(it))
    })
  })

  describe('when all goes well', () => {
    test('run, safeRun, stream and a plain actor give the same output', async () => {
      expect(await it.run(input)).toEqual(output)
      const usage = { inputTokens: expect.any(Number), outputTokens: expect.any(Number), cost: expect.any(Number) }
      expect(await it.safeRun(input, { id: 'run' })).toEqual({ success: true, output, usage, id: 'run' })
      expect((await eventsOf(it)).at(-1)).toEqual({ type: 'output', output })
      expect(await toPromise(createActor(it.machine, { input }).start())).toEqual(output)
      expect(await toPromise(it.start(input, { engine: 'stock' }))).toEqual(output)
    })

    test('an observer sees each state of the work, once and in order', async () => {
      const seen = (await eventsOf(it)).flatMap((event) =>
        event.type === 'state' && event.path === path ? [event.state] : [],
      )
      expect(seen.filter((state) => state !== 'processingOutput')).toEqual([
        'validatingInput',
        'running',
        'validatingOutput',
        'complete',
      ])
    })

    // Logic of the user's own begins with its state, as anywhere in XState.
    if (!bare)
      test('run begins in a microtask of its own, so that listeners can attach after start()', async () => {
        const work = vi.fn(succeed)
        const actor = make(work).start(input)
        expect(work).not.toHaveBeenCalled()
        await toPromise(actor)
        expect(work).toHaveBeenCalledOnce()
      })
  })

  describe('when the work fails', () => {
    test.each<[string, Work]>([
      ['by a rejection', fail],
      [
        'by a throw',
        () => {
          throw new RangeError('no luck')
        },
      ],
    ])('%s, the run rejects with where, what and why', async (_, work) => {
      const error = await errorOf(make(work).run(input))
      expect(error).toBeInstanceOf(PipelineError)
      expect(error).toMatchObject({ code: 'run', path: failsAt, state: 'running', attempts: 1 })
      expect(error.cause).toBeInstanceOf(gathers ? AggregateError : RangeError)
      expect(error.message).toContain(path)
      expect(error.message).toContain('no luck')
      expect(json(error)).toMatchObject({ code: 'run', path: failsAt, cause: cause('no luck') })
      expect(JSON.stringify(error)).not.toContain('stack')
    })

    test('the machine is in failed, and then in error', async () => {
      const actor = createActor(make(fail).machine, { input })
      const values: unknown[] = []
      actor.subscribe({ next: ({ value }) => values.push(value), error: () => {} })
      actor.start()
      await expect(toPromise(actor)).rejects.toMatchObject({ code: 'run', path: failsAt })
      expect(values.at(-1)).toBe('failed')
      expect(actor.getSnapshot()).toMatchObject({
        status: 'error',
        value: 'failed',
        error: { code: 'run', path: failsAt },
      })
      expect(actor.getSnapshot().matches('failed')).toBe(true)
    })

    test('the stream ends with the error and simply ends', async () => {
      const events = await eventsOf(make(fail))
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'run', path: failsAt } })
      expect(events).toContainEqual({ type: 'state', path, state: 'failed', attempt: 1 })
      expect(events).toContainEqual({ type: 'state', path: 'it', state: 'failed', attempt: 1 })
    })

    test('the error of another pipeline is the cause', async () => {
      const inner = make(fail).as('inner')
      const error = await errorOf(make(() => inner.run(input)).run(input))
      const inside = { code: 'run', path: failsAt.replace('it', 'inner') }
      expect(error).toMatchObject(
        gathers ? { path: 'it', cause: { errors: [{}, { cause: inside }] } } : { path, cause: inside },
      )
    })
  })

  if (refuses)
    test('refuses an input that does not fit its schema, saying what is wrong', async () => {
      const work = vi.fn(succeed)
      const error = await errorOf(make(work).run(7))
      expect(error).toMatchObject({ code: 'input_validation', path: 'it', state: 'validatingInput' })
      expect(error.issues?.length).toBeGreaterThan(0)
      expect(work).not.toHaveBeenCalled()
    })

  describe('when it is ended from outside', () => {
    test('a signal aborts the work and fails with aborted', async () => {
      const controller = new AbortController()
      let signal: AbortSignal | undefined
      const work: Work = (input, ctx) => hang(input, { signal: (signal = ctx.signal) })
      const running = errorOf(make(work).run(input, { signal: controller.signal }))
      await vi.waitFor(() => expect(signal).toBeDefined())
      controller.abort(new Error('enough'))
      expect(await running).toMatchObject({ code: 'aborted', path: 'it', cause: { message: 'enough' } })
      expect(signal?.aborted).toBe(true)
    })

    if (!bare)
      test('a signal that is aborted already keeps the work from running', async () => {
        const work = vi.fn(succeed)
        expect(await errorOf(make(work).run(input, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'aborted' })
        expect(work).not.toHaveBeenCalled()
      })

    test('the time of the run is limited', async () => {
      expect(await errorOf(make(hang).run(input, { timeout: 10 }))).toMatchObject({ code: 'timeout', path: 'it' })
    })

    test('stop() just stops, and aborts the work', async () => {
      let signal: AbortSignal | undefined
      const actor = make((input, ctx) => hang(input, { signal: (signal = ctx.signal) })).start(input)
      await vi.waitFor(() => expect(signal).toBeDefined())
      actor.stop()
      expect(signal?.aborted).toBe(true)
      expect(actor.getSnapshot().status).toBe('stopped')
    })
  })

  describe('with a policy', () => {
    test('it is tried again until it works', async () => {
      let calls = 0
      const work: Work = (input, ctx) => (++calls < 3 ? fail(input, ctx) : succeed(input, ctx))
      const events = await eventsOf(make(work, { retry: { attempts: 3, backoff: { initial: 1 } } }))
      expect(events.at(-1)).toEqual({ type: 'output', output })
      const states = events.flatMap((event) => (event.type === 'state' && event.path === retries ? [event] : []))
      expect(states.filter(({ state }) => state === 'waitingToRetry').map(({ attempt }) => attempt)).toEqual([1, 2])
      expect(states.at(-1)).toMatchObject({ state: 'complete', attempt: 3 })
    })

    test('it gives up after the last attempt, or when the predicate says so', async () => {
      const work = vi.fn(fail)
      expect(await errorOf(make(work, { retry: { attempts: 2 } }).run(input))).toMatchObject({
        code: 'run',
        path: failsAt,
      })
      expect(work).toHaveBeenCalledTimes(2)
      const when = vi.fn((_: unknown) => false)
      await errorOf(make(work, { retry: { attempts: 5, when } }).run(input))
      expect(work).toHaveBeenCalledTimes(3)
      expect(when.mock.lastCall?.[0]).toMatchObject({ code: 'run', path: failsAt })
    })

    test('a predicate that throws gives up with the first error', async () => {
      const when = () => {
        throw new Error('of the predicate')
      }
      const work = vi.fn(fail)
      const error = await errorOf(make(work, { retry: { attempts: 5, when } }).run(input))
      expect(error).toMatchObject({ code: 'run', path: failsAt, cause: cause('no luck') })
      expect(work).toHaveBeenCalledOnce()
    })

    test('an attempt that takes too long is a failed one', async () => {
      const work = vi.fn(hang)
      // The time of what has no attempts of its own is that of all its work.
      const attempts = retries === 'it' ? 2 : 1
      const pipeline = make(work, { timeout: 5, retry: { attempts: 2 } })
      expect(await errorOf(pipeline.run(input))).toMatchObject({
        code: 'timeout',
        path: 'it',
        state: 'running',
        attempts,
      })
      expect(work).toHaveBeenCalledTimes(attempts)
      expect(work.mock.calls.every(([, { signal }]) => signal.aborted)).toBe(true)
    })
  })

  describe('as a snapshot', () => {
    /** Every snapshot of a run, as JSON, with how often the work had been called by then. */
    async function record(pipeline: AnyFn, calls: () => number) {
      const actor = createActor(pipeline.machine, { input, id: 'run-1' })
      const taken: { snapshot: Snapshot<unknown>; calls: number }[] = []
      actor.subscribe({
        next: (snapshot) => {
          if (snapshot.status === 'active') taken.push({ snapshot: json(actor.getPersistedSnapshot()), calls: calls() })
        },
        error: () => {},
      })
      actor.start()
      taken.push({ snapshot: json(actor.getPersistedSnapshot()), calls: calls() })
      await toPromise(actor).catch(() => {})
      return taken
    }

    test('every one resumes to the same end, and finished work does not run again', async () => {
      const keys: (string | undefined)[] = []
      const work = vi.fn<Work>((input, ctx) => {
        keys.push(ctx.idempotencyKey)
        return succeed(input, ctx)
      })
      const pipeline = make(work, { timeout: 1000, retry: { attempts: 2 } })
      const taken = await record(pipeline, () => work.mock.calls.length)
      expect(taken.length).toBeGreaterThan(1)
      for (const { snapshot, calls } of taken) {
        const { children } = snapshot as unknown as { children: object }
        const finished = calls > 0 && !JSON.stringify(children).includes(`"${path}":{`)
        work.mockClear()
        const actor = createActor(pipeline.machine, { snapshot }).start()
        expect(await toPromise(actor)).toEqual(output)
        expect(work).toHaveBeenCalledTimes(finished ? 0 : 1)
      }
      if (!bare) expect(new Set(keys).size).toBe(1)
    })

    test('a run that failed comes back with its PipelineError', async () => {
      const pipeline = make(fail)
      for (const { snapshot } of await record(pipeline, () => 0)) {
        const error = await errorOf(toPromise(createActor(pipeline.machine, { snapshot }).start()))
        expect(error).toBeInstanceOf(PipelineError)
        expect(error).toMatchObject({ code: 'run', path: failsAt, cause: cause('no luck') })
      }
    })

    test('one of another version fails with snapshot_mismatch, as an embedding machine can see', async () => {
      const actor = createActor(it.machine, { input }).start()
      const snapshot = { ...json(actor.getPersistedSnapshot()), version: 'older' } as unknown as Snapshot<unknown>
      actor.stop()
      const restored = createActor(it.machine, { snapshot })
      const failing = errorOf(toPromise(restored))
      restored.subscribe({ error: () => {} })
      restored.start()
      expect(restored.getSnapshot().matches('failed')).toBe(true)
      expect(await failing).toMatchObject({ code: 'snapshot_mismatch', path: 'it' })
    })
  })

  describe('among others', () => {
    const nests: [string, (fn: AnyFn) => AnyFn, string][] = [
      ['chain', (child) => chain({ name: 'outer', children: [(value: unknown) => value, child] }), 'outer.it'],
      ['parallel', (child) => parallel({ name: 'outer', children: { it: child, other: () => 1 } }), 'outer.it'],
      ['decision', (child) => decision({ name: 'outer', decide: () => 'it', branches: { it: child } }), 'outer.it'],
      [
        'a decision that it makes',
        (child) =>
          decision({
            name: 'outer',
            decide: chain({ name: 'c', children: [child, () => 'x'] }),
            branches: { x: () => 1 },
          }),
        'outer.deciding.it',
      ],
    ]

    test.each(nests)('in %s it works, fails at its path, and its events arrive once', async (_, nest, prefix) => {
      const at = path.replace('it', prefix)
      const talking: Work = (_, ctx) => {
        ctx.emit?.({ type: 'token', delta: 'o' })
        ctx.emit?.({ type: 'usage', inputTokens: 2, outputTokens: 3, cost: 0.5 })
        ctx.emit?.({ type: 'custom', n: 1 })
        return 'out'
      }
      const outer = nest(make(talking))
      const events = await eventsOf(outer)
      expect(events.at(-1)?.type).toBe('output')
      const error = await errorOf(nest(make(fail)).run(input))
      expect(error).toMatchObject({ code: 'run', path: failsAt.replace('it', prefix) })
      if (bare) return
      expect(events.filter(({ type }) => type === 'token')).toEqual([{ type: 'token', path: at, delta: 'o' }])
      expect(events).toContainEqual({ type: 'event', path: at, event: { type: 'custom', n: 1 } })
      const actor = outer.start(input)
      const tokens: unknown[] = []
      actor.on('token', (event) => tokens.push(event))
      await toPromise(actor)
      expect(tokens).toEqual([{ type: 'token', path: at, delta: 'o' }])
      expect(actor.getSnapshot().context.usage).toEqual({ inputTokens: 2, outputTokens: 3, cost: 0.5 })
    })

    test('in an XState app: onDone has the output, onError the error', async () => {
      const app = (fn: AnyFn) =>
        setup({ types: { context: {} as { got?: unknown } }, actors: { it: fn.machine } }).createMachine({
          context: {},
          initial: 'working',
          states: {
            working: {
              invoke: {
                src: 'it',
                input: () => input,
                onDone: { target: 'done', actions: assign({ got: ({ event }) => event.output }) },
                onError: { target: 'done', actions: assign({ got: ({ event }) => event.error }) },
              },
            },
            done: { type: 'final' },
          },
          output: ({ context }) => context.got,
        })
      expect(await toPromise(createActor(app(it)).start())).toEqual(output)
      expect(await toPromise(createActor(app(make(fail))).start())).toMatchObject({ code: 'run', path: failsAt })
    })

    if (!apart)
      test('provide swaps an actor by its path and keeps the class', async () => {
        const provided = make(fail).machine.provide({ actors: { [path]: fromPromise(async () => 'out') } } as never)
        expect(provided.constructor).toBe(it.machine.constructor)
        expect(await toPromise(createActor(provided, { input }).start())).toEqual(output)
      })

    test('override swaps the work by its path, and as renames it', async () => {
      const swapped = make(fail).as('renamed').override(at.replace('it', 'renamed'), succeedingChild)
      expect(await swapped.as('again').run(input)).toEqual(output)
      expect(await make(fail).override('it', make(succeed)).run(input)).toEqual(output)
      const whole = make(fail)
      expect(await whole.override(whole, make(succeed)).run(input)).toEqual(output)
      expect(() => it.override('it.nowhere', succeedingChild)).toThrow(/no function it\.nowhere.*It has: it/)
    })
  })
})

const succeedingChild = chain({ name: 'swapped', children: [() => 'out'] })
