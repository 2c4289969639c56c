import {
  type AnyFn,
  actor,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  loop,
  map,
  parallel,
  PipelineError,
  type StandardSchema,
} from 'tinyllm'
import { createActor, fromPromise, fromTransition, setup, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { Dice } from '../engine/dice.ts'

const no = (): never => {
  throw new Error('not to be read')
}
const unreadable = (...keys: string[]) =>
  keys.reduce<object>((error, key) => Object.defineProperty(error, key, { get: no }), new Error('hidden'))

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
function revokedFunction(): object {
  const { proxy, revoke } = Proxy.revocable(() => {}, {})
  revoke()
  return proxy
}

/** Things to throw: a function each, because some can be used once only. */
const things: Record<string, () => unknown> = {
  'an error without a message to be read': () => unreadable('message'),
  'an error without a name to be read': () => unreadable('name'),
  'an error without a cause to be read': () => unreadable('cause'),
  'an error without a retryAfter to be read': () => unreadable('retryAfter'),
  'an error of which nothing can be read': () =>
    // The stack first: it is made up, of the message, when it is replaced.
    unreadable('stack', 'message', 'name', 'cause', 'retryAfter', 'issues', 'code', 'toJSON', 'then'),
  'a revoked proxy': revoked,
  'a revoked proxy of a function': revokedFunction,
  'a proxy that has no prototype to be asked for': () =>
    new Proxy(new Error('behind a proxy'), { getPrototypeOf: no, get: no, has: no, ownKeys: no }),
  'an object without a prototype': () => Object.create(null),
  'a symbol': () => Symbol('thrown'),
  'a function': () => () => 'thrown',
  'a bigint': () => 12n,
  nothing: () => undefined,
  null: () => null,
  'an empty text': () => '',
  'a huge message': () => new Error('x'.repeat(1_000_000)),
  'an object whose toString throws': () => ({ toString: no, message: { toString: no } }),
  'an error whose toJSON throws': () => Object.assign(new Error('json'), { toJSON: no }),
  'an error that is its own cause': () => {
    const error = new Error('round')
    return Object.assign(error, { cause: error })
  },
  'an AggregateError of those': () => new AggregateError([revoked(), unreadable('message')], 'several'),
  'what looks like our own error': () =>
    Object.assign(new Error('looks like it'), { name: 'PipelineError', code: 7, path: {}, toJSON: no }),
  'what looks like a schema said it': () => ({ name: 'InvalidValue', issues: [{ message: 1n, path: [Symbol('x')] }] }),
  'what looks like a schema said it, of a path that is no JSON': () => ({
    name: 'InvalidValue',
    issues: [{ message: 'no', path: [-0, NaN, Infinity, null, undefined, { toString: no }] }],
  }),
  'an error whose retryAfter is -0': () => Object.assign(new Error('now'), { retryAfter: -0 }),
  'an error whose retryAfter is no time': () => Object.assign(new Error('later'), { retryAfter: 'soon' }),
}

type Place = { path: string; code?: string; state?: string; make(thrower: () => unknown): AnyFn }
const schema = (validate: () => unknown): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate: validate as never },
})
const pass = (value: unknown) => value

/** Where something may be thrown: what fails has the path, code and state. */
const places: Record<string, Place> = {
  'a leaf': { path: 'it', make: (thrower) => fn({ name: 'it', run: thrower }) },
  'an asynchronous leaf': { path: 'it', make: (thrower) => fn({ name: 'it', run: async () => thrower() }) },
  'a leaf deep inside': {
    path: 'a.b.c',
    make: (thrower) =>
      chain({
        name: 'a',
        children: [parallel({ name: 'b', children: { c: fn({ name: 'c', run: thrower }), d: pass } })],
      }),
  },
  processOutput: {
    path: 'it',
    state: 'processingOutput',
    make: (thrower) => fn({ name: 'it', run: pass, processOutput: thrower }),
  },
  'an input schema': {
    path: 'it',
    code: 'input_validation',
    state: 'validatingInput',
    make: (thrower) => fn({ name: 'it', input: schema(thrower), run: pass }),
  },
  'an output schema': {
    path: 'it',
    code: 'output_validation',
    state: 'validatingOutput',
    make: (thrower) => fn({ name: 'it', output: schema(thrower), run: pass }),
  },
  'a mapper': {
    path: 'it.child',
    state: 'validatingInput',
    make: (thrower) =>
      parallel({ name: 'it', children: { child: pass }, inputs: { child: thrower as never } }) as AnyFn,
  },
  'a mapper of a flow': {
    path: 'it.step',
    state: 'validatingInput',
    make: (thrower) =>
      flow({
        name: 'it',
        input: schema(() => ({ value: 1 })),
        steps: (s) => s.step(fn({ name: 'step', run: pass }), thrower as never),
      }),
  },
  'a predicate': {
    path: 'it',
    make: (thrower) => branch({ name: 'it', cases: [{ name: 'x', when: thrower as never, then: pass }] }) as AnyFn,
  },
  until: {
    path: 'it',
    make: (thrower) => loop({ name: 'it', body: pass, until: thrower as never, maxIterations: 2 }) as AnyFn,
  },
  decide: {
    path: 'it.deciding',
    make: (thrower) => decision({ name: 'it', decide: thrower as never, branches: { x: pass } }) as AnyFn,
  },
  'an item of a map': {
    path: 'it.m[0]',
    make: (thrower) => chain({ name: 'it', children: [() => [1], map({ name: 'm', each: thrower })] }) as AnyFn,
  },
  'a source': {
    path: 'it.m',
    make: (thrower) =>
      chain({
        name: 'it',
        children: [
          () => ({ [Symbol.asyncIterator]: () => ({ next: async () => thrower() }) }) as AsyncIterable<unknown>,
          map({ name: 'm', each: pass }),
        ],
      }) as AnyFn,
  },
  'an iterator': {
    path: 'it.m',
    make: (thrower) =>
      chain({
        name: 'it',
        children: [
          () => ({ [Symbol.iterator]: thrower }) as unknown as Iterable<unknown>,
          map({ name: 'm', each: pass }),
        ],
      }) as AnyFn,
  },
  'the logic of an actor': {
    path: 'it',
    make: (thrower) => actor({ name: 'it', logic: fromPromise(async () => thrower()) }),
  },
  'the transition of an actor': {
    path: 'it',
    make: (thrower) =>
      actor({
        name: 'it',
        logic: {
          ...fromTransition((state: object) => state, {}),
          start: thrower as never,
        },
      }) as AnyFn,
  },
}

const kinds = Object.entries(things).flatMap(([thing, make]) =>
  Object.entries(places).map(([place, how]) => [thing, place, make, how] as const),
)

describe('whatever is thrown, wherever', () => {
  test.each(kinds)('%s, by %s, is a failure like any other', async (_, __, make, { path, code, state, make: at }) => {
    const thrower = () => {
      throw make()
    }
    const result = await at(thrower).safeRun(1)
    const { error } = result
    expect(error).toBeInstanceOf(PipelineError)
    expect(error).toMatchObject({ code: code ?? 'run', path, state: state ?? 'running', attempts: 1 })
    expect(error?.message).toMatch(
      new RegExp(`^${path.replaceAll(/[[\]]/g, '\\$&')} (failed while|rejected its input|returned an output)`),
    )
    expect(error?.message.length).toBeLessThan(11_000)
    const data = JSON.parse(JSON.stringify(error))
    expect(data).toMatchObject({ name: 'PipelineError', path, usage: { inputTokens: 0 } })
    expect(data).toEqual(error?.toJSON())
  })

  test.each(Object.entries(things))('%s: retry and fallback work as for any error', async (_, make) => {
    let calls = 0
    const flaky = fn({
      name: 'flaky',
      retry: { attempts: 3, when: ({ code }) => code === 'run' },
      run: () => {
        if (++calls % 3 !== 0) throw make()
        return calls
      },
    })
    expect(await flaky.run(undefined)).toBe(3)
    const bad = fn({ name: 'bad', run: () => Promise.reject(make()) })
    expect(await fallback({ name: 'f', children: [bad, () => 'instead'] }).run(undefined)).toBe('instead')
    const all = await fallback({ name: 'f', children: [bad, bad.as('worse')] }).safeRun(undefined)
    expect(all.error).toMatchObject({
      code: 'run',
      path: 'f',
      cause: { errors: [{ path: 'f.bad' }, { path: 'f.worse' }] },
    })
    expect(JSON.parse(JSON.stringify(all.error))).toMatchObject({ path: 'f' })
    const settled = await parallel({ name: 'p', children: { bad }, mode: 'settled' }).run(undefined)
    expect(settled).toMatchObject({ bad: { success: false, error: { path: 'p.bad' } } })
  })

  test.each(Object.entries(things))('%s is a reason to abort like any other', async (_, make) => {
    const hang = fn({ name: 'hang', run: () => new Promise(() => {}) })
    const controller = new AbortController()
    const run = hang.safeRun(undefined, { signal: controller.signal })
    controller.abort(make())
    expect((await run).error).toMatchObject({ code: 'aborted', path: 'hang', state: 'running' })
    const started = hang.start(undefined)
    const ended = toPromise(started)
    started.send({ type: 'tinyllm.cancel', reason: make(), message: make(), code: make() } as never)
    const error = (await ended.catch((thrown: unknown) => thrown)) as PipelineError
    expect(error).toMatchObject({ code: 'aborted', path: 'hang' })
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'aborted' })
  })

  test.each(Object.entries(things))(
    '%s, emitted, fails the function that emits it, which may try again',
    async (_, make) => {
      const emits = fn({
        name: 'emits',
        retry: { attempts: 2 },
        run: (_: unknown, { emit, attempt }) => {
          if (attempt === 1) emit(make() as never)
          emit({ type: 'own', holds: make() })
          return attempt
        },
      })
      const events: unknown[] = []
      for await (const event of chain({ name: 'c', children: [emits] }).stream(1)) events.push(event.type)
      expect(events).toContain('event')
      expect(events.at(-1)).toBe('output')
    },
  )

  test('an event whose fields cannot be read fails the function that emits it', async () => {
    const emits = fn({
      name: 'emits',
      run: (_: unknown, { emit }) => {
        emit({
          type: 'token',
          get delta(): string {
            return no()
          },
        })
      },
    })
    const { error } = await chain({ name: 'c', children: [emits] }).safeRun(1)
    expect(error).toMatchObject({
      code: 'run',
      path: 'c.emits',
      state: 'running',
      cause: { message: 'not to be read' },
    })
  })

  test('an embedding machine hears of it by onError, and a saved failure is restored', async () => {
    for (const make of Object.values(things)) {
      const bad = fn({ name: 'bad', run: () => Promise.reject(make()) })
      const app = setup({ actors: { bad: bad.machine } }).createMachine({
        initial: 'working',
        states: {
          working: { invoke: { src: 'bad', input: undefined as never, onError: 'failed' } },
          failed: { type: 'final' },
        },
      })
      await toPromise(createActor(app).start())
      const failed = bad.start(undefined)
      await toPromise(failed).catch(() => {})
      const saved = JSON.parse(JSON.stringify(failed.getPersistedSnapshot()))
      const restored = createActor(bad.machine, { snapshot: saved, input: undefined as never })
      expect(restored.getSnapshot().error).toMatchObject({ code: 'run', path: 'bad', usage: { inputTokens: 0 } })
    }
  })

  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
  test(`in pipelines that are nested at random, the code, path and attempts are right (seed ${seed})`, async () => {
    const dice = new Dice(seed)
    for (let round = 0; round < 150; round++) {
      const make = dice.pick(Object.values(things))
      const attempts = 1 + dice.int(3)
      let calls = 0
      const leaf = fn({
        name: 'leaf',
        retry: { attempts },
        run: () => {
          calls++
          throw make()
        },
      })
      let path = 'leaf'
      let pipeline: AnyFn = leaf
      for (let depth = dice.int(4); depth > 0; depth--) {
        const name = `n${depth}`
        const inner = pipeline
        const wrap = dice.pick([
          () => chain({ name, children: [pass, inner] }) as AnyFn,
          () => parallel({ name, children: [inner, pass] }) as AnyFn,
          () => fallback({ name, children: [inner] }) as AnyFn,
          () => branch({ name, cases: [{ name: inner.name, when: () => true, then: inner }] }) as AnyFn,
        ])
        pipeline = wrap()
        // A fallback fails itself, with the errors of its children as the cause.
        const own = pipeline.kind === 'fallback'
        path = own ? name : `${name}.${path}`
      }
      const { error } = await pipeline.safeRun(1)
      expect(error, `seed ${seed}, round ${round}`).toMatchObject({ code: 'run', state: 'running', path })
      expect(calls).toBe(attempts)
      JSON.parse(JSON.stringify(error))
    }
  })
})
