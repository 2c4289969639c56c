import {
  type ActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  type AnyStateMachine,
  assign,
  createActor,
  emit,
  type InspectionEvent,
  type Snapshot,
} from 'xstate'
import { parentOf } from '../border/actors.ts'
import { attempt } from '../border/shape.ts'
import { toCause } from '../errors.ts'
import { transitionsOf } from './internals.ts'

type Machine = AnyStateMachine & { readonly stock: AnyStateMachine }
type Make = (config: object, implementations: object) => Machine

let isTested = false
let found: string | undefined

/**
 * Whether the fast engine runs on the installed xstate, which may be one that it was never tried on. Tested once in a
 * process, when the first machine is made, by doing: a small chart on both interpreters, watched from all sides.
 */
export function runsFast(make: Make): boolean {
  if (!isTested) {
    // Before the test, whose own machines ask as well.
    isTested = true
    found = selfTest(make)
  }
  return found === undefined
}

/** What the self test found: why everything runs on XState's public API alone. */
export const selfTestProblem = (): string | undefined => found

/** The first difference between a run on the fast engine and one on XState's own; undefined if there is none. */
export function selfTest(make: Make): string | undefined {
  try {
    const machine = make(chart, implementations)
    const expected: string[] = []
    run(machine.stock, (line) => expected.push(line) > 0)
    let at = 0
    let difference: string | undefined
    const isFine = run(machine as AnyStateMachine, (line) => {
      if (line !== expected[at]) difference ??= `instead of "${expected[at]}" came "${line}"`
      at++
      return difference === undefined
    })
    return isFine && at < expected.length ? `"${expected[at]}" is missing` : difference
  } catch (thrown) {
    return toCause(thrown).message
  }
}

type ChildSnapshot = Snapshot<unknown> & { readonly inner?: AnyActorRef }
type ChildLogic = ActorLogic<ChildSnapshot, { type: string }, unknown>

const ACTIVE = { status: 'active', output: undefined, error: undefined } as const
const inner: ChildLogic = {
  getInitialSnapshot: () => ACTIVE,
  transition: (snapshot, { type }) =>
    type === 'xstate.stop' ? ({ ...snapshot, status: 'stopped' } as ChildSnapshot) : snapshot,
  getPersistedSnapshot: (snapshot) => snapshot,
}

/** All that an actor of the engine does, at once: nothing is waited for, so nothing can wait for ever. */
const child: ChildLogic = {
  ...inner,
  getInitialSnapshot: (scope) => ({ ...ACTIVE, inner: createActor(inner, { id: 'inner', parent: scope.self }) }),
  getPersistedSnapshot: ({ inner: _, ...snapshot }) => snapshot,
  start: (snapshot, scope) =>
    void attempt(() => {
      snapshot.inner?.start()
      scope.defer(() => scope.logger('deferred'))
      scope.self.send({ type: 'early' })
    }),
  transition: (snapshot, { type }, scope) => {
    if (type === 'tell') tellParent(scope, 'told')
    if (type === 'emit') scope.emit({ type: 'emitted' })
    if (type === 'fail') throw new Error('failed')
    if (type === 'finish') return { ...snapshot, status: 'done', output: 'output' } as ChildSnapshot
    if (type !== 'xstate.stop') return { ...snapshot }
    if (snapshot.inner) scope.stopChild(snapshot.inner)
    tellParent(scope, 'stopped')
    return { ...snapshot, status: 'stopped' } as ChildSnapshot
  },
}
const tellParent = ({ self }: AnyActorScope, type: string) => parentOf(self)?.send({ type })

const broken: ChildLogic = {
  ...inner,
  getInitialSnapshot: () => {
    throw new Error('broken')
  },
}

type Given = { context: { told: string[] }; event: { type: string } }
const region = { initial: 'on', states: { on: { on: { told: 'off' } }, off: { type: 'final' } } }
const chart = {
  id: 'selfTest',
  version: '',
  context: () => ({ slots: [], told: [] }),
  output: ({ context }: Given) => context.told.length,
  initial: 'starting',
  on: { told: { actions: 'keep' }, stopped: { actions: 'keep' }, leave: { target: '.last', actions: 'say' } },
  states: {
    starting: { always: 'working' },
    working: {
      entry: 'spawn',
      tags: ['tag'],
      meta: { path: 'working' },
      invoke: { src: 'child', id: 'child', input: () => 'input', onDone: 'both' },
    },
    both: {
      type: 'parallel',
      invoke: { src: 'child', id: 'other' },
      states: { left: region, right: region },
      onDone: { actions: 'say' },
    },
    last: { invoke: { src: 'child', id: 'failing', onError: 'failed' } },
    failed: { invoke: { src: 'broken', id: 'broken', onError: 'over' } },
    over: { type: 'final' },
  },
}
const implementations = {
  actors: { child, inner, broken },
  actions: {
    keep: assign(({ context, event }: Given) => ({ told: [...context.told, event.type] })),
    spawn: assign(({ spawn }: { spawn(src: string, options: object): AnyActorRef }) => {
      spawn('inner', { id: 'spawned' })
      return {}
    }),
    say: emit({ type: 'said' }),
  },
}

/**
 * Makes a run and notes all that can be seen of it; `note` says whether all is well so far. An actor fails only where
 * that is so: XState throws an error that it has nobody to tell of in a timer.
 */
function run(machine: AnyStateMachine, note: (line: string) => boolean): boolean {
  let isFine = true
  const see = (...parts: readonly unknown[]): void => {
    isFine = note(JSON.stringify(parts))
  }
  const watch = (name: string, ref: AnyActorRef) => {
    ref.on('*', ({ type }) => see(name, 'emits', type))
    ref.subscribe({
      next: (snapshot) => see(name, 'is', stateOf(snapshot)),
      error: (error) => see(name, 'fails', toCause(error).message),
      complete: () => see(name, 'completes'),
    })
  }
  const root = createActor(machine, {
    id: 'root',
    logger: (text: string) => see('logs', text),
    inspect: (event) => see(...inspected(event)),
  })
  const snapshot = () => root.getSnapshot() as ReturnType<AnyStateMachine['resolveState']>
  const childOf = (id: string) => snapshot().children[id] as AnyActorRef & { readonly clock: object }
  watch('root', root)
  root.start()
  const first = childOf('child')
  watch('child', first)
  see(typeof first.sessionId, Object.keys(first.clock))
  for (const type of ['tell', 'emit', 'finish']) first.send({ type })
  watch('child', first)
  const { tags } = snapshot()
  see(
    [...tags],
    snapshot().getMeta(),
    snapshot().can({ type: 'leave' }),
    snapshot().toJSON(),
    stateOf(first.getSnapshot()),
  )
  see(root.getPersistedSnapshot())
  for (const type of ['told', 'leave']) root.send({ type })
  if (!isFine) return false
  const second = childOf('failing')
  watch('failing', second)
  second.send({ type: 'fail' })
  watch('failing', second)
  return isFine
}

const stateOf = (snapshot: unknown): unknown => {
  const { status, value, context, output } = Object(snapshot) as Readonly<Record<string, unknown>>
  return [status, value, context, output]
}

function inspected(event: InspectionEvent): readonly unknown[] {
  const { type, actorRef } = event
  const { id } = actorRef as AnyActorRef
  switch (type) {
    case '@xstate.actor':
      return [type, id]
    case '@xstate.action':
      return [type, id, event.action.type]
    case '@xstate.microstep':
      return [type, id, event.event.type, stateOf(event.snapshot), transitionsOf(event).length]
    case '@xstate.snapshot':
      return [type, id, event.event.type, stateOf(event.snapshot)]
    default:
      return [type, id, event.event.type]
  }
}
