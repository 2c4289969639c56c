import type { AnyActorRef, Snapshot } from 'xstate'
import { bears, commonSymbol } from './copies.ts'
import { FACTS, isErrorCode, moved } from '../errors.ts'

const MISMATCH = commonSymbol('mismatch')

/** Thrown where a saved run does not fit its chart: where, and what is wrong there. */
export class Mismatch extends Error {
  readonly path: string
  readonly what: string

  constructor(path: string, what: string) {
    super(`${path}: ${what}`)
    Object.defineProperty(this, MISMATCH, { value: true })
    this.path = path
    this.what = what
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return bears(value, MISMATCH)
  }

  /** What `resume` gives; where that fails inside `from`, the error says that it was at `to`. */
  static within<T>(from: string, to: string, resume: () => T): T {
    try {
      return resume()
    } catch (thrown) {
      if (thrown instanceof Mismatch) throw new Mismatch(moved(thrown.path, from, to), thrown.what)
      throw thrown
    }
  }
}

/** Where actor logic of ours says how an actor of it is taken up again. */
export const RESUME: unique symbol = commonSymbol('resume') as never
/**
 * `saved` is what the actor persisted, `input` what the chart gives it now, by the data of the state that invokes it:
 * what is known twice is taken from there. Gives the snapshot to restore; throws a `Mismatch`.
 */
export type Resume = (saved: unknown, input: unknown, parent: AnyActorRef) => Snapshot<unknown>
export type Resumable = { readonly [RESUME]: Resume }

/** For each active state, by its id: the states that are active in it, the outermost first, where there is one of each. */
export type ActiveStates = ReadonlyMap<string, readonly string[]>
/** Where a config says how the context of a run is saved, and how it is held against the chart again. */
export const KEEPS: unique symbol = commonSymbol('keeps') as never
export type Keeps = {
  toSave(context: object): object
  /** The context to go on with; throws a `Mismatch` where it is none of these states. */
  held(active: ActiveStates, context: unknown, self: AnyActorRef): object
}

/** An actor that has not done anything yet. */
export const beginning = (input: unknown): Snapshot<unknown> =>
  ({ status: 'active', output: undefined, error: undefined, input }) as Snapshot<unknown>

/** Whether an actor of ours was over when it was saved, and its machine had not heard of that yet: it has no input. */
export function isUnheard(saved: unknown): boolean {
  const { status, input } = saved as { status?: unknown; input?: unknown }
  return status !== 'active' && input === undefined
}

/** The same logic, whose actors begin anew when a run is taken up again. */
export const beginsAnew = <L extends object>(logic: L): L & Resumable =>
  Object.assign(logic, { [RESUME]: (_: unknown, input: unknown) => beginning(input) })

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A whole number from `least` to `most`. */
export const isCount = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most

const STATUSES = ['active', 'done', 'error', 'stopped']
export const isStatus = (value: unknown): value is string => STATUSES.includes(value as string)

/** What a schema said, as data. */
export const isIssues = (issues: unknown): boolean =>
  Array.isArray(issues) &&
  issues.every((issue) => isRecord(issue) && typeof issue.message === 'string' && Array.isArray(issue.path))

/** Whether what a saved run holds is a list of answers that were refused: at most one for each attempt before. */
export const isRefused = (refused: unknown, attempt: number): boolean =>
  Array.isArray(refused) && refused.length < attempt && refused.every((one) => isRecord(one) && isIssues(one.issues))

export const isErrorData = (error: unknown): boolean => errorProblem(error) === undefined

/** What is wrong with an error as data, or nothing. */
export function errorProblem(error: unknown): string | undefined {
  if (!isRecord(error)) return 'holds no error where it failed'
  const { name, code, message, path, state, attempts, issues, retryAfter, cause } = error
  const texts = [message, path, state].every((part) => typeof part === 'string')
  const fits =
    name === 'PipelineError' &&
    isErrorCode(code) &&
    texts &&
    isCount(attempts, 1) &&
    (issues === undefined || isIssues(issues)) &&
    (retryAfter === undefined || (typeof retryAfter === 'number' && retryAfter >= 0)) &&
    (cause === undefined || isCause(cause))
  return fits ? undefined : 'holds an error that is not a PipelineError'
}

const isCause = (cause: unknown): boolean =>
  isRecord(cause) &&
  [cause.name, cause.message].every((part) => typeof part === 'string') &&
  Object.entries(FACTS).every(([key, kind]) => cause[key] === undefined || typeof cause[key] === kind)
