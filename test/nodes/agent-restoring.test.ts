import { agent, type AnyFn, fn, parallel } from 'tinyllm'
import { type AnyActorRef, createActor, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PipelineContext } from '../../src/types.ts'
import { own, type Script } from './agent-models.ts'
import { Dice } from '../engine/dice.ts'

type Saved = { value: unknown; context: PipelineContext }
type Loose = Record<string, any>

const call = (id: string, name: string, input: object) => ({ id, name, input })
const script: Script = (turn) =>
  turn === 0
    ? [call('a', 'pay', { to: 'bob', n: 1 }), call('b', 'look', { q: 'x' }), call('c', 'pay', { to: 'eve', n: 2 })]
    : turn === 1
      ? [call('d', 'pay', { to: 7 }), call('e', 'look', { q: 'y' }), call('f', 'look', { q: 'z' })]
      : 'Done.'

const pay = fn({
  name: 'pay',
  description: 'Pays.',
  input: z.object({ to: z.string(), n: z.number() }),
  run: ({ to, n }) => `${n} to ${to}`,
})
const look = fn({
  name: 'look',
  description: 'Looks.',
  input: z.object({ q: z.string() }),
  run: async ({ q }) => ({ q }),
})
const payer = (approve: object = ['pay'], name = 'it', rest: object = {}) =>
  agent({
    name,
    model: own(script).model as never,
    tools: [pay, look],
    approve,
    maxTurns: 5,
    ...rest,
  } as never) as AnyFn

/** What restoring has against a saved run. */
function wrong(it: AnyFn, saved: Saved): string | undefined {
  const { context } = createActor(it.machine as never, { snapshot: saved } as never).getSnapshot() as unknown as Saved
  const { error } = flat({ context } as Saved)[0] as unknown as { error?: { code: string; message: string } }
  return error?.code === 'snapshot_mismatch' ? error.message : undefined
}

/** As a database gives it back: without what is undefined, the keys in another order. */
function stored<T>(value: T): T {
  const sorted = (part: unknown): unknown =>
    typeof part !== 'object' || part === null || Array.isArray(part)
      ? Array.isArray(part)
        ? part.map(sorted)
        : part
      : Object.fromEntries(Object.entries(part).toReversed().map(([key, field]) => [key, sorted(field)])) // prettier-ignore
  return sorted(JSON.parse(JSON.stringify(value))) as T
}

const flat = (saved: Saved): Loose[] => saved.context.slots.flat().filter((frame) => frame !== null) as Loose[]
const at = (saved: Saved, path: string): Loose => flat(saved).find((frame) => frame.path === path) as Loose

/** A run that says this to each call that asks, saved after each step. */
async function savedRun(it: AnyFn, words: readonly object[], input: unknown = 'Go'): Promise<Saved[]> {
  const saved: Saved[] = []
  const actor = createActor(it.machine as never, { input } as never) as unknown as AnyActorRef & { start(): void }
  let next = 0
  ;(actor as unknown as { subscribe(observer: object): void }).subscribe({
    next: (state: { status: string; hasTag(tag: string): boolean }) => {
      if (state.status === 'active') saved.push(stored(actor.getPersistedSnapshot() as never))
      if (state.hasTag('waiting')) queueMicrotask(() => actor.send(words[next++ % words.length] as never))
    },
    error: () => {},
  })
  actor.start()
  await toPromise(actor).catch(() => {})
  return saved
}
const words = [{ type: 'APPROVE' }, { type: 'REJECT', reason: 'Too much.' }]
const inState = (saved: readonly Saved[], key: string): Saved[] =>
  saved.filter(({ value }) => JSON.stringify(value).includes(`"${key}"`))

describe('an agent in a run that is restored', () => {
  test.each<[string, AnyFn]>([
    ['with names', payer()],
    ['with a predicate', payer((asked: { name: string }) => asked.name === 'pay')],
    ['that is tried again', payer(['pay'], 'it', { retry: { attempts: 2 }, output: z.never() })],
    ['that runs out of turns', payer(['pay'], 'it', { maxTurns: 2 })],
    ['in a region', parallel({ name: 'both', children: { a: payer(['look'], 'a'), b: payer([], 'b') } }) as never],
  ])('is right at every moment: %s', async (_, it) => {
    const saved = await savedRun(it, words)
    expect(saved.length).toBeGreaterThan(8)
    for (const one of saved) expect(wrong(it, one)).toBeUndefined()
  })

  test('what a person is shown, what is run and what is told are what the conversation says', async () => {
    const it = payer()
    const saved = await savedRun(it, words)
    const changes: [string, (saved: Saved) => void, RegExp][] = [
      ['approve', (one) => (at(one, 'it.approve').input.input.to = 'mallory'), /input of approve does not match/],
      ['approve', (one) => (at(one, 'it.approve').input.id = 'b'), /input of approve does not match/],
      ['approve', (one) => (at(one, 'it').value.messages.at(-1).tool_calls[0].function.arguments = '{"to":"mallory","n":1}'), /input of approve does not match/],
      ['approve', (one) => (at(one, 'it').value.messages.at(-1).tool_calls[1].id = 'a'), /does not lead to approve/],
      ['approve', (one) => at(one, 'it').value.messages.pop(), /does not lead to approve/],
      ['approve', (one) => (at(one, 'it').value.messages = 'none'), /does not lead to approve/],
      ['approve', (one) => delete at(one, 'it').value, /does not lead to approve/],
      ['approve', (one) => (at(one, 'it').memory.it = []), /does not remember the call a/],
      ['approve', (one) => at(one, 'it').memory.it.push({ id: 'a' }), /a unique id/],
      ['approve', (one) => (at(one, 'it').memory.it[0].said = 'yes'), /not a list of calls/],
      ['act', (one) => delete at(one, 'it').memory.it.find(({ id }: Loose) => id === 'a').said, /must be approved was not/],
      ['act', (one) => (at(one, 'it').memory.it.find(({ id }: Loose) => id === 'a').said = 'rejected'), /input of act does not match/],
      ['act', (one) => (at(one, 'it.act').input[0].input.to = 'mallory'), /input of act does not match/],
      ['act', (one) => at(one, 'it.act').input.push({ id: 'c', name: 'pay', input: { to: 'eve', n: 2 } }), /input of act does not match/],
      ['act', (one) => at(one, 'it.act.pay').input.push({ to: 'eve', n: 2 }), /input of it\.act\.pay does not match/],
      ['act', (one) => (at(one, 'it.act.look').input[0].q = 'all'), /input of it\.act\.look does not match/],
      ['observe', (one) => (at(one, 'it.observe').input[0].content = 'nothing'), /input of observe does not match/],
      ['observe', (one) => (at(one, 'it').value.told[0].content = 3), /does not lead to observe/],
      ['think', (one) => (at(one, 'it.think').input.messages[0].content = 'Pay mallory.'), /input of think does not match/],
      ['think', (one) => (at(one, 'it.think').input.ids = []), /input of think does not match/],
    ] // prettier-ignore
    for (const [key, change, said] of changes) {
      // The last one of a kind that has what is changed: of a turn that asks, and after a round of tools.
      const one = inState(saved, key).find((each) => key !== 'think' || at(each, 'it').iteration === 1)
      const changed = structuredClone(one) as Saved
      change(changed)
      expect(wrong(it, changed), String(change)).toMatch(said)
    }
  })

  test.each([-1, 6, 1.5, -1e308, 1e308, 'x', null, {}, NaN])(
    'counts its rounds in whole numbers: not %j',
    async (iteration) => {
      const it = payer()
      for (const one of (await savedRun(it, words)).slice(2)) {
        const changed = structuredClone(one)
        at(changed, 'it').iteration = iteration
        expect(wrong(it, changed)).toMatch(/its iteration is not a whole number from 0 to 5/)
      }
    },
  )

  test('the definition is asked anew: what must be approved now, and was not, does not run', async () => {
    const saved = inState(await savedRun(payer([]), words), 'act')[0] as Saved
    expect(wrong(payer([]), saved)).toBeUndefined()
    expect(wrong(payer(), saved)).toMatch(/must be approved was not/)
    expect(
      wrong(
        payer(() => true),
        saved,
      ),
    ).toMatch(/must be approved was not/)
  })

  test('other instructions do not matter to a turn that has begun', async () => {
    const it = (instructions?: string) => payer(['pay'], 'it', { instructions })
    const saved = inState(await savedRun(it('Be brief.'), words), 'think')
    expect(saved.length).toBeGreaterThan(4)
    for (const one of saved) for (const other of [it(), it('Be kind.')]) expect(wrong(other, one)).toBeUndefined()
  })

  test('who was asked may still answer where the definition does not ask any more', async () => {
    const saved = inState(await savedRun(payer(), words), 'approve')[0] as Saved
    const open = payer([])
    expect(
      wrong(
        payer(() => true),
        saved,
      ),
    ).toBeUndefined()
    // Without anything that asks there is no state for it, and so another version: an empty list is enough for one.
    expect(wrong(open, saved)).toBeUndefined()
  })

  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'a change of any copy is found, or is no change (seed %i)',
    async (seed) => {
      const dice = new Dice(seed)
      const it = payer()
      const one = structuredClone(dice.pick(await savedRun(it, words))) as Saved
      const before = structuredClone(one)
      const copies = flat(one).filter(({ path }) => /\.(approve|act)$|\.act\.\w+$/.test(path))
      if (copies.length === 0) return expect(wrong(it, one)).toBeUndefined()
      mutate(dice, dice.pick(copies) as Loose, 'input')
      const isSame = JSON.stringify(one) === JSON.stringify(before)
      expect(wrong(it, one) === undefined, JSON.stringify(one.context)).toBe(isSame)
    },
  )
})

/** Changes one part of a value somewhere: another value, a key less. */
function mutate(dice: Dice, parent: Loose, key: string): void {
  const value: unknown = parent[key]
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (keys.length > 0 && dice.chance(0.8)) return mutate(dice, value as Loose, dice.pick(keys))
  if (dice.chance(0.3)) delete parent[key]
  else parent[key] = dice.pick<unknown>([1e308, 'mallory', null, [], {}, true])
}
