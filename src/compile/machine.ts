import { type AnyActorLogic, assign, emit, fromPromise } from 'xstate'
import { isWithin, PipelineError, toError, toErrorData, withUsage } from '../errors.ts'
import { OUTSIDE, type Outside, pathInItem, pathOutsideItem } from '../border/external-events/machines.ts'
import { CONTEXT_CODEC, type ContextCodec, restartOnRestore } from '../border/restore.ts'
import { positiveOrZero } from '../border/ranges.ts'
import { attempt, toSafeString } from '../border/shape.ts'
import type { CancelEvent, ErrorData, Frame, PipelineContext } from '../types.ts'
import { EMIT, type EmitEvent, type EmittedEvent, withCall } from './emit-up.ts'
import type { InvokeArgs, Build, FrameOwner, State } from './chart.ts'
import { DELIVER, deliver, isForAnother, REFUSE, refuse, refuseBelow } from './external-events/delivery.ts'
import type { PoolItem } from './pool.ts'
import { persistContext, restoreContext } from './context-snapshot.ts'
import { type HasNode, type MachinePlace, NODE, Scope } from './scope.ts'
import { readSlot, writeSlot } from '../border/slots.ts'
import { versionOf } from './version.ts'
import { parentOf } from '../border/actors.ts'

/** The event that cancels a run. */
export const CANCEL = 'tinyllm.cancel'

export type Compiled = {
  config: Record<string, unknown>
  implementations: {
    actors: Record<string, AnyActorLogic>
    actions: Record<string, unknown>
    guards: Record<string, unknown>
  }
  /** Every function of the pipeline, by path. */
  paths: ReadonlyMap<string, object>
  /** The paths whose transitions are logged in any case. */
  verbose: ReadonlySet<string>
  /** The paths that wait for an event from outside. */
  waiting: ReadonlySet<string>
}

type Cancelled = { context: PipelineContext; event: CancelEvent; self: InvokeArgs['self'] }
type Bubbled = { context: PipelineContext; event: EmitEvent }

/**
 * Compiles a function to a machine: its lifecycle inside a root that starts, sums usage, emits events, and fails as XState
 * machines do. At a `place` it is an item of a pool, or a child run: its input is `{ runId, value }`, its events bubble up.
 */
export function compile(fn: HasNode, place?: MachinePlace): Compiled {
  const { path, id, build: around } = place ?? { path: fn[NODE].name, id: fn[NODE].name, build: undefined }
  const verbose = new Set<string>()
  const { overrides, paths, waiting } = around ?? {
    overrides: new Map<string, unknown>(),
    paths: new Map<string, object>(),
    waiting: new Set<string>(),
  }
  const build: Build = {
    actors: {},
    actions: {},
    guards: {},
    overrides,
    paths,
    verbose,
    waiting,
    items: [],
    takers: new Map(),
    places: new Map(),
    below: new Set(),
    isOpen: false,
    kept: [],
    counters: [],
    isItem: place !== undefined,
  }
  const scope = new Scope(build, path, id)
  scope.gate = place?.gate?.(scope)
  const { initial, states, ...rest } = scope.compile(fn)
  const { actors, actions, guards, takers, places, counters } = build
  const root = (context: PipelineContext) => readSlot(context.slots, 0) as Frame

  /** The final error; that of a whole run has the usage. */
  const end = (context: PipelineContext) => {
    const { error } = root(context)
    return error && !place ? withUsage(error, context.usage) : error
  }

  const stopped = ({ context, event, self }: Cancelled) => {
    const error = cancelError(path, root(context), event)
    return scope.dress?.(error, root(context), context.slots, self) ?? error
  }

  // Without an onError this error becomes the machine's own: status 'error', as XState has it.
  const failed = `${path}#failed`
  actors[failed] = restartOnRestore(fromPromise<never, ErrorData>(({ input }) => Promise.reject(toError(input))))
  actions[`${path}#cancel`] = assign((given: Cancelled) => ({
    slots: writeSlot([], 0, { ...root(given.context), error: toErrorData(stopped(given)) }),
  }))
  if (place) {
    actions.forward = ({ self, event, context }: InvokeArgs & Bubbled) =>
      parentOf(self)?.send({
        ...event,
        path: pathOutsideItem(self, event.path),
        event: withCall(withTurn(context, event, counters), context.call),
      } as EmitEvent)
  } else {
    actions.emit = emit(({ context, event }: Bubbled) => ({ ...withTurn(context, event, counters), path: event.path }))
  }
  const counts = !place || counters.length > 0
  if (counts) {
    actions.sumUsage = assign(({ context, event }: Bubbled) => sumUsageOf(context, event, counters))
    guards.isUsage = ({ event }: Bubbled) => toPlainEmitted(event).type === 'usage'
  }
  const letOut = place ? 'forward' : 'emit'
  actions.refuse = place ? refuseBelow : refuse
  if (build.below.size > 0 || build.isOpen) {
    actions.deliver = deliver
    guards.isForAnother = isForAnother
  }

  const chart: State = {
    ...rest,
    initial: 'starting',
    on: {
      [EMIT]: counts ? [{ guard: 'isUsage', actions: ['sumUsage', letOut] }, { actions: letOut }] : { actions: letOut },
      [CANCEL]: { target: '.failed', actions: `${path}#cancel` },
      ...Object.fromEntries(
        [...places.keys()].map((type) => [type, build.below.has(type) || build.isOpen ? [DELIVER, REFUSE] : REFUSE]),
      ),
    },
    states: {
      // A first microstep, so that observers see the first validation, and no parallel state is entered initially.
      starting: { always: initial as string },
      ...states,
      failed: {
        on: { [CANCEL]: {} },
        invoke: { src: failed, id: failed, input: ({ context }) => end(context) },
      },
    },
  }
  const start = (runId: string, input: unknown, { round, call, queues }: Partial<PoolItem> = {}): PipelineContext => ({
    runId,
    ...(call && { call }),
    slots: [[{ path, attempt: 1, input, ...(round !== undefined && { round }), ...(queues && { gate: { queues } }) }]],
    usage: NO_USAGE,
  })
  const version = versionOf(path, chart, build.items)
  const outside: Outside = {
    path,
    // The children of a composite are known by their keys alone: `many[3].ask`.
    name: build.kept.length > 1 && !place?.gate ? '' : (place?.name ?? path),
    isItem: around !== undefined,
    takers,
    // Copies: tools that are known only in a run are added later.
    places: new Map(places),
    below: new Set(build.below),
    isOpen: build.isOpen,
  }
  if (around) addItem(around, place?.gate ? undefined : version, outside, verbose)
  const config = {
    id,
    version,
    context: place
      ? ({ input }: { input?: PoolItem }) => start(input?.runId ?? '', input?.value, input)
      : ({ input, self }: InvokeArgs & { input: unknown }) => start(runIdOf(self), input),
    output: ({ context }: InvokeArgs) => root(context).value,
    ...chart,
  }
  return {
    config: withCodec(config, build.kept, outside),
    implementations: { actors, actions, guards },
    paths,
    verbose,
    waiting,
  }
}

/** Adds non-enumerable properties to a config: how its context is persisted and restored, and its external events. */
function withCodec<C extends object>(config: C, kept: readonly FrameOwner[], outside: Outside): C {
  const codec: ContextCodec = {
    persist: (context) => persistContext(kept, context as PipelineContext),
    restore: (active, context, self) => restoreContext(kept, active, context, self),
  }
  return Object.defineProperties(config, { [CONTEXT_CODEC]: { value: codec }, [OUTSIDE]: { value: outside } })
}

/** Adds the version and the external events of an item to the machine around it. */
function addItem(around: Build, version: string | undefined, item: Outside, verbose: ReadonlySet<string>): void {
  const { places, isOpen, path } = item
  const pool = path.slice(0, path.lastIndexOf('.'))
  const at = (place: string) => pathInItem(item, `${pool}[*]`, place)
  if (version !== undefined) around.items.push(version)
  around.isOpen ||= isOpen
  for (const [type, below] of places) {
    around.below.add(type)
    around.places.set(type, new Set([...(around.places.get(type) ?? []), ...[...below].map(at)]))
  }
  for (const each of verbose) around.verbose.add(at(each))
}

/** Adds reported usage to the run, and to each function around it that sums its own. */
function sumUsageOf({ usage, slots }: PipelineContext, event: EmitEvent, counters: Build['counters']) {
  const used = toPlainEmitted(event)
  const counting = counters.flatMap(({ path, slot }) => {
    const frame = isWithin(event.path, path) ? readSlot(slots, slot) : undefined
    return frame?.path === path ? { slot, frame } : []
  })
  const next = counting.reduce(
    (all, { slot, frame }) => writeSlot(all, slot, { ...frame, usage: addUsage(frame.usage ?? NO_USAGE, used) }),
    slots,
  )
  return { usage: addUsage(usage, used), ...(next !== slots && { slots: next }) }
}

/** Adds the turn to a usage event of an agent's model. */
function withTurn({ slots }: PipelineContext, event: EmitEvent, counters: Build['counters']): EmittedEvent {
  const plain = toPlainEmitted(event)
  if (plain.type !== 'usage') return plain
  const counter = counters.findLast(({ path }) => isWithin(event.path, `${path}.think`))
  const frame = counter && readSlot(slots, counter.slot)
  return frame ? { turn: (frame.iteration ?? 0) + 1, ...plain } : plain
}

/** A copy of an emitted event. Any code can send one, and a getter that throws must not end the run. */
const toPlainEmitted = ({ event }: EmitEvent): EmittedEvent => attempt(() => ({ ...event })) ?? { type: 'unreadable' }

const NO_USAGE: PipelineContext['usage'] = /* @__PURE__ */ Object.freeze({ inputTokens: 0, outputTokens: 0, cost: 0 })

/** The id that a root actor was given; XState's own default ids are only unique in one process. */
const runIdOf = (self: InvokeArgs['self']): string =>
  parentOf(self) === undefined && self.id !== self.sessionId ? self.id : newId()

// Node's UUID is a rope of twenty strings (half a KB a run); toLowerCase flattens it.
const newId = (): string => globalThis.crypto.randomUUID().toLowerCase()

function cancelError(name: string, frame: Frame, event: CancelEvent): PipelineError {
  // Any code can send it; a getter that throws counts as no reason.
  const { code, message, reason } = attempt(() => ({ ...event })) ?? ({} as Partial<CancelEvent>)
  return new PipelineError({
    code: code === 'timeout' ? code : 'aborted',
    path: name,
    state: 'running',
    attempts: frame.attempt,
    message: message === undefined ? `${name} was aborted.` : toSafeString(message),
    cause: reason,
  })
}

function addUsage(
  usage: PipelineContext['usage'],
  { inputTokens, outputTokens, cost }: EmittedEvent,
): PipelineContext['usage'] {
  return {
    inputTokens: usage.inputTokens + positiveOrZero(inputTokens),
    outputTokens: usage.outputTokens + positiveOrZero(outputTokens),
    cost: usage.cost + positiveOrZero(cost),
  }
}
