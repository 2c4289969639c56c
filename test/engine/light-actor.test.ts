import {
  Actor,
  type ActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  createActor,
  type EventObject,
  fromPromise,
} from 'xstate'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LightActor } from '../../src/engine/internals.ts'
import { Dice } from './dice.ts'
import { show } from './journal.ts'

type Make = (logic: AnyLogic, birth: { id: string; src: string; parent: AnyActorRef; input: unknown }) => AnyActorRef
type AnyLogic = ActorLogic<any, any, any>
type Inner = Actor<AnyLogic> & { _processingStatus: 0 | 1 | 2; _syncSnapshot: boolean; ref: AnyActorRef }
/** What is private to XState's types. */
type Parts = { options: Record<string, unknown>; clock: unknown; logger: unknown }

/** As XState makes the actor of an invoke. */
const asXState: Make = (logic, birth) => createActor(logic, { ...birth, syncSnapshot: false } as never)
const asLight: Make = (logic, birth) => LightActor.of(logic, { ...birth, syncSnapshot: false })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What logic may do with its scope, wherever it is called. */
const DEEDS = [
  'look around',
  'stop a stranger',
  'send',
  'tell parent',
  'emit',
  'defer',
  'broken defer',
  'act',
  'throw',
  'nothing',
  'nothing',
] as const
const EVENTS = ['deeds', 'deeds', 'done', 'error', 'stay'] as const
/** What may be done to an actor from outside. */
const TREATMENTS = [
  'start',
  'send',
  'send',
  'send',
  'subscribe',
  'subscribe badly',
  'unsubscribe',
  'listen',
  'select',
  'stop',
  'take away',
  'read',
] as const

/** Everything that can be seen of a child actor that is treated as the dice fall. */
function journalOf(seed: number, make: Make): string[] {
  const dice = new Dice(seed)
  const journal: string[] = []
  const note = (text: string, ...values: unknown[]) => void journal.push([text, ...values.map(show)].join(' '))
  vi.spyOn(console, 'warn').mockImplementation((text: string) => note(text.replace(/\bx:\d+\b/g, 'x')))

  const deed = (at: string, scope: AnyActorScope) => {
    const { id, sessionId, system, logger, self, defer, emit, stopChild, actionExecutor } = scope
    const kind = dice.pick(DEEDS)
    note(`${at}: ${kind}`)
    if (kind === 'look around') {
      note('sees', id, sessionId === self.sessionId, system === self.system, logger === partsOf.logger)
    } else if (kind === 'stop a stranger') stopChild(parent)
    else if (kind === 'send') self.send({ type: dice.pick(EVENTS) })
    else if (kind === 'tell parent') self._parent?.send({ type: 'told' })
    else if (kind === 'emit') emit({ type: dice.pick(['one', 'two']) } as never)
    else if (kind === 'defer') defer(() => note('deferred'))
    else if (kind === 'act') {
      const info = { self } as never
      actionExecutor({ type: 'act', params: 'some' as never, info, exec: (_, params) => note('acted', params) })
    } else if (kind === 'broken defer') {
      defer(() => {
        throw new Error('deferred')
      })
    } else if (kind === 'throw') throw new Error(at)
  }
  const mostly = dice.pick(['active', 'active', 'active', 'active', 'done', 'error'])
  const child: AnyLogic = {
    getInitialSnapshot: (scope, input) => {
      if (dice.chance(0.2)) deed('initial', scope)
      return { status: mostly, output: 'at once', error: mostly === 'error' ? new Error('at once') : undefined, input }
    },
    getPersistedSnapshot: (snapshot) => ({ ...snapshot, persisted: true }),
    ...(dice.chance(0.8) && {
      start: (_, scope) => {
        if (dice.chance(0.4)) deed('start', scope)
      },
    }),
    transition: (snapshot, { type }, scope) => {
      note(`takes ${type}`)
      if (type === 'xstate.stop') return { ...snapshot, status: 'stopped' }
      if (type === 'done') return { ...snapshot, status: 'done', output: 'in the end' }
      if (type === 'error') return { ...snapshot, status: 'error', error: new Error('in the end') }
      if (type === 'stay') return snapshot
      deed('transition', scope)
      return { ...snapshot, changed: true }
    },
  }

  let scope!: AnyActorScope
  const parent = createActor(
    {
      getInitialSnapshot: (given) => {
        scope = given
        return { status: 'active', output: undefined, error: undefined }
      },
      getPersistedSnapshot: (snapshot) => snapshot,
      transition: (snapshot, event) => {
        note('the parent hears', event)
        return snapshot
      },
    } satisfies AnyLogic,
    {
      id: 'parent',
      inspect: ({ type, actorRef, ...rest }) => {
        const { event, snapshot, action, sourceRef } = rest as Record<string, unknown>
        note(type, (actorRef as { id?: string }).id, { event, snapshot, action, sourceRef })
      },
    },
  ).start()

  const partsOf = parent as unknown as Parts
  const actor = make(child, { id: 'child', src: 'child', parent, input: 7 })
  const subscriptions: { unsubscribe(): void }[] = []
  for (let turn = 0; turn < 14; turn++) {
    const treatment = turn === 3 ? 'start' : dice.pick(TREATMENTS)
    note(`— ${treatment}`)
    try {
      treat(actor, treatment)
    } catch (thrown) {
      note('throws', thrown)
    }
    wakeUp(note)
  }
  return journal

  function treat(actor: AnyActorRef, treatment: (typeof TREATMENTS)[number]): void {
    switch (treatment) {
      case 'start':
        // Nobody starts an actor again that has ended.
        if ((actor as Inner)._processingStatus !== 2) actor.start()
        break
      case 'send': {
        const { send } = actor
        send({ type: dice.pick(EVENTS) } as EventObject)
        break
      }
      case 'subscribe':
        subscriptions.push(
          actor.subscribe({
            next: (snapshot: unknown) => note('next', snapshot),
            error: (error: unknown) => note('error', error),
            complete: () => note('complete'),
          }),
        )
        break
      case 'subscribe badly':
        subscriptions.push(
          actor.subscribe(() => {
            throw new Error('observer')
          }),
        )
        break
      case 'unsubscribe':
        subscriptions.shift()?.unsubscribe()
        break
      case 'listen': {
        const fails = dice.chance(0.3)
        const listener = (event: unknown) => {
          note('hears', event)
          if (fails) throw new Error('listener')
        }
        subscriptions.push((actor as Actor<AnyLogic>).on(dice.pick(['one', 'two', '*']), listener))
        break
      }
      case 'select':
        subscriptions.push(
          (actor as Actor<AnyLogic>).select(({ status }) => status).subscribe((status) => note('selected', status)),
        )
        break
      case 'stop':
        scope.stopChild(actor)
        break
      case 'take away': {
        // What @xstate/react does with the actors of a component that goes away and may come back.
        const inner = actor as Inner
        if (inner._processingStatus !== 1 || inner.getSnapshot().status !== 'active') break
        const snapshot: unknown = inner.getSnapshot()
        Object.assign(inner, { observers: new Set() })
        scope.stopChild(actor)
        Object.assign(inner, { _processingStatus: 0, _snapshot: snapshot })
        break
      }
      case 'read': {
        const { id, src, systemId, _parent, _processingStatus: status, _syncSnapshot: sync } = actor as Inner
        note('is', id, src, systemId, _parent, status, sync, actor.toJSON?.(), actor.getSnapshot())
        const { options, clock, logger } = actor as unknown as Parts
        const { id: name, src: from, parent: above, input, syncSnapshot } = options
        note('has', name, from, above, input, syncSnapshot, clock === partsOf.clock, logger === partsOf.logger)
        note('is', actor.getPersistedSnapshot(), actor instanceof Actor, (actor as Inner).ref === actor)
        break
      }
    }
  }
}

/** Errors that nobody handles come out of a timer. */
function wakeUp(note: (text: string, ...values: unknown[]) => void): void {
  while (vi.getTimerCount() > 0) {
    try {
      vi.runAllTimers()
    } catch (thrown) {
      note('unhandled', thrown)
    }
  }
}

test('a light actor does what an actor of XState does, whatever its logic and whoever watches', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    expect(journalOf(seed, asLight), `seed ${seed}`).toEqual(journalOf(seed, asXState))
  }
})

test('light actors have session ids of their own', () => {
  const logic = fromPromise(async () => 1)
  const parent = createActor(logic)
  const make = () => asLight(logic, { id: 'a', src: 'a', parent, input: undefined })
  const [a, b] = [make(), make()]
  expect(a.sessionId).toMatch(/^x:\d+$/)
  expect(a.sessionId).toBe(a.sessionId)
  expect(a.sessionId).not.toBe(b.sessionId)
})
