import { InvalidValue } from '../../errors.ts'
import { hashOf } from '../../border/hash.ts'
import { findNonJson } from '../../border/json-data.ts'
import { isThenable } from '../../border/shape.ts'
import type { InvokeArgs } from '../../compile/scope.ts'
import { waitForEvents } from '../../compile/lifecycle.ts'
import type { Work } from '../../compile/scope.ts'
import { callKey } from '../../compile/scope.ts'
import type { ToolGate, Scope, State } from '../../compile/scope.ts'
import { now, timer } from '../../compile/lifecycle.ts'
import type { CallMark, Frame } from '../../types.ts'
import { FORMS, subjectOf, type ApprovalDecision, decisionSchema } from './approval-events.ts'
import type { ApprovalPolicy } from './approval-policy.ts'
import type { AgentTool } from './tools.ts'
import { isGenerator, lastYielded } from './generator-output.ts'
import { parentOf } from '../../border/actors.ts'

type Options = {
  readonly asking: ApprovalPolicy
  /** In ms: how long a call waits for approval. */
  readonly timeout: number | undefined
  /** How many calls may run at the same time. */
  readonly concurrency: number
}

/** The value of a call that was not approved. */
export type Rejection = {
  readonly reason?: string
  readonly end?: boolean
  /** The approval timed out after so many ms. */
  readonly late?: number
}

/**
 * The states of a call around those of its tool:
 * `validatingInput → (waitingForApproval) → (queued) → running → … → complete | rejected | failed`.
 * A person sees the input that will run: the output of the tool's schema, where that is data.
 */
export const gateOf =
  (tool: AgentTool, { asking, timeout, concurrency }: Options) =>
  (scope: Scope): ToolGate => {
    const mayAsk = asking.mayAsk(tool)
    const mustAsk = (raw: unknown, made: unknown, call: CallMark | undefined): boolean => {
      const { id, name } = call as CallMark
      return asking.mustAsk(tool, { id, name, input: tool.seen ? tool.seen(raw) : made })
    }
    return {
      work: withGeneratorOutput,
      look: (frame, parse, { context: { call } }) => {
        const { gate = {}, input: raw } = frame
        // The input that was shown is the input that runs.
        if (gate.approved && 'given' in frame) return frame
        if (tool.isCoerced(raw)) fits(tool, raw)
        const parsed = parse({ ...frame, round: hashOf(JSON.stringify(raw ?? null)) })
        if (parsed.error || gate.approved || !mayAsk) return parsed
        const made = 'given' in parsed ? parsed.input : fits(tool, raw)
        if (!mustAsk(raw, made, call)) return parsed
        const asked = { ...gate, asks: true }
        if (!findNonJson(parsed.input, '')) return { ...parsed, gate: asked }
        // It waits, and may be saved: the schema runs again when the call does.
        const { given: _, ...rest } = parsed
        return { ...rest, input: raw, gate: asked }
      },
      states: (next) => {
        const asksNow = scope.guard('mustAsk', ({ gate }) => gate?.asks === true && !gate.approved)
        const mustQueue = scope.guard('mustQueue', ({ gate }) => gate?.queues === true)
        const isLimited = concurrency < Infinity
        if (mayAsk) {
          scope.restores((frame, _, [state], call) =>
            unasked(frame, state, () => mustAsk('given' in frame ? frame.given : frame.input, frame.input, call)),
          )
        }
        return {
          ways: [
            ...(mayAsk ? [{ guard: asksNow, target: 'waitingForApproval' }] : []),
            ...(isLimited ? [{ guard: mustQueue, target: 'queued' }] : []),
          ],
          states: {
            ...(mayAsk && { waitingForApproval: waiting(scope, tool, timeout) }),
            ...(isLimited && { queued: queueing(scope, next) }),
          } as Record<string, State>,
          ends: mayAsk ? { rejected: { type: 'final' } } : ({} as Record<string, State>),
        }
      },
    }
  }

/** For a tool that is a generator: the last value is the output, each one before it is a `progress` event. */
const withGeneratorOutput =
  (run: Work): Work =>
  (input, ctx) => {
    const last = (value: unknown) =>
      isGenerator(value) ? lastYielded(value, (each) => ctx.emit({ type: 'progress', value: each }), ctx.signal) : value
    const result = run(input, ctx)
    return isThenable(result) ? Promise.resolve(result).then(last) : last(result)
  }

/** The output of the tool's schema, which a person sees; throws `InvalidValue` where the arguments do not fit. */
function fits(tool: AgentTool, input: unknown): unknown {
  const read = tool.check(input)
  if (!read.issues) return read.value
  throw new InvalidValue(read.issues, read.cause === undefined ? undefined : { cause: read.cause })
}

function waiting(scope: Scope, tool: AgentTool, timeout: number | undefined): State {
  const approve = (frame: Frame, word: ApprovalDecision): Frame => {
    const { arguments: changed } = word
    const { given: _, ...rest } = frame
    if (changed === undefined) return { ...frame, gate: { ...frame.gate, approved: true } }
    return { ...rest, input: changed, gate: { ...frame.gate, approved: true, changed: true } }
  }
  const state = waitForEvents(
    scope,
    {
      APPROVE: { schema: decisionSchema('APPROVE'), target: 'validatingInput', keep: approve as never },
      REJECT: {
        schema: decisionSchema('REJECT'),
        target: 'rejected',
        keep: (frame, word) => rejected(frame, word as ApprovalDecision),
      },
    },
    { subject: subjectOf(tool), state: 'waitingForApproval', forms: FORMS },
  )
  const late = timeout !== undefined && {
    ...scope.actor('approvalTimeout', timer),
    input: ({ self }: InvokeArgs) => ({ at: now(self) + timeout }),
    onDone: {
      target: 'rejected',
      actions: scope.action('tooLate', ({ waitsFor: _, ...frame }) => ({
        ...frame,
        value: { late: timeout } satisfies Rejection,
      })),
    },
  }
  const invoke = [state.invoke ?? [], late || []].flat()
  return { ...state, tags: ['waiting'], ...(late && { invoke }) }
}

const rejected = (frame: Frame, { reason, end }: ApprovalDecision): Frame => {
  const value: Rejection = { ...(reason !== undefined && { reason }), ...(end === true && { end }) }
  return { ...frame, value }
}

/** Waits until the pool around it lets it run (`tinyllm.turn`). */
const queueing = (scope: Scope, next: string) => ({
  entry: scope.does('queue', (self, { call }) =>
    parentOf(self)?.send({ type: 'tinyllm.queue', key: callKey((call as CallMark).id) }),
  ),
  on: { 'tinyllm.turn': next },
})

/** Rejects a restored call that runs without approval: the saved run was edited, or `approve` has changed. */
function unasked({ gate }: Frame, state: string | undefined, mustAsk: () => boolean): string | undefined {
  if (gate?.approved || BEFORE.has(state)) return undefined
  return gate?.asks || (state !== 'complete' && mustAsk()) ? 'runs, and a person has not approved it' : undefined
}
/** The states in which a call does not run yet, or will not run. */
const BEFORE = new Set<string | undefined>(['starting', 'validatingInput', 'waitingForApproval', 'rejected'])
