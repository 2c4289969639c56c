import {
  actor,
  agent,
  type AnyFn,
  chain,
  decision,
  fallback,
  fn,
  loop,
  map,
  parallel,
  receive,
  type RefusedEvent,
  waits,
} from 'tinyllm'
import { type AnyActorRef, type AnyStateMachine, createActor, setup } from 'xstate'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Dice } from '../engine/dice.ts'

/** In CI all of them; a seed that failed is run alone with SEED=n. */
const RUNS = process.env.CI ? 1000 : 120
const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: RUNS }, (_, seed) => seed + 1)
const MOST_WAITS = 20

/** A pipeline of numbers, and what it makes of one; each wait in it adds what `answer` says. */
type Made = { fn: AnyFn; ref(input: number): number; waits: number }

/** What was done, by idempotency key and attempt. */
class World {
  readonly effects = new Map<string, number>()
  done(key: string, attempt: number): void {
    const call = `${key} (attempt ${attempt})`
    this.effects.set(call, (this.effects.get(call) ?? 0) + 1)
  }
}

const sum = (list: readonly unknown[]): number => list.reduce((all: number, one) => all + Number(one), 0)

class Drawing {
  readonly dice: Dice
  readonly world: World
  #left = MOST_WAITS
  #names = 0

  constructor(dice: Dice, world: World) {
    this.dice = dice
    this.world = world
  }

  name(kind: string): string {
    return `${kind}${this.#names++}`
  }

  /** `times`: how often what is drawn here runs at the same time or one after the other. */
  draw(depth: number, times = 1): Made {
    const { dice } = this
    const kinds = ['leaf', 'ask', 'ask', 'approved', 'tool']
    if (depth > 0)
      kinds.push(
        'chain',
        'chain',
        'parallel',
        'parallel',
        'map',
        'map',
        'map',
        'embedded',
        'far',
        'loop',
        'fallback',
        'decision',
        'researcher',
      )
    const kind = dice.pick(kinds)
    if (['ask', 'approved', 'tool', 'researcher'].includes(kind) && this.#left < times) return this.leaf()
    switch (kind) {
      case 'ask':
        this.#left -= times
        return this.ask(times)
      case 'approved':
      case 'tool':
      case 'researcher':
        return this.agent(kind, times)
      case 'chain':
        return this.chain(depth, times)
      case 'parallel':
        return this.parallel(depth, times)
      case 'map':
        return this.map(depth, times)
      case 'embedded':
      case 'far':
        return this.embedded(depth, times, kind === 'far')
      case 'loop':
        return this.loop(depth, times)
      case 'fallback':
        return this.fallback(depth, times)
      case 'decision':
        return this.decision(depth, times)
      default:
        return this.leaf()
    }
  }

  leaf(): Made {
    const { dice, world } = this
    const add = dice.int(5)
    const flaky = dice.chance(0.3)
    const leaf = fn({
      name: this.name('leaf'),
      ...(flaky && { retry: { attempts: 2 } }),
      run: (input: number, ctx) => {
        world.done(ctx.idempotencyKey, ctx.attempt)
        if (flaky && ctx.attempt === 1) throw new Error('once more')
        return input + add
      },
    })
    return { fn: leaf, ref: (input) => input + add, waits: 0 }
  }

  ask(times: number): Made {
    const wait = receive({ name: this.name('ask'), events: { OK: z.object({ v: z.number() }) } })
    const read = fn({ name: 'read', run: ({ v }: { v: number }) => v })
    return {
      fn: chain({ name: this.name('asks'), children: [wait, read] }) as AnyFn,
      ref: (input) => input + 1,
      waits: times,
    }
  }

  /** Its model calls one tool, once or several times in one turn, and then says what came of that. */
  agent(kind: string, times: number): Made {
    const { world, dice } = this
    const input = z.object({ n: z.number() })
    const pay = fn({
      name: 'pay',
      description: 'Pays.',
      input,
      run: ({ n }, ctx) => {
        world.done(ctx.idempotencyKey, ctx.attempt)
        return n
      },
    })
    const askUser = receive({
      name: 'askUser',
      description: 'Asks.',
      input,
      events: { ANSWER: z.object({ n: z.number() }) },
    })
    const tool = kind === 'tool' ? askUser : pay
    const most = Math.max(1, Math.min(3, Math.floor(this.#left / times)))
    const [calls, workers] = [1 + dice.int(most), kind === 'researcher' ? 1 + dice.int(2) : 1]
    const isFew = times * calls * workers <= this.#left
    const [each, many] = isFew ? [calls, workers] : [1, 1]
    this.#left -= times * each * many
    const concurrency = dice.pick([1, 2, 8])
    const worker = agent({
      name: this.name('worker'),
      description: 'Works.',
      model: calling(tool.name, each, (n) => ({ n })) as never,
      tools: [tool] as never,
      concurrency,
      ...(kind !== 'tool' && { approve: true as never }),
    }) as unknown as AnyFn & { name: string }
    const whole =
      kind === 'researcher'
        ? agent({
            name: this.name('boss'),
            model: calling(worker.name, many, (n) => ({ input: `The number is ${n}` })) as never,
            tools: [worker] as never,
            concurrency,
          })
        : worker
    const list = chain({
      name: this.name('agents'),
      children: [
        fn({ name: 'say', run: (n: number) => `The number is ${n}` }),
        whole as never,
        fn({ name: 'hear', run: (text: string) => Number(text.match(/-?\d+/)?.[0]) }),
      ],
    })
    const said = (n: number) => (kind === 'tool' ? n + 2 : approved(n).result)
    const worked = (n: number) => sum(countedFrom(n, each).map(said))
    return { fn: list as AnyFn, ref: (n) => sum(countedFrom(n, many).map(worked)), waits: times * each * many }
  }

  chain(depth: number, times: number): Made {
    const parts = this.dice.list(2 + this.dice.int(2), () => this.draw(depth - 1, times))
    return {
      fn: chain({ name: this.name('chain'), children: parts.map((part) => part.fn) as never }) as AnyFn,
      ref: (input) => parts.reduce((value, part) => part.ref(value), input),
      waits: sum(parts.map((part) => part.waits)),
    }
  }

  parallel(depth: number, times: number): Made {
    const parts = this.dice.list(2 + this.dice.int(2), () => this.draw(depth - 1, times))
    const all = parallel({ name: this.name('parallel'), children: parts.map((part) => part.fn) as never })
    return {
      fn: chain({ name: this.name('summed'), children: [all, fn({ name: 'sum', run: sum })] as never }) as AnyFn,
      ref: (input) => sum(parts.map((part) => part.ref(input))),
      waits: sum(parts.map((part) => part.waits)),
    }
  }

  map(depth: number, times: number): Made {
    const count = 1 + this.dice.int(3)
    const part = this.draw(depth - 1, times * count)
    const items = (input: number) => Array.from({ length: count }, (_, index) => input + index)
    const concurrency = this.dice.pick([1, 2, Infinity])
    const list = map({ name: this.name('map'), each: part.fn as never, concurrency })
    const run = fn({ name: 'items', run: items })
    return {
      fn: chain({ name: this.name('mapped'), children: [run, list, fn({ name: 'sum', run: sum })] as never }) as AnyFn,
      ref: (input) => sum(items(input).map(part.ref)),
      waits: part.waits,
    }
  }

  embedded(depth: number, times: number, isFar: boolean): Made {
    const part = this.draw(depth - 1, times)
    const { machine } = part.fn as unknown as { machine: AnyStateMachine }
    const far = setup({ actors: { inner: machine } }).createMachine({
      id: 'app',
      initial: 'works',
      context: ({ input }: any) => ({ input, output: undefined as unknown }),
      output: ({ context }: any) => context.output,
      states: {
        works: {
          invoke: {
            src: 'inner',
            id: 'inner',
            input: ({ context }: any) => context.input,
            onDone: { target: 'ends', actions: ({ context, event }: any) => void (context.output = event.output) },
          },
        },
        ends: { type: 'final' },
      },
    } as never)
    const logic = isFar ? far : machine
    return {
      ...part,
      fn: actor({ name: this.name(isFar ? 'far' : 'embedded'), logic: logic as never }) as unknown as AnyFn,
    }
  }

  loop(depth: number, times: number): Made {
    const rounds = 1 + this.dice.int(2)
    const part = this.draw(depth - 1, times * rounds)
    const again = loop({
      name: this.name('loop'),
      body: part.fn as never,
      until: ({ iteration }: { iteration: number }) => iteration >= rounds,
      maxIterations: 5,
    } as never)
    return {
      ...part,
      fn: again as AnyFn,
      ref: (input) => Array.from({ length: rounds }).reduce((value: number) => part.ref(value), input),
    }
  }

  fallback(depth: number, times: number): Made {
    const part = this.draw(depth - 1, times)
    const { world } = this
    const broken = fn({
      name: this.name('broken'),
      run: (_: number, ctx): number => {
        world.done(ctx.idempotencyKey, ctx.attempt)
        throw new Error('never')
      },
    })
    return {
      ...part,
      fn: fallback({ name: this.name('fallback'), children: [broken, part.fn] as never }) as unknown as AnyFn,
    }
  }

  decision(depth: number, times: number): Made {
    const [even, odd] = [this.draw(depth - 1, times), this.draw(depth - 1, times)]
    const isEven = (input: number) => Math.abs(input) % 2 === 0
    return {
      fn: decision({
        name: this.name('decision'),
        decide: (input: number) => (isEven(input) ? 'even' : 'odd'),
        branches: { even: even.fn, odd: odd.fn } as never,
      } as never) as unknown as AnyFn,
      ref: (input) => (isEven(input) ? even : odd).ref(input),
      waits: even.waits + odd.waits,
    }
  }
}

const countedFrom = (n: number, count: number): number[] => Array.from({ length: count }, (_, index) => n + index)

/** A model that calls a tool so often in one turn, for the number that it is told and those after it, and says the sum. */
const calling =
  (name: string, count: number, inputOf: (n: number) => object) =>
  async ({ messages }: { messages: readonly any[] }) => {
    const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
    const results = told.map((text) => (text.includes('rejected') ? 0 : text.match(/-?\d+/g)?.at(-1)))
    if (told.length > 0) return { role: 'assistant' as const, content: String(sum(results)) }
    const n = Number(String(messages.at(-1).content).match(/-?\d+/)?.[0])
    const tool_calls = countedFrom(n, count).map((one, index) => ({
      id: `c${index}`,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(inputOf(one)) },
    }))
    return { role: 'assistant' as const, content: null, tool_calls }
  }

/** What a person says to a payment, and what comes of it: as it is, with other arguments, or not at all. */
function approved(n: number): { word: object; result: number } {
  const kind = Math.abs(n) % 3
  if (kind === 0) return { word: { type: 'APPROVE' }, result: n }
  if (kind === 1) return { word: { type: 'APPROVE', arguments: { n: n + 10 } }, result: n + 10 }
  return { word: { type: 'REJECT', reason: 'no' }, result: 0 }
}

function answerTo({ events, input, call }: ReturnType<typeof waits>[number]): object {
  if ('OK' in events) return { type: 'OK', v: (input as number) + 1 }
  const { n } = input as { n: number }
  if ('ANSWER' in events) return { type: 'ANSWER', n: n + 2 }
  return { ...approved(n).word, id: call?.id }
}

/** Until nothing happens any more by itself: retries are due at once, and a timer may still be late. */
const settled = async (ref: AnyActorRef): Promise<void> => {
  let before = ''
  for (let round = 0, same = 0; round < 200 && same < 2; round++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    const now = JSON.stringify(ref.getPersistedSnapshot())
    same = now === before && !now.includes('#retry"') ? same + 1 : 0
    before = now
  }
}

test.each(seeds.map((seed) => [seed]))(
  'every wait is answered once, wherever it is, in any order (seed %i)',
  async (seed) => {
    const dice = new Dice(seed)
    const world = new World()
    const made = new Drawing(dice, world).draw(5)
    const input = dice.int(10)
    const { machine } = made.fn as unknown as { machine: AnyStateMachine & { stock: AnyStateMachine } }
    const refused: RefusedEvent[] = []
    const start = (options: object) => {
      const ref = createActor(dice.chance(0.5) ? machine : machine.stock, options as never)
      ref.subscribe({ error: () => {} })
      ref.on('refused' as never, ((event: RefusedEvent) => refused.push(event)) as never)
      return ref.start()
    }
    let ref = start({ input })
    const answered: string[] = []
    for (let step = 0; step < 200; step++) {
      await settled(ref)
      const open = waits(ref.getSnapshot())
      const saved = JSON.parse(JSON.stringify(ref.getPersistedSnapshot())) as object
      expect(waits(saved)).toEqual(open)
      if (open.length === 0) break
      if (dice.chance(0.4)) {
        ref.stop()
        ref = start({ snapshot: saved })
        await settled(ref)
        expect(waits(ref.getSnapshot())).toEqual(open)
      }
      // What fits nowhere changes nothing.
      if (dice.chance(0.2)) {
        const { path } = dice.pick(open)
        const before = JSON.stringify(ref.getPersistedSnapshot())
        const junk = dice.pick([
          { type: 'HUH' },
          { type: 'OK', path: `${path}.none`, v: 1 },
          { type: 'OK', path, v: 'x' },
          {},
        ])
        const count = refused.length
        ref.send(junk as never)
        expect(refused.length).toBe(count + 1)
        expect(JSON.stringify(ref.getPersistedSnapshot())).toBe(before)
      }
      const wait = dice.pick(open)
      const event = { ...answerTo(wait), path: wait.path }
      expect(ref.getSnapshot().can(event as never)).toBe(true)
      const count = refused.length
      ref.send(event as never)
      expect(refused.slice(count)).toEqual([])
      answered.push(wait.path)
      const left = waits(ref.getSnapshot()).filter(({ path }) => open.some((one) => one.path === path))
      expect(left.length).toBe(open.length - 1)
    }
    const { status, output, error } = ref.getSnapshot()
    expect({ status, output, error }).toEqual({ status: 'done', output: made.ref(input), error: undefined })
    expect([...world.effects].filter(([, times]) => times !== 1)).toEqual([])
  },
)
