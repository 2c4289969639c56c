import { type AnyActorLogic, assign, emit, fromPromise } from 'xstate'
import { endOf, PipelineError, toData, toError } from '../errors.ts'
import { beginsAnew, KEEPS, type Keeps } from '../border/resuming.ts'
import { amountOf } from '../border/ranges.ts'
import { attempt, textOf } from '../border/shape.ts'
import type { CancelEvent, ErrorData, Frame, PipelineContext } from '../types.ts'
import { refuse } from './awaiting.ts'
import { EMIT, type EmitEvent, type Happening } from './bubbling.ts'
import type { Args, Build, Kept, State } from './chart.ts'
import type { PoolItem } from './pool.ts'
import { contextToSave, heldContext } from './restoring.ts'
import { type HasNode, NODE, type Place, Scope } from './scope.ts'
import { read, write } from './slots.ts'
import { versionOf } from './version.ts'

/** The event that ends a run from outside. */
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

type Cancelled = { context: PipelineContext; event: CancelEvent }
type Bubbled = { context: PipelineContext; event: EmitEvent }

/**
 * A function as a whole machine: its lifecycle in a root that starts, sums usage, lets events out, and fails as XState
 * fails. At a `place` it is an item of a pool, or below a leaf: its input is `{ runId, value }`, and its events go up.
 */
export function compile(fn: HasNode, place?: Place): Compiled {
  const { path, id, build: around } = place ?? { path: fn[NODE].name, id: fn[NODE].name, build: undefined }
  const { overrides, paths, verbose, waiting } = around ?? {
    overrides: new Map<string, unknown>(),
    paths: new Map<string, object>(),
    verbose: new Set<string>(),
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
    awaited: new Map(),
    kept: [],
  }
  const { initial, states, ...rest } = new Scope(build, path, id).compile(fn)
  const { actors, actions, guards, awaited } = build
  const root = (context: PipelineContext) => read(context.slots, 0) as Frame

  /** A whole run tells what it used; an item is a part of one. */
  const end = (context: PipelineContext) => {
    const { error } = root(context)
    return error && !place ? endOf(error, context.usage) : error
  }

  // Without an onError this error becomes the machine's own: status 'error', as XState has it.
  const failed = `${path}#failed`
  actors[failed] = beginsAnew(fromPromise<never, ErrorData>(({ input }) => Promise.reject(toError(input))))
  actions[`${path}#cancel`] = assign(({ context, event }: Cancelled) => ({
    slots: write([], 0, { ...root(context), error: toData(cancelled(path, root(context), event)) }),
  }))
  if (place) actions.forward = ({ self, event }: Args & Bubbled) => self._parent?.send(event)
  else Object.assign(actions, bubbling)
  if (!place) guards.isUsage = ({ event }: Bubbled) => happening(event).type === 'usage'
  if (awaited.size > 0) actions.refuse = refuse(path, awaited)

  const chart: State = {
    ...rest,
    initial: 'starting',
    on: {
      [EMIT]: place
        ? { actions: 'forward' }
        : [{ guard: 'isUsage', actions: ['sumUsage', 'emit'] }, { actions: 'emit' }],
      [CANCEL]: { target: '.failed', actions: `${path}#cancel` },
      ...Object.fromEntries([...awaited.keys()].map((type) => [type, { actions: 'refuse', meta: { refusal: true } }])),
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
  const start = (runId: string, input: unknown, round?: string): PipelineContext => ({
    runId,
    slots: [[{ path, attempt: 1, input, ...(round !== undefined && { round }) }]],
    usage: NOTHING_USED,
  })
  const version = versionOf(path, chart, build.items)
  around?.items.push(version)
  const config = {
    id,
    version,
    context: place
      ? ({ input }: { input?: PoolItem }) => start(input?.runId ?? '', input?.value, input?.round)
      : ({ input, self }: Args & { input: unknown }) => start(runIdOf(self), input),
    output: ({ context }: Args) => root(context).value,
    ...chart,
  }
  return { config: keeping(config, build.kept), implementations: { actors, actions, guards }, paths, verbose, waiting }
}

/** The config is data; how its context is saved and held against it rides along. */
function keeping<C extends object>(config: C, kept: readonly Kept[]): C {
  const keeps: Keeps = {
    toSave: (context) => contextToSave(context as PipelineContext),
    held: (active, context) => heldContext(kept, active, context),
  }
  return Object.defineProperty(config, KEEPS, { value: keeps })
}

const bubbling = {
  sumUsage: assign(({ context, event }: Bubbled) => ({ usage: sum(context.usage, happening(event)) })),
  emit: emit(({ event }: Bubbled) => ({ ...happening(event), path: event.path })),
}

/** Our own leaves give a copy that can be read. Anybody may send the event, though, and none of it may end a run. */
const happening = ({ event }: EmitEvent): Happening => attempt(() => ({ ...event })) ?? { type: 'unreadable' }

const NOTHING_USED: PipelineContext['usage'] = Object.freeze({ inputTokens: 0, outputTokens: 0, cost: 0 })

/** The id that a root actor was given; XState's own default ids are only unique in one process. */
const runIdOf = ({ id, sessionId, _parent }: Args['self']): string =>
  _parent === undefined && id !== sessionId ? id : newId()

// Node puts a UUID together from twenty strings, and keeps them (half a KB a run) until somebody reads it as a whole.
const newId = (): string => globalThis.crypto.randomUUID().toLowerCase()

function cancelled(name: string, frame: Frame, event: CancelEvent): PipelineError {
  // Anybody may send it, and what cannot be read is as good as not said.
  const { code, message, reason } = attempt(() => ({ ...event })) ?? ({} as Partial<CancelEvent>)
  return new PipelineError({
    code: code === 'timeout' ? code : 'aborted',
    path: name,
    state: 'running',
    attempts: frame.attempt,
    message: message === undefined ? `${name} was aborted.` : textOf(message),
    cause: reason,
  })
}

function sum(
  usage: PipelineContext['usage'],
  { inputTokens, outputTokens, cost }: Happening,
): PipelineContext['usage'] {
  return {
    inputTokens: usage.inputTokens + amountOf(inputTokens),
    outputTokens: usage.outputTokens + amountOf(outputTokens),
    cost: usage.cost + amountOf(cost),
  }
}
