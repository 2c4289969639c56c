import type { AnyActorRef } from 'xstate'
import {
  type ActiveStates,
  errorProblem,
  isIntegerBetween,
  isRecord,
  areRejectedAnswers,
  SnapshotMismatch,
} from '../border/restore.ts'
import { formatValue } from '../border/format-value.ts'
import { validate } from '../border/schema.ts'
import { findNonJson, hasUndefinedItem } from '../border/json-data.ts'
import { attempt, isDeepEqual } from '../border/shape.ts'
import type { CallMark, Frame, PipelineContext, StandardSchema } from '../types.ts'
import type { Kept, Slots } from './chart.ts'
import { describe } from '../errors.ts'
import { readSlot, writeSlot } from '../border/slots.ts'

/**
 * Holds the context of a saved run against its active states: each function that is active has its frame, with counters
 * within their bounds, an input that its schema takes, and an error only where it failed; nothing else has one. Throws a
 * `Mismatch`. Gives the context to go on with: what a schema makes is made anew, so that neither an edit nor what a
 * function did to its own input counts.
 */
export function heldContext(
  kept: readonly Kept[],
  active: ActiveStates,
  context: unknown,
  self: AnyActorRef,
): PipelineContext {
  const root = (kept[0] as Kept).path
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
  // The outer before the inner: what a function is fed with is made of the frame around it.
  const held = owners.reduce((now: Slots, owner) => {
    const frame = heldFrame(owner, now, active.get(owner.id) as readonly string[], self, call)
    return frame === readSlot(now, owner.slot) ? now : writeSlot(now, owner.slot, frame)
  }, slots as Slots)
  const shown = kept[0]?.shown()?.(readSlot(held, 0) as Frame, held)
  return { ...(context as PipelineContext), slots: held, ...shown }
}

/** In these states a function has not failed, or has, and in no other does its frame hold an error. */
const FAILED = new Set<string | undefined>(['failed', 'waitingToRetry'])
/** In these states the input was not looked at yet, or does not matter any more. */
const WITHOUT_INPUT = new Set<string | undefined>(['starting', 'validatingInput', 'complete', 'failed'])

function heldFrame(
  owner: Kept,
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
  let frame = owner.saving()?.revived(saved) ?? saved
  const [state] = inside
  // Who waits for another attempt has one left.
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
      refuse(`needs what it was called with once more, and that failed: ${describe(thrown).message.replace(/\.$/, '')}`)
    }
  }
  // What is no data is made again when a person has answered.
  const isRaw = state === 'waitingForApproval' && !('given' in frame)
  if (!WITHOUT_INPUT.has(state) && !isRaw) frame = withInput(owner, frame, slots)
  if (state === 'processingOutput') frame = withValue(owner, frame)
  if (!FAILED.has(state)) for (const check of checks) refuse(check(frame, slots, inside, call))
  return frame
}

/** What came in is known from the frame above, or saved beside what the schema made of it. */
function withInput({ path, input: schema, fed }: Kept, frame: Frame, slots: Slots): Frame {
  if (!schema) {
    if (fed && !isDeepEqual(frame.input, fed(slots)))
      throw new SnapshotMismatch(path, 'holds another input than it was given')
    return frame
  }
  if (frame.unsaved) return frame
  const came = fed ? fed(slots) : 'given' in frame ? frame.given : frame.input
  const input = madeAgain(path, schema, came, frame.input, 'input')
  return input === frame.input ? frame : { ...frame, input }
}

/** The same for an output that is about to be processed. */
function withValue({ path, output: schema }: Kept, frame: Frame): Frame {
  if (!schema || frame.unsaved) return frame
  const value = madeAgain(path, schema, 'gave' in frame ? frame.gave : frame.value, frame.value, 'output')
  return value === frame.value ? frame : { ...frame, value }
}

/** What the schema makes of what came; where it does not make the same twice, what it made before, if it takes that. */
function madeAgain(path: string, schema: StandardSchema, came: unknown, before: unknown, what: string): unknown {
  const make = (value: unknown) => attempt(() => ({ value: validate(schema, value) }))
  const made = make(came)
  if (!made) throw new SnapshotMismatch(path, `holds an ${what} that its schema rejects`)
  if (isDeepEqual(made.value, before)) return before
  if (isDeepEqual(made.value, make(came)?.value)) return made.value
  if (!make(before)) throw new SnapshotMismatch(path, `holds an ${what} that its schema rejects`)
  return before
}

/**
 * The context as it is saved. Of what came in and what the schema made of it only one is kept where both are the same,
 * or where what came in is no data (`unsaved`: then it cannot be asked again).
 */
export function contextToSave(kept: readonly Kept[], context: PipelineContext): PipelineContext {
  const owners = new Map(kept.map((owner) => [owner.path, owner]))
  /** Inputs that are made again; whoever was fed with the same has it from there. */
  const left = new Set<unknown>()
  const toSave = (frame: Frame | null): Frame | null => {
    if (!frame) return frame
    const { remade, fed, saving } = owners.get(frame.path) ?? {}
    const isLeft = remade !== undefined || (fed !== undefined && left.has(frame.input))
    if (isLeft && typeof frame.input === 'object' && frame.input !== null) left.add(frame.input)
    const { input: _, ...rest } = frame
    const form = saving?.()?.toSave(frame) ?? frame
    // The arguments of a call are held against those that the model wrote.
    const isCalled = context.call !== undefined && frame.path === kept[0]?.path && 'given' in frame
    const own = isCalled ? { ...form, given: frame.given } : form
    const whole = isLeft ? (rest as Frame) : givenToSave(own)
    // In a list JSON has null for what is undefined, which a schema need not take.
    const gap = [whole.input, whole.given, whole.gave].some(hasUndefinedItem)
    const saved = gap ? { ...whole, unsaved: true } : whole
    // A copy of an error does not lead to the live one, which may hold much.
    return saved.error ? { ...saved, error: { ...saved.error } } : saved
  }
  // What is told of the root is in its frame.
  const { messages: _, turn: __, ...whole } = context
  return { ...whole, slots: context.slots.map((page) => page.map(toSave)) }
}

/** What came in and what came out before a schema made something else of it. */
function givenToSave(frame: Frame): Frame {
  if (!('given' in frame) && !('gave' in frame)) return frame
  const { given, gave, ...rest } = frame
  const came = !isDeepEqual(given, frame.input) && 'given' in frame && { given }
  const said = !isDeepEqual(gave, frame.value) && 'gave' in frame && { gave }
  // What JSON leaves out is lost as well.
  const isLost = (value: unknown) => value === undefined || findNonJson(value, '') !== undefined
  const lost = (came && isLost(given)) || (said && isLost(gave))
  return lost ? { ...rest, unsaved: true } : { ...rest, ...came, ...said }
}
