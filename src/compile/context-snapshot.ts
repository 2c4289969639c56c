import type { AnyActorRef } from 'xstate'
import {
  type ActiveStates,
  areRejectedAnswers,
  errorProblem,
  isIntegerBetween,
  isRecord,
  SnapshotMismatch,
} from '../border/restore.ts'
import { formatValue } from '../border/format-value.ts'
import { validate } from '../border/schema.ts'
import { findNonJson, hasUndefinedItem } from '../border/json-data.ts'
import { attempt, isDeepEqual } from '../border/shape.ts'
import type { CallMark, Frame, PipelineContext, StandardSchema } from '../types.ts'
import type { FrameOwner, Slots } from './chart.ts'
import { toCause } from '../errors.ts'
import { readSlot, writeSlot } from '../border/slots.ts'

/**
 * Validates the context of a persisted snapshot against its active states: each active function has a frame, with counters
 * in range, an input that its schema accepts, and an error only where it failed; no other function has one. Throws a
 * `SnapshotMismatch`. Returns the restored context: outputs of schemas are computed again, so that neither edits of the
 * snapshot nor mutations of an input by a function survive.
 */
export function restoreContext(
  kept: readonly FrameOwner[],
  active: ActiveStates,
  context: unknown,
  self: AnyActorRef,
): PipelineContext {
  const root = (kept[0] as FrameOwner).path
  const { runId, slots, usage, call } = Object(context) as Partial<PipelineContext>
  if (typeof runId !== 'string') throw new SnapshotMismatch(root, `has no run id: runId is ${formatValue(runId)}`)
  if (!isRecord(usage)) throw new SnapshotMismatch(root, `has usage that is not an object but ${formatValue(usage)}`)
  for (const [key, count] of Object.entries(usage)) {
    if (!Number.isFinite(count))
      throw new SnapshotMismatch(root, `has usage that is not a number: ${key} is ${formatValue(count)}`)
  }
  if (!Array.isArray(slots) || !slots.every(Array.isArray))
    throw new SnapshotMismatch(root, `has no frames: slots is not an array of arrays but ${formatValue(slots)}`)
  const owners = kept.filter(({ id }) => active.has(id))
  for (const { path, slot } of owners) {
    const frame: unknown = readSlot(slots as Slots, slot)
    if (!isRecord(frame) || frame.path !== path) throw new SnapshotMismatch(path, 'is active and has no frame')
  }
  const frames = (slots as Slots).flat().filter((frame) => frame !== null && frame !== undefined)
  if (frames.length !== owners.length) throw new SnapshotMismatch(root, 'has frames of functions that are not active')
  // The outer before the inner: the input of a function is computed from the frame around it.
  const held = owners.reduce((now: Slots, owner) => {
    const frame = restoreFrame(owner, now, active.get(owner.id) as readonly string[], self, call)
    return frame === readSlot(now, owner.slot) ? now : writeSlot(now, owner.slot, frame)
  }, slots as Slots)
  const shown = kept[0]?.shown()?.(readSlot(held, 0) as Frame, held)
  return { ...(context as PipelineContext), slots: held, ...shown }
}

/** Only in these states does a frame hold an error. */
const FAILED = new Set<string | undefined>(['failed', 'waitingToRetry'])
/** In these states the input is not validated yet, or not used any more. */
const WITHOUT_INPUT = new Set<string | undefined>(['starting', 'validatingInput', 'complete', 'failed'])

function restoreFrame(
  owner: FrameOwner,
  slots: Slots,
  inside: readonly string[],
  self: AnyActorRef,
  call: CallMark | undefined,
): Frame {
  const { path, policy, slot, round, remade, fed, checks } = owner
  const refuse = (problem: string | undefined) => {
    if (problem !== undefined) throw new SnapshotMismatch(path, problem)
  }
  const saved = readSlot(slots, slot) as Frame
  let frame = owner.saving()?.restore(saved) ?? saved
  const [state] = inside
  // A function in waitingToRetry has another attempt left.
  const most = (policy.retry?.attempts ?? 1) - (state === 'waitingToRetry' ? 1 : 0)
  if (!isIntegerBetween(frame.attempt, 1, most))
    refuse(`is in attempt ${formatValue(frame.attempt)}, and has ${most} (raise retry.attempts, if that was lowered)`)
  if (frame.round !== round(slots)) refuse(`is in round ${formatValue(frame.round)}, and what is around it is not`)
  if (frame.refused !== undefined && !areRejectedAnswers(frame.refused, frame.attempt))
    refuse('holds rejected answers that it cannot have')
  if (FAILED.has(state)) refuse(errorProblem(frame.error))
  else if (frame.error !== undefined) refuse(`holds an error in the state ${state}`)
  if (fed && !('input' in frame)) frame = { ...(frame as Frame), input: fed(slots) }
  if (remade && !FAILED.has(state)) {
    try {
      frame = { ...frame, input: remade(slots, self) }
    } catch (thrown) {
      refuse(`needs what it was called with once more, and that failed: ${toCause(thrown).message.replace(/\.$/, '')}`)
    }
  }
  // An input that is not serializable is computed again after the approval.
  const isRaw = state === 'waitingForApproval' && !('given' in frame)
  if (!WITHOUT_INPUT.has(state) && !isRaw) frame = withInput(owner, frame, slots)
  if (state === 'processingOutput') frame = withOutput(owner, frame)
  if (!FAILED.has(state)) for (const check of checks) refuse(check(frame, slots, inside, call))
  return frame
}

/** Checks the input. The raw input is computed from the frame above, or saved beside the parsed one. */
function withInput({ path, input: schema, fed }: FrameOwner, frame: Frame, slots: Slots): Frame {
  if (!schema) {
    if (fed && !isDeepEqual(frame.input, fed(slots)))
      throw new SnapshotMismatch(path, 'holds another input than it was given')
    return frame
  }
  if (frame.unsaved) return frame
  const raw = fed ? fed(slots) : 'given' in frame ? frame.given : frame.input
  const input = parseAgain(path, schema, raw, frame.input, 'input')
  return input === frame.input ? frame : { ...frame, input }
}

/** The same for the output in `processingOutput`. */
function withOutput({ path, output: schema }: FrameOwner, frame: Frame): Frame {
  if (!schema || frame.unsaved) return frame
  const value = parseAgain(path, schema, 'gave' in frame ? frame.gave : frame.value, frame.value, 'output')
  return value === frame.value ? frame : { ...frame, value }
}

/** Parses the raw value again; if the schema is not deterministic, returns the saved result, if the schema accepts it. */
function parseAgain(path: string, schema: StandardSchema, came: unknown, before: unknown, what: string): unknown {
  const make = (value: unknown) => attempt(() => ({ value: validate(schema, value) }))
  const made = make(came)
  if (!made) throw new SnapshotMismatch(path, `holds an ${what} that its schema rejects`)
  if (isDeepEqual(made.value, before)) return before
  if (isDeepEqual(made.value, make(came)?.value)) return made.value
  if (!make(before)) throw new SnapshotMismatch(path, `holds an ${what} that its schema rejects`)
  return before
}

/**
 * The context to persist. Of a raw and a parsed value only one is kept where they are equal, or where the raw one is not
 * serializable (`unsaved`: then it cannot be validated again).
 */
export function persistContext(kept: readonly FrameOwner[], context: PipelineContext): PipelineContext {
  const owners = new Map(kept.map((owner) => [owner.path, owner]))
  /** Inputs that are computed again on a restore, also for functions that got the same input. */
  const left = new Set<unknown>()
  const toSave = (frame: Frame | null): Frame | null => {
    if (!frame) return frame
    const { remade, fed, saving } = owners.get(frame.path) ?? {}
    const isLeft = remade !== undefined || (fed !== undefined && left.has(frame.input))
    if (isLeft && typeof frame.input === 'object' && frame.input !== null) left.add(frame.input)
    const { input: _, ...rest } = frame
    const form = saving?.()?.persist(frame) ?? frame
    // The arguments of a call are compared with those that the model wrote.
    const isCalled = context.call !== undefined && frame.path === kept[0]?.path && 'given' in frame
    const own = isCalled ? { ...form, given: frame.given } : form
    const whole = isLeft ? (rest as Frame) : persistGiven(own)
    // JSON turns undefined in an array into null, which a schema may reject.
    const gap = [whole.input, whole.given, whole.gave].some(hasUndefinedItem)
    const saved = gap ? { ...whole, unsaved: true } : whole
    // A copy of error data is not linked to the live error, which may hold much memory.
    return saved.error ? { ...saved, error: { ...saved.error } } : saved
  }
  // These properties are derived from the root's frame.
  const { messages: _, turn: __, ...whole } = context
  return { ...whole, slots: context.slots.map((page) => page.map(toSave)) }
}

/** The raw input and output, where they differ from the parsed ones. */
function persistGiven(frame: Frame): Frame {
  if (!('given' in frame) && !('gave' in frame)) return frame
  const { given, gave, ...rest } = frame
  const input = !isDeepEqual(given, frame.input) && 'given' in frame && { given }
  const output = !isDeepEqual(gave, frame.value) && 'gave' in frame && { gave }
  // JSON omits undefined, so it is lost as well.
  const isLost = (value: unknown) => value === undefined || findNonJson(value, '') !== undefined
  const lost = (input && isLost(given)) || (output && isLost(gave))
  return lost ? { ...rest, unsaved: true } : { ...rest, ...input, ...output }
}
