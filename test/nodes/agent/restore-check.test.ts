import { agent, type AnyFn, fn, parallel, waits } from 'tinyllm'
import { type AnyActorRef, createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { PipelineContext } from '../../../src/types.ts'
import { own, type Script } from './models.ts'
import { Dice } from '../../engine/dice.ts'

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
const hanging = fn({
  name: 'pay',
  description: 'Pays.',
  input: z.object({ to: z.string(), n: z.number() }),
  run: () => new Promise<string>(() => {}),
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

/** A run whose every call that asks gets a word, one after the other, saved after each step. */
async function savedRun(it: AnyFn, words: readonly object[], input: unknown = 'Go'): Promise<Saved[]> {
  const saved: Saved[] = []
  const actor = createActor(it.machine as never, { input } as never) as unknown as AnyActorRef & { start(): void }
  const told = new Set<string>()
  ;(actor as unknown as { subscribe(observer: object): void }).subscribe({
    next: (state: { status: string }) => {
      if (state.status !== 'active') return
      saved.push(stored(actor.getPersistedSnapshot() as never))
      const asks = waits(state).find(({ path }) => !told.has(path))
      if (!asks) return
      const word = words[told.size % words.length]
      told.add(asks.path)
      setTimeout(() => actor.send({ ...word, path: asks.path } as never))
    },
    error: () => {},
  })
  actor.start()
  await toPromise(actor).catch(() => {})
  return saved
}
const words = [{ type: 'APPROVE' }, { type: 'REJECT', reason: 'Too much.' }]

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
    const talk = (one: Saved) => at(one, 'it').talk
    const calls = (one: Saved) => talk(one).messages.at(-1).tool_calls
    const changes: [string, (saved: Saved) => unknown, RegExp][] = [
      ['waits', (one) => (root(one, 'a').input.to = 'mallory'), /it\.act\[a\]\.pay: holds other arguments than those of its call/],
      ['waits', (one) => (item(one, 'a').context.call.id = 'c'), /it\.act\[a\]\.pay: is another call/],
      ['waits', (one) => (item(one, 'a').context.runId = 'mine'), /it\.act\[a\]\.pay: is a call of another run/],
      ['waits', (one) => (calls(one)[0].function.arguments = '{"to":"mallory","n":1}'), /it\.act\[a\]\.pay: holds other arguments/],
      ['waits', (one) => (calls(one)[0].function.name = 'look'), /it\.act\[a\]\.look/],
      ['waits', (one) => (calls(one)[1].id = 'a'), /holds calls that it was not given/],
      ['waits', (one) => talk(one).messages.pop(), /does not lead to act/],
      ['waits', (one) => (talk(one).messages = 'none'), /cannot be read/],
      ['waits', (one) => (talk(one).after = 2), /its conversation/],
      ['waits', (one) => delete at(one, 'it').talk, /does not lead to act/],
      ['waits', (one) => (at(one, 'it').memory.it = []), /does not remember the call a/],
      ['waits', (one) => at(one, 'it').memory.it.push({ id: 'a' }), /a unique id/],
      ['waits', (one) => (at(one, 'it').memory.it[0].said = 'yes'), /not a list of calls/],
      ['waits', (one) => (item(one, 'a').value = 'running'), /it\.act\[a\]\.pay/],
      ['waits', (one) => { item(one, 'a').value = 'running'; delete root(one, 'a').gate }, /it\.act\[a\]\.pay/],
      ['waits', (one) => delete items(one).a, /has lost the call a/],
      ['waits', (one) => (items(one).x = items(one).a), /holds calls that it was not given/],
      ['ended', (one) => (items(one).b = items(one).a), /has ended, but is marked as running/],
      ['ended', (one) => delete outcomes(one).b, /has lost the call b/],
      ['ended', (one) => (outcomes(one).x = outcomes(one).b), /holds calls that it was not given/],
      ['think', (one) => talk(one).messages.pop(), /calls that/],
      ['think', (one) => talk(one).messages.splice(-2, 1), /calls that/],
      ['think', (one) => talk(one).messages.shift(), /a result of the call a, and not the call/],
    ] // prettier-ignore
    for (const [key, change, said] of changes) {
      const one = saved.find((each) => moments[key]?.(each))
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
        expect(wrong(it, changed)).toMatch(/its iteration is not a whole number from 0 to 5|what is around it is not/)
      }
    },
  )

  test('the definition is asked anew: what must be approved now, and was not, does not run', async () => {
    const hangs = (approve: object) => payer(approve, 'it', { tools: [hanging, look] })
    const runs = (approve: object) => savedUntil(hangs(approve), (one) => item(one, 'a')?.value === 'running')
    const saved = await runs({ pay: () => false })
    expect(wrong(hangs({ pay: () => false }), saved)).toBeUndefined()
    for (const approve of [['pay'], { pay: true }, { pay: ({ n }: { n: number }) => n > 0 }]) {
      expect(wrong(hangs(approve), saved)).toMatch(/it\.act\[a\]\.pay: runs, and a person has not approved it/)
    }
    // Where nothing asked at all, its calls had another chart.
    expect(wrong(hangs(['pay']), await runs([]))).toMatch(/its states have changed/)
  })

  test('other instructions do not matter to a turn that has begun', async () => {
    const it = (instructions?: string) => payer(['pay'], 'it', { instructions })
    const saved = (await savedRun(it('Be brief.'), words)).filter(isThinking)
    expect(saved.length).toBeGreaterThan(1)
    for (const one of saved) for (const other of [it(), it('Be kind.')]) expect(wrong(other, one)).toBeUndefined()
  })

  test('who was asked may still answer where the definition asks otherwise', async () => {
    const saved = (await savedRun(payer(), words)).find(moments.waits!) as Saved
    for (const approve of [{ pay: () => false }, { pay: true }])
      expect(wrong(payer(approve as object), saved)).toBeUndefined()
  })

  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'whatever is cut, merged or edited, a person sees what runs (seed %i)',
    async (seed) => {
      const dice = new Dice(seed)
      const paid: object[] = []
      const tools = [pay.override('pay', (input: object) => paid.push(input)), look]
      const it = payer(['pay'], 'it', { tools })
      const saved = await savedRun(it, words)
      for (let i = 0; i < 15; i++) {
        const one = structuredClone(dice.pick(saved))
        damage(dice, one as never, dice.pick(saved) as never)
        paid.length = 0
        const { shown, problem } = await answered(it, one)
        expect(problem ?? '').toMatch(/^$|^PipelineError|does not end/)
        // The first was approved before the run was saved.
        for (const input of paid) expect([{ to: 'bob', n: 1 }, ...shown]).toContainEqual(input)
      }
    },
    20_000,
  )
})

/** The first moments of a run in which that holds: a call asks, another has ended as well, or the model thinks again. */
const moments: Readonly<Record<string, (saved: Saved) => boolean>> = {
  waits: (one) => item(one, 'a')?.value === 'waitingForApproval',
  ended: (one) => item(one, 'a')?.value === 'waitingForApproval' && outcomes(one).b !== undefined,
  think: (one) => at(one, 'it').iteration === 1 && isThinking(one),
}
const isThinking = (one: Saved): boolean => JSON.stringify(one.value).includes('"think"')

const pool = (one: Saved): Loose => (one as unknown as Loose).children['it.act']?.snapshot ?? {}
const items = (one: Saved): Loose => pool(one).items ?? {}
const outcomes = (one: Saved): Loose => pool(one).outcomes ?? {}
const item = (one: Saved, id: string): Loose => items(one)[id]
const root = (one: Saved, id: string): Loose => item(one, id).context.slots[0][0]

async function savedUntil(it: AnyFn, isThere: (saved: Saved) => boolean): Promise<Saved> {
  const actor = createActor(it.machine as never, { input: 'Go' } as never).start()
  const saved = () => stored(actor.getPersistedSnapshot() as never) as Saved
  await vi.waitFor(() => expect(isThere(saved())).toBe(true))
  const found = saved()
  actor.stop()
  return found
}

/** Restores a run and approves whatever it shows, until it ends. */
async function answered(it: AnyFn, saved: Saved): Promise<{ shown: unknown[]; problem?: string }> {
  const actor = createActor(it.machine as never, { snapshot: saved } as never) as unknown as AnyActorRef
  const shown: unknown[] = []
  const look = () => {
    for (const { path, input } of waits(actor.getSnapshot())) {
      shown.push(input)
      actor.send({ type: 'APPROVE', path } as never)
    }
  }
  const ended = toPromise(actor)
  ;(actor as unknown as { start(): void }).start()
  const ticking = setInterval(look, 1)
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('it does not end')), 500))
  try {
    await Promise.race([ended, late])
    return { shown }
  } catch (error) {
    return { shown, problem: String(error) }
  } finally {
    clearInterval(ticking)
    actor.stop?.()
  }
}

/** Takes a part out of a value, or puts another one in its place: any value, or what another moment has there. */
function damage(dice: Dice, value: Loose, other: Loose): void {
  let [here, there]: [Loose, Loose | undefined] = [value, other]
  for (;;) {
    const keys = Object.keys(here)
    if (keys.length === 0) return
    const key = dice.pick(keys)
    const inner: unknown = here[key]
    if (typeof inner === 'object' && inner !== null && dice.chance(0.85)) {
      here = inner as Loose
      there = there?.[key] as Loose | undefined
      continue
    }
    if (dice.chance(0.3)) delete here[key]
    else if (dice.chance(0.5) && there && key in there) here[key] = structuredClone(there[key])
    else here[key] = dice.pick<unknown>([1e308, 'mallory', null, [], {}, true])
    return
  }
}
