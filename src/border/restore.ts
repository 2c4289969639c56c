import type { AnyActorRef, Snapshot } from 'xstate'
import { globalSymbol, hasSymbol } from './global-state.ts'
import { CAUSE_FIELDS, isErrorCode, movePath, toCause } from '../errors.ts'

const MISMATCH = globalSymbol('mismatch')

/** Thrown when a persisted snapshot does not fit the machine: `path` is where, `problem` what is wrong there. */
export class SnapshotMismatch extends Error {
  readonly path: string
  readonly problem: string

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`)
    Object.defineProperty(this, MISMATCH, { value: true })
    this.path = path
    this.problem = problem
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasSymbol(value, MISMATCH)
  }

  /** A thrown value as a mismatch; any other error is one at `path`. */
  static of(thrown: unknown, path: string): SnapshotMismatch {
    if (thrown instanceof SnapshotMismatch) return thrown
    return new SnapshotMismatch(path, `cannot be read: ${toCause(thrown).message}`)
  }

  /** Returns what `resume` returns; the path of a mismatch below `from` is moved to `to`. */
  static relocate<T>(from: string, to: string, resume: () => T): T {
    try {
      return resume()
    } catch (thrown) {
      if (thrown instanceof SnapshotMismatch)
        throw new SnapshotMismatch(movePath(thrown.path, from, to), thrown.problem)
      throw thrown
    }
  }
}

/** The key under which actor logic of tinyllm has the function that restores its actors. */
export const RESUME: unique symbol = globalSymbol('resume') as never
/**
 * `saved` is the actor's persisted snapshot, `input` the input that the invoking state computes now; where both hold the
 * same data, `input` wins. Returns the snapshot to restore; throws a `SnapshotMismatch`.
 */
export type Resume = (saved: unknown, input: unknown, parent: AnyActorRef) => Snapshot<unknown>
export type Resumable = { readonly [RESUME]: Resume }

/** For each active state, by its id: the keys of the active states inside it, the outermost first. */
export type ActiveStates = ReadonlyMap<string, readonly string[]>
/** The key under which a config has the functions that persist and restore the context of a run. */
export const CONTEXT_CODEC: unique symbol = globalSymbol('keeps') as never
export type ContextCodec = {
  persist(context: object): object
  /** The restored context; throws a `SnapshotMismatch` where it does not fit the active states. */
  restore(active: ActiveStates, context: unknown, self: AnyActorRef): object
}

/** The snapshot of an actor that has not started. */
export const freshSnapshot = (input: unknown): Snapshot<unknown> =>
  ({ status: 'active', output: undefined, error: undefined, input }) as Snapshot<unknown>

/** Whether an actor had ended when it was saved, and its parent had not processed that event yet: it has no input. */
export function isUnreported(saved: unknown): boolean {
  const { status, input } = saved as { status?: unknown; input?: unknown }
  return status !== 'active' && input === undefined
}

/** The same logic; its actors start from the beginning when a run is restored. */
export const restartOnRestore = <L extends object>(logic: L): L & Resumable =>
  Object.assign(logic, { [RESUME]: (_: unknown, input: unknown) => freshSnapshot(input) })

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A whole number from `least` to `most`. */
export const isIntegerBetween = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most

const STATUSES = ['active', 'done', 'error', 'stopped']
export const isStatus = (value: unknown): value is string => STATUSES.includes(value as string)

/** Whether a value is a list of the issues of a schema, as data. */
export const isIssues = (issues: unknown): boolean =>
  Array.isArray(issues) &&
  issues.every((issue) => isRecord(issue) && typeof issue.message === 'string' && Array.isArray(issue.path))

/** Whether a value is a list of rejected answers: at most one for each earlier attempt. */
export const areRejectedAnswers = (refused: unknown, attempt: number): boolean =>
  Array.isArray(refused) && refused.length < attempt && refused.every((one) => isRecord(one) && isIssues(one.issues))

export const isErrorData = (error: unknown): boolean => errorProblem(error) === undefined

/** What is wrong with an error as data; undefined if it is valid. */
export function errorProblem(error: unknown): string | undefined {
  if (!isRecord(error)) return 'holds no error where it failed'
  const { name, code, message, path, state, attempts, issues, retryAfter, cause } = error
  const texts = [message, path, state].every((part) => typeof part === 'string')
  const fits =
    name === 'PipelineError' &&
    isErrorCode(code) &&
    texts &&
    isIntegerBetween(attempts, 1) &&
    (issues === undefined || isIssues(issues)) &&
    (retryAfter === undefined || (typeof retryAfter === 'number' && retryAfter >= 0)) &&
    (cause === undefined || isCause(cause))
  return fits ? undefined : 'holds an error that is not a PipelineError'
}

const isCause = (cause: unknown): boolean =>
  isRecord(cause) &&
  [cause.name, cause.message].every((part) => typeof part === 'string') &&
  Object.entries(CAUSE_FIELDS).every(([key, kind]) => cause[key] === undefined || typeof cause[key] === kind)
