import type { AnyActorLogic } from 'xstate'
import { PipelineError } from '../errors.ts'
import type { Frame, Limit } from '../types.ts'
import { nextAttempt } from './next-attempt.ts'
import type { InvokeArgs, Invoke, State, Transition } from './chart.ts'
import {
  frameErrorOf,
  type ErrorOf,
  failureTransitions,
  type FailureTransitions,
  actorErrorOf,
} from './failure-transitions.ts'
import { type LeafInput, idempotencyKeyOf, type Work } from './leaf-input.ts'
import { leafLogic } from './leaf.ts'
import { limitLogic, type LimitPhase } from './limit-actor.ts'
import { validate } from '../border/schema.ts'
import { mayHoldActors, outsideOf } from '../border/external-events/machines.ts'
import { timeoutsOf } from '../border/timeouts.ts'
import type { CompiledChild, Scope, Update } from './scope.ts'
import { idleTimeout } from './idle-timeout.ts'
import { pausableTimeout } from './pausable-timeout.ts'
import { readSlot } from '../border/slots.ts'
import { retryDelay } from '../border/backoff.ts'
import { now, timer } from './timer.ts'

// What only some kinds need is theirs to import, so that a bundle of the others is without it.
export { waitForEvents } from './wait-for-events.ts'
export { callPath } from './tool-calls.ts'
export { callPoolLogic } from './call-pool.ts'
export { poolLogic } from './pool.ts'
export type { TurnCalls, Ending, Finished, OneCall, Runner } from './tool-calls.ts'
export { now, timer } from './timer.ts'

export type LifecycleOptions = {
  /** A leaf always shows its validating states, a composite only those with something to do. */
  leaf?: boolean
  /** The timeout is an absolute deadline, also after a restore: the function waits, it does not work. */
  waits?: boolean
  processOutput?: Work | undefined
  /** Transitions into the middle of `running`, before the one to its initial state. */
  enters?: Transition[]
  /** The timeout pauses while no leaf inside works and something waits for an external event. */
  pauses?: boolean
  /** The running state; without it the function only validates. */
  running?: (life: Lifecycle) => State
}

/** What a kind uses to build its running state. */
export type Lifecycle = FailureTransitions & {
  /** The state after `running`: as a sibling target, and as an id. */
  next: string
  nextAt: string
  /** The state after output validation, as an id. */
  doneAt: string
  /** Invokes the function of a leaf. */
  work(run: Work): Invoke
  /** Invokes any actor logic, which gets the plain input. */
  actor(logic: AnyActorLogic): Invoke
  /** A pool of actors (`poolLogic`, `callPoolLogic`), which gets the call of this function; their errors are its own. */
  pool(logic: AnyActorLogic): Invoke
  /** The state of a child whose output is this function's own and ends its running, as its failure does by default. */
  yieldTo(child: CompiledChild, onFailure?: Transition[]): State
}

/**
 * The states of every function, leaf or composite; states without a purpose are left out:
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
  const failures = failureTransitions(scope)
  const { fail, failBy, broken } = failures

  const invoke = (
    verb: string,
    logic: AnyActorLogic,
    state: string,
    input: (args: InvokeArgs) => unknown,
    errorOf = actorErrorOf(path, state),
  ): Invoke => ({
    ...scope.actor(verb, logic),
    input,
    onDone: {
      target: after(state),
      actions: scope.action(verb ? `${verb}:keep` : 'keep', (frame, { event }) => ({ ...frame, value: event.output })),
    },
    onError: fail(verb ? `${verb}:fail` : 'fail', errorOf),
  })

  const frameIn = ({ context }: InvokeArgs) => readSlot(context.slots, slot) as Frame
  const plain = (args: InvokeArgs) => frameIn(args).input
  const call =
    (field: 'input' | 'value') =>
    (args: InvokeArgs): LeafInput => {
      const frame = frameIn(args)
      return {
        input: frame[field],
        attempt: frame.attempt,
        idempotencyKey: idempotencyKeyOf(args.context.runId, path, frame.round),
        ...(retry?.feedback && frame.refused && { refused: frame.refused }),
      }
    }

  const turnOf = (limit: Limit, phase: LimitPhase): Invoke => ({
    ...scope.actor('limit', limitLogic(limit, path)),
    input: () => phase,
  })

  const readInput = (frame: Frame): Frame => {
    if (!input || frame.error) return frame
    const value = validate(input, frame.input)
    // The raw input can be computed again from the parent's frame.
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
        ...((input || gate) && {
          entry: scope.action('validateInput', look, { code: 'input_validation', state, failpoint: {} }),
        }),
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
      const pool: Lifecycle['pool'] = (logic) =>
        invoke('', logic, 'running', call('input'), actorErrorOf(path, 'running', true))
      const state = (running as NonNullable<typeof running>)({
        ...failures,
        next,
        nextAt: nextAt('running'),
        doneAt: nextAt(stages.includes('validatingOutput') ? 'validatingOutput' : 'running'),
        work,
        actor,
        pool,
        yieldTo: (child, onFailure = failBy(child)) => {
          const take = scope.action(
            `take:${child.key}`,
            (frame, { slots }) => ({ ...frame, value: child.frame(slots).value }),
            { drop: true },
          )
          return { ...child.state, onDone: [...onFailure, { target: nextAt('running'), actions: take }] }
        },
      })
      // The limit comes first: after a restore it must stop the work before it starts.
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
          pauses ? pausableTimeout(path) : timer,
          ({ self }) => (waits ? { at: now(self) + attempt } : { ms: attempt }),
          'late',
          `took longer than its timeout of ${attempt} ms. Raise the timeout, or make it faster.`,
        )
      const onSilence =
        idle !== undefined &&
        lateBy(
          'idle',
          idleTimeout(path, works || acts),
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
      const again = retry ? fail('reject', frameErrorOf).slice(0, 1) : []
      return {
        entry: scope.action('validateOutput', readOutput, {
          code: 'output_validation',
          state: 'validatingOutput',
          failpoint: {},
        }),
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
          const at = time + retryDelay(retry, frame)
          const { backoff: delays } = retry
          if (!delays?.jitter) return { at }
          return { at, latest: time + retryDelay({ ...retry, backoff: { ...delays, jitter: false } }, frame) }
        },
        onDone: {
          target: limit ? 'waitingForLimit' : 'running',
          actions: scope.action('tryAgain', nextAttempt(retry.feedback)),
        },
      },
    }
  }
  Object.assign(states, gated?.ends)
  if (failures.canFail()) states.failed = { type: 'final' }
  return { initial: stages[0] as string, states }
}
