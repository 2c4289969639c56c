import type { AnyActorLogic } from 'xstate'
import { PipelineError } from '../errors.ts'
import type { Frame, Limit, StandardSchema } from '../types.ts'
import { awaiting } from './awaiting.ts'
import { tryAgain } from './again.ts'
import type { CallsOptions } from './calling.ts'
import { callsLogic } from './calls.ts'
import type { Args, Invoke, State, Transition } from './chart.ts'
import { errorIn, type ErrorOf, failing, type Failing, thrown } from './failing.ts'
import { type Call, keyOf, type Work } from './call.ts'
import { leafLogic } from './leaf.ts'
import { limitLogic, type Phase } from './limiting.ts'
import { type PoolOptions, poolLogic } from './pool.ts'
import { validate } from '../border/schema.ts'
import { mayHoldActors, outsideOf } from '../border/external-events/machines.ts'
import { timeoutsOf } from '../border/timeouts.ts'
import type { Part, Scope, Update } from './scope.ts'
import { silence } from './silence.ts'
import { stopwatch } from './stopwatch.ts'
import { readSlot } from '../border/slots.ts'
import { backoff, now, timer } from './timer.ts'

export { awaiting } from './awaiting.ts'
export { callPath } from './calling.ts'
export type { Calls, Ending, Finished, OneCall, Runner } from './calling.ts'
export { now, timer } from './timer.ts'

export type LifecycleOptions = {
  /** A leaf always shows its validating states, a composite only those with something to do. */
  leaf?: boolean
  /** The timeout is a deadline that a restore does not put off: something is waited for, not attempted. */
  waits?: boolean
  processOutput?: Work | undefined
  /** Where work may begin in the midst of `running`: tried before its beginning. */
  enters?: Transition[]
  /** A person's time is not its own: its timeout stands still while nothing works in it, and something waits. */
  pauses?: boolean
  /** The running state; without one the function only validates. */
  running?: (life: Lifecycle) => State
}

/** What a kind builds its running state with. */
export type Lifecycle = Failing & {
  /** The state after `running`, as seen from beside it, and from anywhere. */
  next: string
  nextAt: string
  /** The state after the output was validated, from anywhere. */
  doneAt: string
  /** A leaf's own work: its input in, its value out. */
  work(run: Work): Invoke
  /** The same with any actor logic, which gets the plain input. */
  actor(logic: AnyActorLogic): Invoke
  /** A pool of actors, one for each item of the input; their errors are this function's own. */
  pool(options: Omit<PoolOptions, 'path'>): Invoke
  /** Waits for an event from outside, whose checked payload is the value. */
  awaits(events: Readonly<Record<string, StandardSchema>>): State
  /** A pool of actors, one for each call that the input has, by its id. */
  calls(options: CallsOptions): Invoke
  /** The state of a child whose output is this function's own and ends its running, as its failure does by default. */
  yieldTo(child: Part, onFailure?: Transition[]): State
}

/**
 * The states of every function, leaf or composite, of which only those with something to do are there:
 * `validatingInput → waitingForLimit → running → validatingOutput → processingOutput → complete | failed`, and
 * `waitingToRetry`.
 */
export function lifecycle(scope: Scope, options: LifecycleOptions): State {
  const { path, slot } = scope
  const { policy, input, output } = scope.node
  const { retry, limit } = policy
  const { attempt, idle } = timeoutsOf(policy.timeout)
  const { leaf = false, waits = false, pauses = false, enters = [], processOutput, running } = options
  const { gate } = scope
  const stages = [
    (leaf || input || scope.mapped || gate) && 'validatingInput',
    limit && running && 'waitingForLimit',
    running && 'running',
    ((leaf && running) || output) && 'validatingOutput',
    processOutput && 'processingOutput',
    'complete',
  ].filter((stage) => typeof stage === 'string')
  const after = (stage: string) => stages[stages.indexOf(stage) + 1] as string
  const nextAt = (state: string) => `#${scope.id}.${after(state)}`
  /** The transitions into a state. */
  const into = (state: string): Transition[] => [...(state === 'running' ? enters : []), { target: state }]
  const failures = failing(scope)
  const { fail, failBy, broken } = failures

  const invoke = (
    verb: string,
    logic: AnyActorLogic,
    state: string,
    input: (args: Args) => unknown,
    errorOf = thrown(path, state),
  ): Invoke => ({
    ...scope.actor(verb, logic),
    input,
    onDone: {
      target: after(state),
      actions: scope.action(verb ? `${verb}:keep` : 'keep', (frame, { event }) => ({ ...frame, value: event.output })),
    },
    onError: fail(verb ? `${verb}:fail` : 'fail', errorOf),
  })

  const frameIn = ({ context }: Args) => readSlot(context.slots, slot) as Frame
  const plain = (args: Args) => frameIn(args).input
  const call =
    (field: 'input' | 'value') =>
    (args: Args): Call => {
      const frame = frameIn(args)
      return {
        input: frame[field],
        attempt: frame.attempt,
        idempotencyKey: keyOf(args.context.runId, path, frame.round),
        ...(retry?.feedback && frame.refused && { refused: frame.refused }),
      }
    }

  const turnOf = (limit: Limit, phase: Phase): Invoke => ({
    ...scope.actor('limit', limitLogic(limit, path)),
    input: () => phase,
  })

  const readInput = (frame: Frame): Frame => {
    if (!input || frame.error) return frame
    const value = validate(input, frame.input)
    // What its parent feeds it with can be found there again.
    return scope.isFed ? { ...frame, input: value } : { ...frame, input: value, given: frame.input }
  }
  const readOutput = (frame: Frame): Frame => {
    if (!output || frame.error) return frame
    return { ...frame, value: validate(output, frame.value), ...(processOutput && { gave: frame.value }) }
  }
  const look: Update = gate ? (frame, seen) => gate.look(frame, readInput, seen) : readInput

  const build: Record<string, () => State> = {
    validatingInput: () => {
      const next = after('validatingInput')
      if (!input && !scope.mapped && !gate) return enters.length > 0 ? { always: into(next) } : { always: next }
      const state = 'validatingInput'
      return {
        ...((input || gate) && { entry: scope.action('validateInput', look, { code: 'input_validation', state }) }),
        always: [broken(), ...(gated?.ways ?? []), ...into(next)],
      }
    },
    waitingForLimit: () => ({
      invoke: { ...turnOf(limit as Limit, 'wait'), onDone: enters.length > 0 ? into('running') : 'running' },
    }),
    running: () => {
      const next = after('running')
      let works = false
      let acts = false
      const work: Lifecycle['work'] = (run) => {
        works = true
        return invoke('', leafLogic(path, gate ? gate.work(run) : run), 'running', call('input'))
      }
      const actor: Lifecycle['actor'] = (logic) => {
        acts = true
        const outside = outsideOf(logic)
        if (outside ? outside.places.size > 0 || outside.isOpen : mayHoldActors(logic)) scope.reaches(outside)
        if (outside && outside.places.size > 0) scope.waits()
        return invoke('', logic, 'running', plain)
      }
      const pool: Lifecycle['pool'] = (options) =>
        invoke('', poolLogic({ ...options, path }), 'running', call('input'), thrown(path, 'running', true))
      const calls: Lifecycle['calls'] = (options) =>
        invoke('', callsLogic({ ...options, path }), 'running', call('input'), thrown(path, 'running', true))
      const state = (running as NonNullable<typeof running>)({
        ...failures,
        next,
        nextAt: nextAt('running'),
        doneAt: nextAt(stages.includes('validatingOutput') ? 'validatingOutput' : 'running'),
        work,
        actor,
        pool,
        calls,
        awaits: (events) =>
          awaiting(
            scope,
            Object.fromEntries(Object.entries(events).map(([type, schema]) => [type, { schema, target: next }])),
          ),
        yieldTo: (child, onFailure = failBy(child)) => {
          const take = scope.action(
            `take:${child.key}`,
            (frame, { slots }) => ({ ...frame, value: child.frame(slots).value }),
            { drop: true },
          )
          return { ...child.state, onDone: [...onFailure, { target: nextAt('running'), actions: take }] }
        },
      })
      // The limit comes first: after a restore it must call off the work before that begins.
      const turn = limit && { ...turnOf(limit, works ? 'hold, or again' : 'hold, or on') }
      if (turn && works) turn.onError = 'waitingForLimit'
      const lateBy = (verb: string, logic: AnyActorLogic, input: Invoke['input'], action: string, words: string) => {
        const message = `${path} ${words}`
        const late: ErrorOf = ({ attempt: attempts }) =>
          new PipelineError({ code: 'timeout', path, state: 'running', attempts, message })
        return { ...scope.actor(verb, logic), input, onDone: fail(action, late, { drop: true }) }
      }
      const onTime =
        attempt !== undefined &&
        lateBy(
          'timeout',
          pauses ? stopwatch(path) : timer,
          ({ self }) => (waits ? { at: now(self) + attempt } : { ms: attempt }),
          'late',
          `took longer than its timeout of ${attempt} ms. Raise the timeout, or make it faster.`,
        )
      const onSilence =
        idle !== undefined &&
        lateBy(
          'idle',
          silence(path, works || acts),
          () => ({ ms: idle }),
          'silent',
          `reported no progress for its idle timeout of ${idle} ms. Raise timeout.idle, or report progress: ctx.emit({ type: 'progress' }).`,
        )
      if (!turn && !onTime && !onSilence) return state
      const invokes = [turn, ...[state.invoke ?? []].flat(), onTime, onSilence]
      return { ...state, invoke: invokes.filter((one) => typeof one === 'object') }
    },
    validatingOutput: () => {
      const next = after('validatingOutput')
      if (!output) return { always: next }
      // Only the first of these transitions is a retry; the error is in the frame already.
      const again = retry ? fail('reject', errorIn).slice(0, 1) : []
      return {
        entry: scope.action('validateOutput', readOutput, { code: 'output_validation', state: 'validatingOutput' }),
        always: [...again, broken(), { target: next }],
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

  const gated = gate?.states(after('validatingInput'))
  const states: Record<string, State> = {}
  for (const stage of stages) {
    states[stage] = build[stage]?.() ?? {}
    if (stage === 'validatingInput') Object.assign(states, gated?.states)
  }
  if (retry && running) {
    states.waitingToRetry = {
      invoke: {
        ...scope.actor('retry', timer),
        input: ({ context, self }) => {
          const time = now(self)
          const frame = readSlot(context.slots, slot) as Frame
          const at = time + backoff(retry, frame)
          const { backoff: delays } = retry
          if (!delays?.jitter) return { at }
          return { at, latest: time + backoff({ ...retry, backoff: { ...delays, jitter: false } }, frame) }
        },
        onDone: {
          target: limit ? 'waitingForLimit' : 'running',
          actions: scope.action('tryAgain', tryAgain(retry.feedback)),
        },
      },
    }
  }
  Object.assign(states, gated?.ends)
  if (failures.canFail()) states.failed = { type: 'final' }
  return { initial: stages[0] as string, states }
}
