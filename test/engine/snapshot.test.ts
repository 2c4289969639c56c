import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { chain, fn, parallel, receive } from 'tinyllm'
import { type AnyMachineSnapshot, type AnyStateMachine, createActor, initialTransition, transition } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const wait = (name: string) => receive({ name, events: { GO: z.object({ n: z.number() }) } })
const both = parallel({ name: 'both', children: { left: wait('left'), right: wait('right') } })
const steps = chain({
  name: 'steps',
  children: [fn({ name: 'first', run: async (n: number) => n + 1, tags: ['busy'], meta: { own: 1 } }), both],
})
const machineOf = (engine: 'fast' | 'stock') =>
  (engine === 'fast' ? steps.machine : (steps.machine as unknown as { stock: unknown }).stock) as AnyStateMachine

/** Snapshots of every status, each made anew: none of its parts has been looked at. */
const makers: Record<string, (machine: AnyStateMachine) => AnyMachineSnapshot | Promise<AnyMachineSnapshot>> = {
  'the first one': (machine) => initialTransition(machine, 1 as never)[0] as AnyMachineSnapshot,
  'of an actor that has not started': (machine) => createActor(machine, { input: 1 }).getSnapshot(),
  'active, with regions': (machine) => waitingIn(machine).then(({ actor }) => actor.getSnapshot()),
  'on the way': async (machine) => {
    const { actor } = await waitingIn(machine)
    actor.send({ type: 'GO', n: 1, path: 'steps.both.left' } as never)
    return actor.getSnapshot()
  },
  done: async (machine) => {
    const { actor } = await waitingIn(machine)
    for (const path of ['left', 'right']) actor.send({ type: 'GO', n: 1, path: `steps.both.${path}` } as never)
    return actor.getSnapshot()
  },
  'of a run that failed': async (machine) => {
    const { actor } = await waitingIn(machine)
    actor.send({ type: 'tinyllm.cancel' } as never)
    await new Promise((resolve) => setImmediate(resolve))
    return actor.getSnapshot()
  },
  stopped: async (machine) => (await waitingIn(machine)).actor.stop().getSnapshot(),
  'of an actor that fails to start': (machine) => {
    const broken = () => {
      throw new Error('own action')
    }
    const [first] = Object.keys(machine.implementations.actions)
    const provided = machine.provide({ actions: { [first as string]: broken } } as never)
    const actor = createActor(provided, { input: 1 })
    actor.subscribe({ error: () => {} })
    return actor.start().getSnapshot()
  },
  'of an actor whose action throws': async (machine) => {
    const broken = () => {
      throw new Error('own action')
    }
    const name = Object.keys(machine.implementations.actions).find((name) => name.endsWith('left#take:GO'))
    const { actor } = await waitingIn(machine.provide({ actions: { [name as string]: broken } } as never))
    actor.send({ type: 'GO', n: 1, path: 'steps.both.left' } as never)
    return actor.getSnapshot()
  },
  'of a pure transition': (machine) => {
    const [first] = initialTransition(machine, 1 as never)
    const event = { type: 'xstate.done.actor.steps.first', output: 2, actorId: 'steps.first' }
    return transition(machine, first as never, event as never)[0] as AnyMachineSnapshot
  },
}

async function waitingIn(machine: AnyStateMachine) {
  const actor = createActor(machine, { input: 1, id: 'it' })
  actor.subscribe({ error: () => {} })
  actor.start()
  await new Promise((resolve) => setImmediate(resolve))
  return { actor }
}

/** What may be done to a snapshot by who takes it for a plain object; what comes of it, as text. */
const deeds: Record<string, (snapshot: any) => unknown> = {
  'its keys': (snapshot) => [Object.keys(snapshot), Reflect.ownKeys(snapshot), Object.getOwnPropertyNames(snapshot)],
  'in and for … in': (snapshot) => {
    const found = []
    for (const key in snapshot) found.push(key)
    return [found, ['value', 'toJSON', 'nodesSince', 'plain', 'constructor'].map((key) => key in snapshot)]
  },
  'hasOwn and propertyIsEnumerable': (snapshot) =>
    ['tags', 'toString', 'can'].map((key) => [Object.hasOwn(snapshot, key), snapshot.propertyIsEnumerable(key)]),
  'a spread': (snapshot) => ({ ...snapshot }),
  'the rest of it': ({ status: _, ...rest }) => rest,
  'Object.assign': (snapshot) => Object.assign({}, snapshot),
  'Object.entries': (snapshot) => Object.entries(snapshot),
  'Object.values': (snapshot) => Object.values(snapshot),
  'its descriptors': (snapshot) => Object.getOwnPropertyDescriptors(snapshot),
  'the descriptor of one part': (snapshot) => Object.getOwnPropertyDescriptor(snapshot, 'value'),
  'a descriptor of none': (snapshot) => Object.getOwnPropertyDescriptor(snapshot, 'nothing'),
  'its prototype': (snapshot) => [
    Object.getPrototypeOf(snapshot) === Object.prototype,
    // oxlint-disable-next-line no-proto -- some look there
    snapshot.__proto__ === Object.prototype,
    snapshot.constructor === Object,
    snapshot instanceof Object,
    String(snapshot),
    Object.isExtensible(snapshot),
  ],
  JSON: (snapshot) => JSON.stringify(snapshot),
  'toJSON of a copy': (snapshot) => ({ ...snapshot }).toJSON(),
  'equality with a copy': (snapshot) => {
    expect(snapshot).toEqual({ ...snapshot })
    expect(snapshot).toStrictEqual({ ...snapshot })
    assert.deepStrictEqual(snapshot, { ...snapshot })
    assert.notDeepStrictEqual(snapshot, { ...snapshot, status: 'other' })
    assert.notDeepStrictEqual(snapshot, { ...snapshot, more: 1 })
  },
  'the same part twice': (snapshot) =>
    ['value', 'tags', 'children', '_nodes'].map((key) => snapshot[key] === snapshot[key]),
  'what console.log shows': (snapshot) => inspect(snapshot, { depth: 0 }),
  'what console.log shows of what holds it': (snapshot) => inspect({ at: [snapshot] }, { depth: 2 }),
  'a copy that is asked': (snapshot) => {
    const copy = { ...snapshot }
    return [copy.matches('running'), copy.hasTag('busy'), copy.can({ type: 'GO', n: 1 }), copy.getMeta()]
  },
  'Object.freeze': (snapshot) => {
    const frozen = Object.freeze(snapshot)
    return [Object.isFrozen(frozen), { ...frozen }, Reflect.set(frozen, 'value', 1), frozen.can({ type: 'GO', n: 1 })]
  },
  'Object.seal': (snapshot) => [Object.isSealed(Object.seal(snapshot)), { ...snapshot }],
  'what is written': (snapshot) => {
    snapshot.value = 'mine'
    snapshot.more = 1
    snapshot.tags = undefined
    return [{ ...snapshot }, snapshot.tags, Object.getOwnPropertyDescriptor(snapshot, 'more')]
  },
  'what is deleted': (snapshot) => {
    delete snapshot.children
    delete snapshot.toJSON
    return [Object.keys(snapshot), snapshot.children, snapshot.toJSON, 'toJSON' in snapshot]
  },
  'Object.defineProperty': (snapshot) => {
    Object.defineProperty(snapshot, Symbol.for('mark'), { value: 1 })
    Object.defineProperty(snapshot, '_nodes', { enumerable: false })
    return [Reflect.ownKeys(snapshot), Object.keys(snapshot), snapshot._nodes]
  },
  'another prototype': (snapshot) => {
    Object.setPrototypeOf(snapshot, null)
    return [Object.getPrototypeOf(snapshot), 'constructor' in snapshot, Object.keys(snapshot)]
  },
}

/** With a name for what is another object in each machine: the machine itself, its states, actors. */
function named(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return value
  if ('implementations' in value) return 'a machine'
  if ('order' in value && 'id' in value) return `state ${String(value.id)}`
  if ('sessionId' in value && 'id' in value) return `actor ${String(value.id)}`
  if (value instanceof Set) return [...value].toSorted()
  if (value instanceof Error) return String(value)
  if (Array.isArray(value)) {
    const list = value.map(named)
    // A set, and no more: XState has them in the order in which states were entered, the engine by document.
    return list.every((part) => typeof part === 'string' && part.startsWith('state ')) ? list.toSorted() : list
  }
  return Object.fromEntries(Reflect.ownKeys(value).map((key) => [String(key), named((value as never)[key])]))
}
const told = (value: unknown): string =>
  inspect(value, { depth: 20, breakLength: 80, maxStringLength: 1e6, maxArrayLength: 1e4 })
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replaceAll(/x:\d+/g, 'x')

describe.each(Object.entries(makers))('a snapshot %s', (_, make) => {
  test.each(Object.entries(deeds))('gives what XState’s gives: %s', async (title, deed) => {
    const answer = async (engine: 'fast' | 'stock') => {
      const found = deed(await make(machineOf(engine)))
      return told(typeof found === 'string' ? unnamed(found) : named(found))
    }
    expect(await answer('fast'), title).toBe(await answer('stock'))
  })
})

/** What Node shows of a machine, of states and of actors, which are other objects in each. */
const unnamed = (text: string) =>
  text.replaceAll(/(machine|_nodes|children): .*(?=\n|$)/g, '$1').replaceAll(/\n +at .*/g, '')

test('a snapshot that somebody holds stays as it is, whatever is written to it or comes after it', async () => {
  const { actor } = await waitingIn(machineOf('fast'))
  const held = actor.getSnapshot()
  actor.send({ type: 'GO', n: 1, path: 'steps.both.left' } as never)
  const next = actor.getSnapshot()
  expect(held.value).toEqual({ running: { both: { running: { left: 'running', right: 'running' } } } })
  ;(next as { value: unknown }).value = 'mine'
  actor.send({ type: 'GO', n: 2, path: 'steps.both.right' } as never)
  expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'complete' })
})

test('a frozen snapshot goes on', () => {
  const machine = machineOf('fast')
  const frozen = Object.freeze(initialTransition(machine, 1 as never)[0]) as AnyMachineSnapshot
  const event = { type: 'xstate.done.actor.steps.first', output: 2, actorId: 'steps.first' }
  const [next] = transition(machine, frozen, event as never)
  expect(next.value).toEqual({ running: { both: { running: { left: 'running', right: 'running' } } } })
})
