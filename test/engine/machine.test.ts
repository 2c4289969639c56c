import { setImmediate, setTimeout } from 'node:timers/promises'
import { chain, fn, parallel, receive } from 'tinyllm'
import {
  assign,
  createActor,
  fromPromise,
  getNextSnapshot,
  initialTransition,
  type InspectionEvent,
  StateMachine,
  toPromise,
  transition,
  waitFor,
} from 'xstate'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { PipelineMachine } from '../../src/engine/machine.ts'
import xstate from 'xstate/package.json' with { type: 'json' }
import own from '../../package.json' with { type: 'json' }
import { kinds } from '../contract/kinds.ts'
import { Dice } from './dice.ts'
import { KINDS, specimen } from './specimens.ts'

const engineOf = (pipeline: { machine: unknown }) => pipeline.machine as PipelineMachine
const inc = (name: string) => fn({ name, run: (n: number) => n + 1 })
const three = chain({ name: 'three', children: [inc('a'), inc('b'), inc('c')] })

test('the xstate that is installed is one that this package asks for', () => {
  // The differential test passes on these. After an update of xstate, let it run for some hours (ENGINE_RUNS) first.
  expect(own.peerDependencies.xstate).toBe('^5.33.3')
  expect(xstate.version).toMatch(/^5\.33\./)
})

describe('a plan', () => {
  test.each(kinds)('is made for $name', ({ make }) => {
    expect(engineOf(make(() => 'out')).plan).toBeDefined()
    expect(engineOf(make(() => 'out', { retry: { attempts: 2 }, timeout: 5 })).plan).toBeDefined()
  })

  test('is made for every pipeline that the differential test draws, and it draws every kind', () => {
    const drawn = new Set<string>()
    for (let seed = 1; seed <= 200; seed++) {
      const { fn: pipeline, kinds: found } = specimen(new Dice(seed), { note: () => {}, pending: [] })
      expect(engineOf(pipeline).plan, `seed ${seed}`).toBeDefined()
      for (const kind of found) drawn.add(kind)
    }
    expect(drawn).toEqual(KINDS)
  })

  const base = { id: 'it', version: '1', context: {}, initial: 'a' }
  const leaves = { a: {}, b: {} }
  const outside: Record<string, object> = {
    'a delay': { ...base, states: { a: { after: { 10: 'b' } }, b: {} } },
    history: { ...base, states: { ...leaves, h: { type: 'history' } } },
    'an exit action': { ...base, states: { a: { exit: 'x' }, b: {} } },
    'a wildcard': { ...base, on: { '*': '.b' }, states: leaves },
    'an inline guard': { ...base, states: { a: { on: { GO: { target: 'b', guard: () => true } } }, b: {} } },
    'several targets': { ...base, states: { a: { on: { GO: { target: ['b'] } } }, b: {} } },
    'a transition that says no to reentry': {
      ...base,
      states: { a: { on: { GO: { target: 'a', reenter: false } } }, b: {} },
    },
    'an eventless transition that may not be taken': {
      ...base,
      states: { a: { always: { target: 'b', guard: 'no' } }, b: {} },
    },
    'a parallel root': { id: 'it', type: 'parallel', states: leaves },
    'regions that leave their parallel state by the same event': {
      ...base,
      states: {
        a: {
          type: 'parallel',
          states: {
            x: { initial: 'y', on: { GO: '#it.b' }, states: leaves },
            z: { initial: 'y', on: { GO: '#it.b' }, states: leaves },
          },
        },
        b: {},
      },
    },
  }
  test.each(Object.entries(outside))('is not made for %s, which runs as XState does', (_, config) => {
    const impl = { guards: { no: () => false }, actions: { x: () => {} } }
    expect(new PipelineMachine({ ...config }, impl).plan).toBeUndefined()
  })
})

describe('XState’s own interpreter', () => {
  const asked = (['getInitialSnapshot', 'transition', 'restoreSnapshot'] as const).map((method) => [method] as const)

  test.each(asked)('is never asked for %s, whatever the kind', async (method) => {
    const interpreter = vi.spyOn(StateMachine.prototype, method)
    onTestFinished(() => interpreter.mockRestore())
    for (const { name, make, input = 'in' } of kinds) {
      const { machine } = make(() => setTimeout(5, 'out'))
      const actor = createActor(machine, { input: input as never }).start()
      await setImmediate()
      const saved = actor.getPersistedSnapshot()
      actor.stop()
      const resumed = createActor(machine, { snapshot: saved, input: input as never }).start()
      await toPromise(resumed)
      const ofOurs = interpreter.mock.contexts.filter((machine) => machine instanceof PipelineMachine)
      expect(ofOurs, name).toEqual([])
    }
  })
})

describe('the machine', () => {
  test('is a StateMachine, and stays one of ours with other implementations', () => {
    const { machine } = three
    const provided = machine.provide({ actors: {} }) as unknown as PipelineMachine
    expect(provided).toBeInstanceOf(PipelineMachine)
    expect(provided).toBeInstanceOf(StateMachine)
    expect(provided.plan).toBe(engineOf(three).plan)
    expect(provided.root).toBe(machine.root)
  })

  test('shows the chart as XState does', () => {
    const { machine } = three
    const { stock } = engineOf(three)
    expect(stock.plan).toBeUndefined()
    expect(JSON.stringify(machine)).toBe(JSON.stringify(stock))
    expect(machine.events).toEqual(stock.events)
    expect(Object.keys(machine.states)).toEqual(Object.keys(stock.states))
    expect(machine.getStateNodeById('three.running.b').id).toBe('three.running.b')
  })

  test('can be asked to run on XState, by an option of the run', async () => {
    const initial = vi.spyOn(StateMachine.prototype, 'getInitialSnapshot')
    expect(await three.run(1)).toBe(4)
    expect(initial).not.toHaveBeenCalled()
    expect(await three.run(1, { engine: 'stock' })).toBe(4)
    expect(initial).toHaveBeenCalledOnce()
  })

  test('needs none of XState’s nodes while nobody looks', async () => {
    const nodes = vi.spyOn(PipelineMachine.prototype, 'stateNodes', 'get')
    await three.run(1)
    expect(nodes).not.toHaveBeenCalled()
    await three.run(1, { inspect: () => {} })
    expect(nodes).toHaveBeenCalled()
  })

  test('goes on from a snapshot of XState’s interpreter, and XState from one of it', () => {
    const { machine } = three
    const { stock } = engineOf(three)
    const done = (output: number) => ({ type: 'xstate.done.actor.three.a', output, actorId: 'three.a' }) as never
    const [snapshot] = initialTransition(machine, 1)
    const [stocks] = initialTransition(stock as typeof machine, 1)
    expect(getNextSnapshot(machine, stocks, done(2)).value).toEqual({ running: { b: 'running' } })
    expect(getNextSnapshot(stock as typeof machine, snapshot, done(2)).value).toEqual({ running: { b: 'running' } })
  })

  test('goes on from a snapshot on the way, as XState does', () => {
    const seen: ReturnType<typeof initialTransition<typeof three.machine>>[0][] = []
    const inspect = (event: InspectionEvent) => {
      if (event.type === '@xstate.microstep') seen.push(event.snapshot as never)
    }
    createActor(three.machine, { input: 1, inspect }).start()
    const passing = seen.find(({ value }) => JSON.stringify(value).includes('validatingInput'))
    const next = getNextSnapshot(three.machine, passing as never, { type: 'NOTHING' } as never)
    expect(next.value).toEqual({ running: { a: 'running' } })
  })

  test('what an action spawns is a child, also where no state changes', async () => {
    const usage = { type: 'usage', inputTokens: 1, outputTokens: 1 } as const
    const asks = fn({
      name: 'asks',
      run: (_: number, ctx) => {
        ctx.emit(usage)
        return new Promise<never>(() => {})
      },
    })
    const sumUsage = assign(({ spawn, context }) => {
      spawn(
        fromPromise(() => new Promise(() => {})),
        { id: 'extra' },
      )
      return context
    })
    const machine = asks.machine.provide({ actions: { sumUsage } } as never)
    const actor = createActor(machine, { input: 1 }).start()
    await setImmediate()
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['asks', 'extra'])
    actor.stop()
  })

  test('an event without a listener gives the same snapshot again', () => {
    const [snapshot] = initialTransition(three.machine, 1)
    expect(transition(three.machine, snapshot, { type: 'NOTHING' } as never)[0]).toBe(snapshot)
  })
})

describe('a snapshot', () => {
  test('can be spread, once XState has looked at its machine', () => {
    const [snapshot] = initialTransition(three.machine, 1)
    expect(snapshot.machine).toBe(three.machine)
    expect({ ...snapshot }).toMatchObject({ value: { running: { a: 'running' } }, status: 'active' })
  })

  test('works with waitFor, select and toPromise', async () => {
    const actor = createActor(three.machine, { input: 1 })
    const seen: unknown[] = []
    actor.select((snapshot) => snapshot.matches({ running: 'b' } as never)).subscribe((is) => seen.push(is))
    actor.start()
    await waitFor(actor, (snapshot) => snapshot.matches({ running: 'c' } as never))
    expect(await toPromise(actor)).toBe(4)
    expect(seen).toEqual([true, false])
  })
})

test('a token asks no region, and is no change', async () => {
  const wait = (name: string) => receive({ name, events: { GO: { '~standard': anything } } })
  const wide = parallel({
    name: 'wide',
    children: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`n${n}`, wait(`n${n}`)])),
  })
  expect(
    engineOf(wide)
      .plan?.listeners.get('tinyllm.emit')
      ?.map(({ node }) => node.id),
  ).toEqual(['wide'])
  const actor = wide.start(undefined)
  const before = actor.getSnapshot()
  actor.send({ type: 'tinyllm.emit', path: 'wide.n1', event: { type: 'token', delta: 'a' } } as never)
  expect(actor.getSnapshot()).toBe(before)
  actor.stop()
})
const anything = { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) }
