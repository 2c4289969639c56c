import { type ActiveStates, errorProblem, isCount, isRecord, Mismatch } from '../border/resuming.ts'
import { validate } from '../border/schema.ts'
import { findForeign } from '../border/saving.ts'
import { attempt, isSame } from '../border/shape.ts'
import type { Frame, PipelineContext, StandardSchema } from '../types.ts'
import type { Kept, Slots } from './chart.ts'
import { read } from './slots.ts'

/**
 * Holds the context of a saved run against its active states: each function that is active has its frame, with counters
 * within their bounds, an input that its schema takes, and an error only where it failed; nothing else has one. Throws a
 * `Mismatch`.
 */
export function checkContext(kept: readonly Kept[], active: ActiveStates, context: unknown): void {
  const root = (kept[0] as Kept).path
  const { runId, slots, usage } = Object(context) as Partial<PipelineContext>
  if (typeof runId !== 'string') throw new Mismatch(root, 'has no run id')
  const counts = Object.values(Object(usage) as object)
  if (!isRecord(usage) || !counts.every((count) => typeof count === 'number' && Number.isFinite(count))) {
    throw new Mismatch(root, 'has usage that is no number')
  }
  if (!Array.isArray(slots) || !slots.every(Array.isArray)) throw new Mismatch(root, 'has no frames')
  const owners = kept.filter(({ id }) => active.has(id))
  for (const { path, slot } of owners) {
    const frame: unknown = read(slots as Slots, slot)
    if (!isRecord(frame) || frame.path !== path) throw new Mismatch(path, 'is active and has no frame')
  }
  const frames = (slots as Slots).flat().filter((frame) => frame !== null && frame !== undefined)
  if (frames.length !== owners.length) throw new Mismatch(root, 'has frames of functions that are not active')
  for (const owner of owners) {
    const problem = problemOf(owner, slots as Slots, active.get(owner.id) as readonly string[])
    if (problem !== undefined) throw new Mismatch(owner.path, problem)
  }
}

/** In these states a function has not failed, or has, and in no other does its frame hold an error. */
const FAILED = new Set<string | undefined>(['failed', 'waitingToRetry'])
/** In these states the input was not looked at yet, or does not matter any more. */
const WITHOUT_INPUT = new Set<string | undefined>(['starting', 'validatingInput', 'complete', 'failed'])

function problemOf(owner: Kept, slots: Slots, inside: readonly string[]): string | undefined {
  const { policy, slot, round, checks } = owner
  const frame = read(slots, slot) as Frame
  const [state] = inside
  const { retry } = policy
  // Who waits for another attempt has one left.
  const most = (retry?.attempts ?? 1) - (state === 'waitingToRetry' ? 1 : 0)
  if (!isCount(frame.attempt, 1, most)) return `is in attempt ${show(frame.attempt)}`
  if (frame.round !== round(slots)) return `is in round ${show(frame.round)}, and what is around it is not`
  const failure = FAILED.has(state) ? errorProblem(frame.error) : frame.error && `holds an error in the state ${state}`
  if (failure) return failure
  if (!WITHOUT_INPUT.has(state)) {
    const problem = inputProblem(owner, frame, slots)
    if (problem !== undefined) return problem
  }
  if (state === 'processingOutput') {
    const problem = outputProblem(owner, frame)
    if (problem !== undefined) return problem
  }
  if (FAILED.has(state)) return undefined
  for (const check of checks) {
    const problem = check(frame, slots, inside)
    if (problem !== undefined) return problem
  }
  return undefined
}

/**
 * What came in is known from the frame above, or saved beside what the schema made of it. The schema must still take the
 * one and make the other of it; or, where it does not make the same twice, take what it made.
 */
function inputProblem({ input: schema, fed }: Kept, frame: Frame, slots: Slots): string | undefined {
  if (!schema) return fed && !isSame(frame.input, fed(slots)) ? 'holds another input than it was given' : undefined
  if (frame.unsaved) return undefined
  const came = fed ? fed(slots) : 'given' in frame ? frame.given : frame.input
  return madeProblem(schema, came, frame.input, 'input')
}

/** The same for an output that is about to be processed. */
function outputProblem({ output: schema }: Kept, frame: Frame): string | undefined {
  if (!schema || frame.unsaved) return undefined
  return madeProblem(schema, 'gave' in frame ? frame.gave : frame.value, frame.value, 'output')
}

function madeProblem(schema: StandardSchema, came: unknown, is: unknown, what: string): string | undefined {
  const refused = `holds an ${what} that its schema refuses`
  const make = (value: unknown) => attempt(() => ({ value: validate(schema, value) }))
  const made = make(came)
  if (!made) return refused
  // What came and what was made of it may be the same data, and a schema need not make the same of it again.
  if (isSame(made.value, is) || isSame(came, is)) return undefined
  if (isSame(made.value, make(came)?.value)) return `holds another ${what} than its schema makes of what came`
  return make(is) ? undefined : refused
}

const show = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value))

/**
 * The context as it is saved. Of what came in and what the schema made of it only one is kept where both are the same,
 * or where what came in is no data (`unsaved`: then it cannot be asked again).
 */
export function contextToSave(context: PipelineContext): PipelineContext {
  const toSave = (frame: Frame | null): Frame | null => {
    if (!frame) return frame
    const kept = givenToSave(frame)
    // A copy of an error does not lead to the live one, which may hold much.
    return kept.error ? { ...kept, error: { ...kept.error } } : kept
  }
  return { ...context, slots: context.slots.map((page) => page.map(toSave)) }
}

/** What came in and what came out before a schema made something else of it. */
function givenToSave(frame: Frame): Frame {
  if (!('given' in frame) && !('gave' in frame)) return frame
  const { given, gave, ...rest } = frame
  const came = !isSame(given, frame.input) && 'given' in frame && { given }
  const said = !isSame(gave, frame.value) && 'gave' in frame && { gave }
  const foreign = [came && given, said && gave].some((value) => findForeign(value, ''))
  return foreign ? { ...rest, unsaved: true } : { ...rest, ...came, ...said }
}
