import { globalState } from './global-state.ts'

/** What a server said of a failure, as far as it is known. */
export type ServerError = {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly type?: string | undefined
  readonly requestId?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
}
/** What is known of an error beside what it says itself: `words` for its message, and whether it `passes` with time. */
export type ErrorDetails = ServerError & {
  readonly words?: string | undefined
  readonly passes?: boolean | undefined
  /** It happened in an answer that had begun. */
  readonly midway?: boolean
  readonly retryAfter?: number | undefined
}

/** Kept beside the errors, because those of other libraries are theirs, and may be frozen. */
const details = globalState('notes', () => new WeakMap<object, ErrorDetails>())
export const errorDetailsOf = (thrown: unknown): ErrorDetails | undefined => details.get(thrown as object)

/** The same error, of which this is known from now on. */
export function withErrorDetails<T extends object>(thrown: T, note: ErrorDetails): T {
  details.set(thrown, { ...details.get(thrown), ...note })
  return thrown
}
