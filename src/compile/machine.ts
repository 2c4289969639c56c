import { type AnyActorLogic, assign, emit, fromPromise } from 'xstate'
import { PipelineError, toData, toError } from '../errors.ts'
import type { CancelEvent, ErrorData, Frame, PipelineContext } from '../types.ts'
import type { Args, Build, State } from './chart.ts'
import { EMIT, type EmitEvent } from './leaf.ts'
import { type HasNode, NODE, Scope } from './scope.ts'
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
}

type Cancelled = { context: PipelineContext; event: CancelEvent }
type Bubbled = { context: PipelineContext; event: EmitEvent }

/** A function as a whole machine: its lifecycle in a root that starts, sums usage, lets events out, and fails as XState fails. */
export function compile(fn: HasNode): Compiled {
  const { name } = fn[NODE]
  const build: Build = {
    actors: {},
    actions: {},
    guards: {},
    overrides: new Map(),
    paths: new Map(),
    verbose: new Set(),
  }
  const { initial, states, ...rest } = new Scope(build, name, name).compile(fn)
  const { actors, actions, guards, paths, verbose } = build
  const root = (context: PipelineContext) => read(context.slots, 0) as Frame

  // Without an onError this error becomes the machine's own: status 'error', as XState has it.
  const failed = `${name}#failed`
  actors[failed] = fromPromise<never, ErrorData>(({ input }) => Promise.reject(toError(input)))
  actions[`${name}#cancel`] = assign(({ context, event }: Cancelled) => ({
    slots: write([], 0, { ...root(context), error: toData(cancelled(name, root(context), event)) }),
  }))
  actions.sumUsage = assign(({ context, event }: Bubbled) => ({ usage: sum(context.usage, event.event) }))
  actions.emit = emit(({ event }: Bubbled) => ({ ...event.event, path: event.path }))
  guards.isUsage = ({ event }: Bubbled) => event.event.type === 'usage'

  const chart: State = {
    ...rest,
    initial: 'starting',
    on: {
      [EMIT]: [{ guard: 'isUsage', actions: ['sumUsage', 'emit'] }, { actions: 'emit' }],
      [CANCEL]: { target: '.failed', actions: `${name}#cancel` },
    },
    states: {
      // A first microstep, so that observers see the first validation, and no parallel state is entered initially.
      starting: { always: initial as string },
      ...states,
      failed: {
        on: { [CANCEL]: {} },
        invoke: { src: failed, id: failed, input: ({ context }) => root(context).error },
      },
    },
  }
  const config = {
    id: name,
    version: versionOf(name, chart),
    context: ({ input, self }: Args & { input: unknown }): PipelineContext => ({
      runId: runIdOf(self),
      slots: [[{ path: name, attempt: 1, input }]],
      usage: { inputTokens: 0, outputTokens: 0, cost: 0 },
    }),
    output: ({ context }: Args) => root(context).value,
    ...chart,
  }
  return { config, implementations: { actors, actions, guards }, paths, verbose }
}

/** The id that a root actor was given; XState's own default ids are only unique in one process. */
const runIdOf = ({ id, sessionId, _parent }: Args['self']): string =>
  _parent === undefined && id !== sessionId ? id : globalThis.crypto.randomUUID()

function cancelled(name: string, frame: Frame, { code = 'aborted', message, reason }: CancelEvent): PipelineError {
  return new PipelineError({
    code,
    path: name,
    state: 'running',
    attempts: frame.attempt,
    message: message ?? `${name} was aborted.`,
    cause: reason,
  })
}

function sum(
  usage: PipelineContext['usage'],
  { inputTokens, outputTokens, cost }: EmitEvent['event'],
): PipelineContext['usage'] {
  return {
    inputTokens: usage.inputTokens + count(inputTokens),
    outputTokens: usage.outputTokens + count(outputTokens),
    cost: usage.cost + count(cost),
  }
}

/** What a leaf reports is not ours: anything that is no number counts as nothing. */
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
