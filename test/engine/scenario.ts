import { type AnyFn, waits } from 'tinyllm'
import {
  type Actor,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  and,
  assign,
  createActor,
  enqueueActions,
  fromPromise,
  getInitialMicrosteps,
  getMicrosteps,
  getNextTransitions,
  initialTransition,
  log,
  not,
  setup,
  SimulatedClock,
  transition,
} from 'xstate'
import type { PipelineMachine } from '../../src/engine/machine.ts'
import { Dice } from './dice.ts'
import { glance, inspected, show, study, transition as definition } from './journal.ts'
import { type Specimen, specimen, type World } from './specimens.ts'

export type Engine = 'fast' | 'stock'
/** Which engine a run begins on, and which takes it up when it is restored. */
export type Engines = readonly [first: Engine, then: Engine]
export type MachineClass = new (config: object, implementations: object) => PipelineMachine

type Wishes = {
  observed: boolean
  /** Snapshots are only looked at when all is over. */
  late: boolean
  embedded: boolean
  pure: boolean
  stopAt: number
  persistAt: number
  provided: keyof typeof PROVIDED
}

/** What is to be done with a pipeline, drawn once for all engines. */
export function wishes(seed: number): Wishes {
  const dice = new Dice(seed * 3 + 1)
  return {
    observed: dice.chance(0.5),
    late: dice.chance(0.3),
    embedded: dice.chance(0.15),
    pure: dice.chance(0.2),
    stopAt: dice.chance(0.15) ? dice.int(8) : -1,
    persistAt: dice.chance(0.4) ? dice.int(8) : -1,
    provided: dice.chance(0.4) ? dice.pick(['actor', 'noActor', 'guard', 'action', 'action', 'action']) : 'nothing',
  }
}

/** Runs the pipeline of this seed, and gives the journal of all that could be seen of it. */
export async function perform(seed: number, engines: Engines, Machine: MachineClass): Promise<string[]> {
  const journal: string[] = []
  const world: World = { note: (line) => journal.push(line), pending: [] }
  const { fn } = specimen(new Dice(seed), world)
  const wish = wishes(seed)
  const quiet = silence(world)
  try {
    await new Performance(seed, world, fn, wish, engines, Machine).run()
  } finally {
    quiet()
  }
  return journal
}

/** Warnings go into the journal, random ids and delays are no longer random, and the time stands still. */
function silence({ note }: World): () => void {
  const { warn } = console
  const { randomUUID } = globalThis.crypto
  const { now } = Date
  const { random } = Math
  let ids = 0
  console.warn = (text: string) => note(`warning ${text.replace(/\bx:\d+\b/g, 'x')}`)
  Date.now = () => 0
  Math.random = () => 0.5
  globalThis.crypto.randomUUID = () => `id-${ids++}` as `${string}-${string}-${string}-${string}-${string}`
  return () => {
    console.warn = warn
    Date.now = now
    Math.random = random
    globalThis.crypto.randomUUID = randomUUID
  }
}

class Performance {
  readonly dice: Dice
  readonly clock = new SimulatedClock()
  readonly held: AnyMachineSnapshot[] = []
  root: AnyActorRef | undefined
  readonly seed: number
  readonly world: World
  readonly fn: AnyFn
  readonly wish: Wishes
  readonly engines: Engines
  readonly Machine: MachineClass

  constructor(seed: number, world: World, fn: AnyFn, wish: Wishes, engines: Engines, Machine: MachineClass) {
    this.dice = new Dice(seed * 7 + 5)
    this.seed = seed
    this.world = world
    this.fn = fn
    this.wish = wish
    this.engines = engines
    this.Machine = Machine
  }

  async run(): Promise<void> {
    const { wish, world, seed } = this
    const machine = this.machine(this.engines[0])
    if (wish.pure) this.think(machine)
    this.start(machine, { input: seed % 10 })
    await tick()
    for (let step = 0; step < 200 && this.root?.getSnapshot().status === 'active'; step++) {
      if (step === wish.persistAt) await this.resume()
      else if (step === wish.stopAt) this.root?.stop()
      else await this.step()
    }
    await tick()
    const few = wish.late ? 20 : 5
    for (const snapshot of this.held.slice(0, few)) world.note(`late ${study(snapshot)}`)
    const { root } = this
    world.note(`end ${glance(root?.getSnapshot())} ${show(root && attempt(() => root.getPersistedSnapshot()))}`)
  }

  /** The machine with every action and guard noted as it runs, and those that it invokes on the same engine. */
  machine(engine: Engine): AnyStateMachine {
    const made = this.made(this.fn.machine as unknown as PipelineMachine, engine)
    const provided = PROVIDED[this.wish.provided](new Dice(this.seed * 5 + 2), made, this.world)
    const whole = this.wish.provided === 'nothing' ? made : made.provide(provided)
    return engine === 'stock' ? whole.stock : whole
  }

  made({ config, implementations }: PipelineMachine, engine: Engine): PipelineMachine {
    const { note } = this.world
    const actors = mapValues(implementations.actors, (logic: any) => {
      if (!('stock' in logic)) return logic
      const inner = this.made(logic, engine)
      return engine === 'stock' ? inner.stock : inner
    })
    const actions = mapValues(implementations.actions, (action: any, name) => {
      if (action.type !== 'xstate.assign') return action
      return assign((args: any) => {
        note(`action ${name}`)
        return action.assignment(args)
      })
    })
    const guards = mapValues(implementations.guards, (guard: any, name) => (args: any) => {
      const holds = guard(args)
      note(`guard ${name} ${holds}`)
      return holds
    })
    return new this.Machine(config, { ...implementations, actors, actions, guards })
  }

  start(machine: AnyStateMachine, how: object): void {
    const { wish, world, clock } = this
    const options = {
      id: 'it-1',
      clock,
      logger: (...args: unknown[]) => world.note(`log ${show(args)}`),
      ...(wish.observed && { inspect: (event: never) => world.note(inspected(event)) }),
    }
    const logic = wish.embedded ? around(machine, world) : machine
    const root = createActor(logic as AnyStateMachine, { ...options, ...how } as never)
    this.root = root
    root.subscribe({
      next: (snapshot) => {
        this.held.push(snapshot)
        const inner = this.actor()?.getSnapshot() as AnyMachineSnapshot | undefined
        if (inner && wish.embedded) this.held.push(inner)
        const look = this.held.length % 4 === 0 ? study : glance
        if (!wish.late) world.note(`next ${look(snapshot)}`)
      },
      error: (error) => world.note(`error ${show(error)}`),
      complete: () => world.note('complete'),
    })
    for (const type of ['token', '*']) root.on(type as never, (event) => world.note(`emitted ${type} ${show(event)}`))
    root.start()
  }

  /** The pipeline's own actor. */
  actor(): AnyActorRef | undefined {
    return this.wish.embedded ? this.root?.getSnapshot().children.it : this.root
  }

  async resume(): Promise<void> {
    const { root, world, engines } = this
    const saved = attempt(() => JSON.stringify(root?.getPersistedSnapshot()))
    if (typeof saved !== 'string') return world.note(`not saved ${show(saved)}`) as undefined
    world.note(`saved ${saved}`)
    root?.stop()
    world.pending.length = 0
    this.start(this.machine(engines[1]), { snapshot: JSON.parse(saved) })
    await tick()
  }

  async step(): Promise<void> {
    const { dice, world, clock } = this
    const actor = this.actor()
    const choice = dice.next()
    if (choice < 0.1) {
      clock.increment(dice.chance(0.2) ? 60_000 : 5 + dice.int(20))
    } else if (choice < 0.2 && actor) {
      actor.send(this.event(actor.getSnapshot()))
    } else if (choice < 0.23 && this.wish.embedded) {
      this.root?.send({ type: 'AWAY' })
    } else if (choice < 0.28 && actor && this.wish.pure) {
      this.think((actor as Actor<AnyStateMachine>).logic, actor.getSnapshot())
    } else if (world.pending.length > 0) {
      const [call] = world.pending.splice(dice.int(world.pending.length), 1)
      call?.settle(dice.chance(0.1))
      if (dice.chance(0.3)) return
    } else {
      clock.increment(10)
      if (actor && dice.chance(0.5)) actor.send(this.event(actor.getSnapshot()))
    }
    await tick()
  }

  event(snapshot: AnyMachineSnapshot): { type: string; [key: string]: unknown } {
    const { dice } = this
    const frames: { path: string; hears?: string[] }[] = (snapshot.context?.slots ?? []).flat().filter(Boolean)
    // Those of items and of machines below as well.
    const open = attempt(() => waits(snapshot)) as ReturnType<typeof waits>
    const waiting = Array.isArray(open) ? open.map(({ path }) => path) : []
    const path = waiting.length > 0 && dice.chance(0.7) ? { path: dice.pick(waiting) } : {}
    const hears = frames.some((frame) => frame.hears) ? ['MESSAGE'] : []
    const types = [
      ...new Set([...(waiting.length > 0 ? open.flatMap(({ events }) => Object.keys(events)) : []), ...hears]),
    ]
    const choice = dice.next()
    if (choice < 0.2 && types.length > 0) {
      const type = dice.pick(types)
      if (type === 'MESSAGE') return { type, content: 'and', ...(dice.chance(0.5) && { mode: 'now' }) }
      return {
        type,
        ...(dice.chance(type === 'APPROVE' || type === 'REJECT' ? 0.2 : 0.9) && { n: 1 }),
        ...(dice.chance(0.2) && { id: '0-0' }),
        ...path,
      }
    }
    if (choice < 0.5) return { type: dice.pick(['GO', 'LEAVE']), ...(dice.chance(0.8) && { n: 1 }), ...path }
    if (choice < 0.7) return { type: 'tinyllm.emit', path: 'it', event: { type: dice.pick(['usage', 'token', 'own']) } }
    if (choice < 0.8) return { type: 'tinyllm.cancel', message: 'enough' }
    if (choice < 0.85) return { type: 'xstate.error.actor.nobody', error: new Error('nobody') }
    if (choice < 0.87) return { type: '*' }
    return { type: 'NOTHING' }
  }

  /** The pure functions, which start nothing: some steps ahead of a snapshot, as if the children answered. */
  think(machine: AnyStateMachine, from?: AnyMachineSnapshot): void {
    const { world, dice } = this
    const told = ([snapshot, actions]: readonly [AnyMachineSnapshot, { type: string; params?: unknown }[]]) =>
      `${study(snapshot)} ${actions.map(({ type, params }) => `${type} ${show(params)}`).join()}`
    world.note('think')
    let snapshot = from
    if (!snapshot) {
      const first = initialTransition(machine, 3 as never)
      world.note(told(first as never))
      const steps = attempt(() => getInitialMicrosteps(machine, 3 as never))
      world.note(Array.isArray(steps) ? steps.map(told).join('\n') : show(steps))
      snapshot = first[0] as AnyMachineSnapshot
    }
    for (let step = 0; step < 4; step++) {
      const child = dice.pick(Object.keys(snapshot.children))
      const event =
        child && dice.chance(0.8)
          ? { type: `xstate.done.actor.${child}`, output: step, actorId: child }
          : { type: dice.pick(['GO', 'NOTHING']), n: 1 }
      // As XState makes it of a value, now and then: without children.
      const { value, context } = snapshot
      const before = dice.chance(0.3) ? machine.resolveState({ value, context } as never) : snapshot
      const next = attempt(() => {
        for (const micro of getMicrosteps(machine, before, event)) world.note(told(micro as never))
        world.note(getNextTransitions(before).map(definition).toSorted().join())
        return transition(machine, before, event)
      }) as [AnyMachineSnapshot, never[]]
      world.note(Array.isArray(next) ? `${told(next)} ${next[0] === before}` : show(next))
      if (Array.isArray(next)) snapshot = next[0]
    }
    world.note('thought')
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function attempt(act: () => unknown): unknown {
  try {
    return act()
  } catch (thrown) {
    return thrown
  }
}

const mapValues = <T, U>(record: Record<string, T>, change: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))

/** A machine of XState's own that invokes the pipeline. */
const around = (machine: AnyStateMachine, { note }: World): AnyStateMachine =>
  setup({ actors: { machine } }).createMachine({
    id: 'around',
    initial: 'inside',
    context: ({ input }) => ({ input }),
    states: {
      inside: {
        invoke: {
          src: 'machine',
          id: 'it',
          input: (({ context }: any) => context.input) as never,
          onDone: { target: 'done', actions: ({ event }) => note(`done ${show(event)}`) },
          onError: { target: 'failed', actions: ({ event }) => note(`failed ${show(event)}`) },
          onSnapshot: { actions: ({ event }) => note(`seen ${glance(event.snapshot as never)}`) },
        },
        on: { AWAY: 'away' },
      },
      done: { type: 'final' },
      failed: { type: 'final' },
      away: { after: { 100: 'done' } },
    },
  })

/** What a user may provide instead of what was compiled. */
const PROVIDED = {
  nothing: () => ({}),
  actor: (dice: Dice, { implementations }: PipelineMachine) => ({
    actors: { [dice.pick(Object.keys(implementations.actors))]: fromPromise(async () => 7) },
  }),
  noActor: (dice: Dice, { implementations }: PipelineMachine) => ({
    actors: { [dice.pick(Object.keys(implementations.actors))]: undefined },
  }),
  action: (dice: Dice, { implementations }: PipelineMachine, { note }: World) => {
    // Without these a loop would never end.
    const names = Object.keys(implementations.actions).filter((name) => !/#(take:body|tryAgain)$/.test(name))
    // The first ones also run before the actor has started.
    // Those of a loop's body run more than once.
    const repeated = names.filter((name) => name.includes('.body'))
    const rest = repeated.length > 0 && dice.chance(0.5) ? repeated : names
    const name = dice.pick(dice.chance(0.5) ? names.slice(0, 2) : rest)
    const { assignment } = implementations.actions[name] as any
    const thrown = dice.chance(0.7)
    const act = () => {
      note(`own action ${name}`)
      if (thrown) throw new Error('own action')
    }
    const spawning = assign((args: any) => {
      args.spawn(
        fromPromise(async () => 1),
        { id: `spawned-${name}` },
      )
      return assignment ? assignment(args) : {}
    })
    return {
      actions: {
        [name]: dice.pick([act, act, spawning, spawning, enqueueActions(() => {}), log('logged'), assign({ a: 1 })]),
      },
    }
  },
  guard: (dice: Dice, { implementations }: PipelineMachine) => {
    const names = Object.keys(implementations.guards)
    const [one, other] = [dice.pick(names), dice.pick(names)]
    const broken = () => {
      throw new Error('own guard')
    }
    return { guards: { [one]: dice.pick([not(other), and([other, other]), () => dice.chance(0.5), broken]) } }
  },
} satisfies Record<string, (dice: Dice, machine: PipelineMachine, world: World) => object>

export type { Specimen }
