import { globalState } from './global-state.ts'

/** What is known of a failed request: the HTTP status, the server's error code and type, ids. */
export type RequestFailure = {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly type?: string | undefined
  readonly requestId?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
}
/** What is known of an error beside its own properties: `message` replaces its own, `isTransient`: a retry may succeed. */
export type ErrorDetails = RequestFailure & {
  readonly message?: string | undefined
  readonly isTransient?: boolean | undefined
  /** The response had begun when it failed. */
  readonly midway?: boolean
  readonly retryAfter?: number | undefined
}

/** In a WeakMap, because errors of other libraries may be frozen. */
const details = globalState('notes', () => new WeakMap<object, ErrorDetails>())
export const errorDetailsOf = (thrown: unknown): ErrorDetails | undefined => details.get(thrown as object)

/** Adds details to an error, and returns the error. */
export function withErrorDetails<T extends object>(thrown: T, note: ErrorDetails): T {
  details.set(thrown, { ...details.get(thrown), ...note })
  return thrown
}
