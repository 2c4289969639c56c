import {
  actor,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  type Limit,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  type Policy,
  receive,
  type RunContext,
  type StandardSchema,
  validator,
} from 'tinyllm'
import { assign, fromCallback, fromPromise, setup } from 'xstate'
import { agentOf } from './agents.ts'
import type { Dice } from './dice.ts'
import { limitsOf } from './limits.ts'

/** Where the leaves of a specimen run: what they do shows in the journal, and most end when the schedule says so. */
export type World = {
  note(line: string): void
  pending: { path: string; settle(fails: boolean): void }[]
}

export type Specimen = {
  fn: AnyFn
  /** The kinds in it, by the names of their factories. */
  kinds: Set<string>
}

/** A random pipeline; the same dice give the same one. */
export function specimen(dice: Dice, world: World): Specimen {
  const depth = dice.pick([0, 1, 1, 2, 2, 3])
  const kinds = new Set<string>()
  const limits = limitsOf(dice, world.note)
  const grow = (name: string, left: number): AnyFn => {
    const leaf = left === 0 || dice.chance(left === depth ? 0 : 0.3)
    const kind = leaf ? dice.pick(LEAVES) : dice.pick(COMPOSITES)
    kinds.add(kind)
    return MAKE[kind]({
      name,
      dice,
      world,
      child: (key) => grow(key, left - 1),
      policy: policyOf(dice, limits),
    }) as AnyFn
  }
  return { fn: grow('it', depth), kinds }
}

type Situation = { name: string; dice: Dice; world: World; child(key: string): AnyFn; policy: Policy }
type Maker = (situation: Situation) => unknown

const LEAVES = [
  'fn',
  'fn',
  'fn',
  'fn',
  'fn',
  'fn',
  'llmCall',
  'actor',
  'pass',
  'pass',
  'validator',
  'receive',
  'agent',
] as const
const COMPOSITES = [
  ...(['chain', 'chain', 'parallel', 'parallel', 'parallel', 'parallel', 'parallel', 'flow'] as const),
  ...(['decision', 'branch'] as const),
  ...(['loop', 'fallback', 'map', 'embedded', 'team'] as const),
]
export const KINDS = new Set<string>([...LEAVES, ...COMPOSITES])

const named = (from: number, to: number, { dice, child }: Situation): AnyFn[] =>
  dice.list(from + dice.int(to - from + 1), (index) => child(`n${index}`))

const MAKE: Record<(typeof LEAVES)[number] | (typeof COMPOSITES)[number], Maker> = {
  fn: ({ name, dice, world, policy }) => {
    const run = workOf(dice, world)
    const input = dice.chance(0.15) && refusing(3)
    const output = dice.chance(0.15) && refusing(4)
    const processOutput = dice.chance(0.1) && ((value: unknown) => numberOf(value) + 1)
    return fn({
      name,
      run,
      ...(input && { input }),
      ...(output && { output }),
      ...(processOutput && { processOutput }),
      ...policy,
    } as never)
  },
  llmCall: ({ name, dice, world, policy }) => {
    const run = workOf(dice, world)
    const output = dice.chance(0.5) && refusing(4)
    return llmCall({
      name,
      model: (messages: readonly unknown[], ctx: RunContext) => run(messages.length, ctx),
      ...(output && { output }),
      ...policy,
      ...((output || policy.retry) && { retry: { attempts: 3, ...policy.retry, feedback: dice.chance(0.8) } }),
    } as never)
  },
  actor: ({ name, dice, world, policy }) => actor({ name, logic: logicOf(dice, world), ...policy } as never),
  pass: ({ name }) => pass({ name }),
  validator: ({ name }) => validator(refusing(5)).as(name),
  // It only waits, and is never idle.
  receive: ({ name, policy: { timeout, ...policy } }) =>
    receive({
      name,
      events: { GO: payload, LEAVE: { ...payload } },
      ...policy,
      ...((policy.retry || timeout !== undefined) && { timeout: 15 }),
    }),
  agent: ({ name, dice, world, policy }) => agentOf(name, dice, policy, () => workOf(dice, world)),
  team: ({ name, dice, world, policy }) => {
    const tool = agentOf('expert', dice, { description: 'Knows.' }, () => workOf(dice, world))
    return agentOf(name, dice, policy, () => workOf(dice, world), dice.chance(0.5) ? tool : undefined)
  },
  embedded: ({ name, child, policy }) => actor({ name, logic: child('inner').machine, ...policy } as never),
  chain: (at) => chain({ name: at.name, children: named(1, 4, at) as never, ...at.policy }),
  flow: (at) => {
    const children = named(1, 3, at)
    const throwing = at.dice.chance(0.1)
    const [asking, ending, breaking] = [0.5, 0.3, 0.1].map((of) => at.dice.chance(of))
    const when =
      (add: number) =>
      ({ input, value }: any) => {
        if (breaking) throw new Error('predicate')
        return (numberOf(input) + numberOf(value) + add) % 2 === 0
      }
    return flow({
      name: at.name,
      input: refusing(6) as StandardSchema<never>,
      steps: (s: any) =>
        children.reduce((steps: any, step, index) => {
          const make = ({ input, value }: any) => {
            if (throwing) throw new Error('mapper')
            return [input, value]
          }
          const next = asking ? steps.when(when(index), step, make) : steps.step(step, make)
          return ending ? next.endWhen(when(index + 1), index === 0 ? ({ value }: any) => [value] : undefined) : next
        }, s),
      ...at.policy,
    } as never)
  },
  parallel: (at) => {
    const { dice } = at
    const wide = dice.chance(0.05)
    const children = wide ? dice.list(40, (index) => MAKE.fn({ ...at, name: `n${index}` }) as AnyFn) : named(1, 4, at)
    const mapped = dice.chance(0.3) && { n0: (input: unknown) => [input].flat().length }
    const broken = dice.chance(0.05) && {
      n0: () => {
        throw new Error('mapper')
      },
    }
    const listed = dice.chance(0.5)
    return parallel({
      name: at.name,
      children: listed ? children : Object.fromEntries(children.map((one) => [one.name, one])),
      mode: dice.pick(['all', 'settled']),
      ...((mapped || broken) && { inputs: mapped || broken }),
      ...at.policy,
    } as never)
  },
  decision: (at) => {
    const { dice } = at
    const decide = dice.chance(0.5) ? at.child('asking') : () => dice0(at.name)
    const choices = chain({ name: 'decide', children: [decide, (said: unknown) => `c${numberOf(said) % 3}`] as never })
    const branches = { c0: at.child('x'), c1: at.child('y'), ...(dice.chance(0.8) && { c2: at.child('z') }) }
    return decision({ name: at.name, decide: choices as never, branches, ...at.policy } as never)
  },
  branch: (at) => {
    const throwing = at.dice.chance(0.1)
    const when = (input: unknown) => {
      if (throwing) throw new Error('predicate')
      return numberOf(input) % 2 === 0
    }
    return branch({
      name: at.name,
      cases: [{ name: 'even', when, then: at.child('x') }],
      ...(at.dice.chance(0.8) && { otherwise: at.child('y') }),
      ...at.policy,
    } as never)
  },
  loop: (at) => {
    const rounds = 1 + at.dice.int(3)
    const until = ({ iteration }: { iteration: number }) => iteration >= rounds
    const told = at.dice.chance(0.4) && {
      next: ({ input, value, iteration }: any) => numberOf(input) + numberOf(value) + iteration,
      result: ({ value, iteration }: any) => [value, iteration],
    }
    return loop({ name: at.name, body: at.child('body'), until, maxIterations: 2, ...told, ...at.policy } as never)
  },
  fallback: (at) => fallback({ name: at.name, children: named(1, 3, at) as never, ...at.policy }),
  map: (at) => {
    const { dice } = at
    const items = dice.int(4)
    const each = map({
      name: 'all',
      each: at.child('each') as never,
      mode: dice.pick(['all', 'settled']),
      ...(dice.chance(0.5) && { concurrency: 1 + dice.int(2) }),
    })
    const list = (input: unknown) => Array.from({ length: items }, (_, index) => numberOf(input) + index)
    return chain({ name: at.name, children: [list, each] as never, ...at.policy })
  },
}

/** A decider without a child says something that its name fixes. */
const dice0 = (name: string): number => name.length

function policyOf(dice: Dice, limits: readonly Limit[]): Policy {
  const when = dice.pick([undefined, undefined, () => false, thrower])
  return {
    ...(dice.chance(0.12) && {
      retry: {
        attempts: 1 + dice.int(3),
        ...(dice.chance(0.5) && { backoff: { initial: 10 } }),
        ...(when && { when }),
      },
    }),
    ...(dice.chance(0.12) && { timeout: timeoutOf(dice) }),
    ...(dice.chance(0.15) && { limit: dice.pick(limits) }),
    ...(dice.chance(0.1) && { tags: ['tagged'] }),
  }
}

function timeoutOf(dice: Dice): Policy['timeout'] {
  const [attempt, idle] = dice.list(2, () => 5 + dice.int(3) * 10)
  return dice.pick([attempt, attempt, { idle }, { attempt, idle }])
}

const thrower = (): boolean => {
  throw new Error('when')
}

/** What a leaf gives: a small number made of its input. */
const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value % 10 : (JSON.stringify(value) ?? '').length % 10

type Run = (input: unknown, ctx: RunContext) => unknown

function workOf(dice: Dice, world: World): Run {
  const how = dice.pick([
    'later',
    'later',
    'later',
    'later',
    'later',
    'now',
    'now',
    'tells',
    'throws',
    'rejects',
    'odd',
  ])
  return (input, { path, attempt, idempotencyKey, signal, emit }) => {
    world.note(`run ${path} ${JSON.stringify(input)} ${attempt} ${idempotencyKey}`)
    const output = (numberOf(input) + 1) % 10
    if (how === 'now') return output
    if (how === 'throws') throw new RangeError(`thrown in ${path}`)
    if (how === 'rejects') return Promise.reject(new TypeError(`rejected in ${path}`))
    if (how === 'odd' && output % 2 === 1) throw { odd: true }
    if (how === 'tells') {
      emit({ type: 'token', delta: path })
      emit({ type: 'usage', inputTokens: 1, outputTokens: 2 })
      emit({ type: 'progress', done: 1 })
    }
    signal.addEventListener('abort', () => world.note(`abort ${path}`))
    return later(world, path, output)
  }
}

const later = (world: World, path: string, output: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const settle = (fails: boolean) => (fails ? reject(new Error(`failed in ${path}`)) : resolve(output))
    world.pending.push({ path, settle })
  })

/** Logic of the user's own: a promise, a callback that never ends, a machine with children. */
function logicOf(dice: Dice, world: World) {
  const promise = fromPromise<unknown, unknown>(({ input, self }) => {
    world.note(`actor ${self.id} ${JSON.stringify(input)}`)
    return later(world, self.id, numberOf(input))
  })
  const machine = setup({
    types: { input: {} as unknown, context: {} as { input: unknown; output: unknown } },
    actors: { promise },
  }).createMachine({
    context: ({ input }) => ({ input, output: undefined }),
    initial: 'asking',
    states: {
      asking: {
        invoke: {
          src: 'promise',
          input: ({ context }: { context: { input: unknown } }) => context.input,
          onDone: { target: 'done', actions: assign({ output: ({ event }) => event.output }) },
        },
      },
      done: { type: 'final' },
    },
    output: ({ context }) => context.output,
  })
  const callback = fromCallback(({ sendBack }) => {
    world.note('callback begins')
    sendBack({ type: 'NOTHING' })
    return () => world.note('callback ends')
  })
  return dice.pick([promise, promise, machine, callback])
}

/** A schema that refuses one number in seven. */
function refusing(remainder: number): StandardSchema {
  const validate = (value: unknown) =>
    numberOf(value) % 7 === remainder
      ? { issues: [{ message: `no number like ${remainder}`, path: ['n'] }] }
      : { value: numberOf(value) }
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

const payload: StandardSchema<{ n?: number }, { n?: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { n?: unknown }).n === 'number'
        ? { value: value as { n: number } }
        : { issues: [{ message: 'n is no number' }] },
  },
}
