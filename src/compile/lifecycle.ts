import type { AnyActorLogic } from 'xstate'
import { failure, PipelineError, toData, toError } from '../errors.ts'
import type { ErrorCode, Frame, Policy, StandardSchema } from '../types.ts'
import { awaiting } from './awaiting.ts'
import type { Args, Invoke, Slots, State, Transition } from './chart.ts'
import { type Call, leafLogic, type Work } from './leaf.ts'
import { type PoolOptions, poolLogic } from './pool.ts'
import { validate } from './schema.ts'
import type { Part, Scope, Update } from './scope.ts'
import { read } from './slots.ts'
import { backoff, now, timer } from './timer.ts'

type ErrorOf = (frame: Frame, seen: { event: { error?: unknown }; slots: Slots }) => PipelineError | undefined
type FailOptions = {
  /** A guard that must hold for it to be a failure at all. */
  when?: string
  /** The frames below end with it. */
  drop?: boolean
  /** Whence the transition leaves: a state beside `running` (the default), or one inside it. */
  from?: 'beside' | 'inside'
}

export type LifecycleOptions = {
  /** A leaf always shows its validating states, a composite only those with something to do. */
  leaf?: boolean
  /** The timeout is a deadline that a restore does not put off: something is waited for, not attempted. */
  waits?: boolean
  processOutput?: Work | undefined
  /** The running state; without one the function only validates. */
  running?: (life: Lifecycle) => State
}

/** What a kind builds its running state with. */
export type Lifecycle = {
  /** The state after `running`, as seen from beside it, and from anywhere. */
  next: string
  nextAt: string
  /** The guard that holds once this function's own frame has an error, and where it leads then. */
  failed: { guard: string; target: string }
  /** A leaf's own work: its input in, its value out. */
  work(run: Work): Invoke
  /** The same with any actor logic, which gets the plain input. */
  actor(logic: AnyActorLogic): Invoke
  /** A pool of actors, one for each item of the input; their errors are this function's own. */
  pool(options: PoolOptions): Invoke
  /** Waits for an event from outside, whose checked payload is the value. */
  awaits(events: Readonly<Record<string, StandardSchema>>): State
  /** The transitions of a failure: wait and try again while the policy allows it, else `failed`. */
  fail(verb: string, errorOf: ErrorOf, options?: FailOptions): Transition[]
  /** The same for a failed child; for the `onDone` of its state. */
  failBy(child: Part): Transition[]
  /** The state of a child whose output is this function's own and ends its running, as its failure does by default. */
  yieldTo(child: Part, onFailure?: Transition[]): State
}

/**
 * The states of every function, leaf or composite, of which only those with something to do are there:
 * `validatingInput → running → validatingOutput → processingOutput → complete | failed`, and `waitingToRetry`.
 */
export function lifecycle(scope: Scope, options: LifecycleOptions): State {
  const { path, slot } = scope
  const { policy, input, output } = scope.node
  const { retry, timeout } = policy
  const { leaf = false, waits = false, processOutput, running } = options
  const stages = [
    (leaf || input || scope.mapped) && 'validatingInput',
    running && 'running',
    ((leaf && running) || output) && 'validatingOutput',
    processOutput && 'processingOutput',
    'complete',
  ].filter((stage) => typeof stage === 'string')
  const after = (stage: string) => stages[stages.indexOf(stage) + 1] as string
  const at = (state: string) => `#${scope.id}.${state}`
  const failed = scope.guard('failed', (frame) => frame.error !== undefined)

  const fail: Lifecycle['fail'] = (verb, errorOf, { when, drop = false, from = 'beside' } = {}) => {
    const target = from === 'inside' ? at : (state: string) => state
    const keep: Update = (frame, seen) => ({ ...frame, error: toData(errorOf(frame, seen) as PipelineError) })
    const actions = scope.action(verb, keep, { drop })
    const giveUp = { ...(when && { guard: when }), target: target('failed'), actions }
    if (!retry) return [giveUp]
    const mayRetry = scope.guard(`${verb}:mayRetry`, (frame, seen) => {
      if (frame.attempt >= retry.attempts) return false
      const error = errorOf(frame, seen)
      return error !== undefined && wants(retry, error)
    })
    return [{ guard: mayRetry, target: target('waitingToRetry'), actions }, giveUp]
  }

  const failBy: Lifecycle['failBy'] = (child) => {
    if (!child.canFail) return []
    const verb = `failBy:${child.key}`
    const errorOf: ErrorOf = (_, { slots }) => errorIn(child.frame(slots))
    const when = scope.guard(verb, (_, { slots }) => child.frame(slots)?.error !== undefined)
    return fail(verb, errorOf, { when, drop: true, from: 'inside' })
  }

  const invoke = (
    verb: string,
    logic: AnyActorLogic,
    state: string,
    input: (args: Args) => unknown,
    errorOf = thrown('run', state),
  ): Invoke => ({
    ...scope.actor(verb, logic),
    input,
    onDone: {
      target: after(state),
      actions: scope.action(verb ? `${verb}:keep` : 'keep', (frame, { event }) => ({ ...frame, value: event.output })),
    },
    onError: fail(verb ? `${verb}:fail` : 'fail', errorOf),
  })

  const thrown =
    (code: ErrorCode, state: string): ErrorOf =>
    (frame, { event }) =>
      failure(event.error, { code, path, state, attempts: frame.attempt })

  const own: ErrorOf = (frame, seen) => {
    const { error } = seen.event
    return error instanceof PipelineError ? error : thrown('run', 'running')(frame, seen)
  }

  const frameIn = ({ context }: Args) => read(context.slots, slot) as Frame
  const plain = (args: Args) => frameIn(args).input
  const call =
    (field: 'input' | 'value') =>
    (args: Args): Call => {
      const { attempt, round, [field]: value } = frameIn(args)
      const key = `${args.context.runId}:${path}`
      return { input: value, attempt, idempotencyKey: round ? `${key}:${round}` : key }
    }

  const validating = (verb: string, schema: StandardSchema | undefined, field: 'input' | 'value', state: string) =>
    schema && {
      entry: scope.action(
        verb,
        (frame) => (frame.error ? frame : { ...frame, [field]: validate(schema, frame[field]) }),
        { code: field === 'input' ? 'input_validation' : 'output_validation', state },
      ),
    }

  const build: Record<string, () => State> = {
    validatingInput: () => {
      const next = after('validatingInput')
      if (!input && !scope.mapped) return { always: next }
      return {
        ...validating('validateInput', input, 'input', 'validatingInput'),
        always: [{ guard: failed, target: 'failed' }, { target: next }],
      }
    },
    running: () => {
      const next = after('running')
      const work: Lifecycle['work'] = (run) => invoke('', leafLogic(path, run), 'running', call('input'))
      const actor: Lifecycle['actor'] = (logic) => invoke('', logic, 'running', plain)
      const pool: Lifecycle['pool'] = (options) => invoke('', poolLogic(options), 'running', call('input'), own)
      const state = (running as NonNullable<typeof running>)({
        next,
        nextAt: at(next),
        failed: { guard: failed, target: at('failed') },
        work,
        actor,
        pool,
        awaits: (events) => awaiting(scope, next, events),
        fail,
        failBy,
        yieldTo: (child, onFailure = failBy(child)) => {
          const take = scope.action(
            `take:${child.key}`,
            (frame, { slots }) => ({ ...frame, value: child.frame(slots).value }),
            { drop: true },
          )
          return { ...child.state, onDone: [...onFailure, { target: at(next), actions: take }] }
        },
      })
      if (timeout === undefined) return state
      const late: ErrorOf = (frame) =>
        new PipelineError({
          code: 'timeout',
          path,
          state: 'running',
          attempts: frame.attempt,
          message: `${path} took longer than its timeout of ${timeout} ms. Raise the timeout, or make it faster.`,
        })
      const onTime = {
        ...scope.actor('timeout', timer),
        input: ({ self }: Args) => (waits ? { at: now(self) + timeout } : { ms: timeout }),
        onDone: fail('late', late, { drop: true }),
      }
      return { ...state, invoke: [...[state.invoke ?? []].flat(), onTime] }
    },
    validatingOutput: () => {
      const next = after('validatingOutput')
      if (!output) return { always: next }
      // Only the first of these transitions is a retry; the error is in the frame already.
      const again = retry ? fail('reject', errorIn).slice(0, 1) : []
      return {
        ...validating('validateOutput', output, 'value', 'validatingOutput'),
        always: [...again, { guard: failed, target: 'failed' }, { target: next }],
      }
    },
    processingOutput: () => ({
      invoke: invoke('processOutput', leafLogic(path, processOutput as Work), 'processingOutput', call('value')),
    }),
    complete: () =>
      running
        ? { type: 'final' }
        : { type: 'final', entry: scope.action('keepInput', (frame) => ({ ...frame, value: frame.input })) },
  }

  const states: Record<string, State> = Object.fromEntries(stages.map((stage) => [stage, build[stage]?.() ?? {}]))
  if (retry && running) {
    states.waitingToRetry = {
      invoke: {
        ...scope.actor('retry', timer),
        input: ({ context, self }) => ({
          at: now(self) + backoff(retry, (read(context.slots, slot) as Frame).attempt),
        }),
        onDone: { target: 'running', actions: scope.action('tryAgain', tryAgain) },
      },
    }
  }
  // What only hands its input on cannot fail.
  if (stages.length > 1) states.failed = { type: 'final' }
  return { initial: stages[0] as string, states }
}

const errorIn = (frame: Frame | undefined): PipelineError | undefined => frame?.error && toError(frame.error)

const tryAgain: Update = ({ path, attempt, input, round }) => ({
  path,
  attempt: attempt + 1,
  input,
  ...(round !== undefined && { round }),
})

/** A predicate that throws gives up, and the first error stands. */
function wants({ when }: NonNullable<Policy['retry']>, error: PipelineError): boolean {
  try {
    return when?.(error) ?? true
  } catch {
    return false
  }
}
