import type { ChatMessage } from './messages.ts'
import type { Usage } from './usage.ts'

/** What kind of failure it was. */
export type ErrorCode =
  | 'input_validation'
  | 'run'
  | 'output_validation'
  | 'timeout'
  | 'aborted'
  | 'invalid_choice'
  | 'max_iterations'
  | 'rejected'
  | 'snapshot_mismatch'

/** One complaint of a schema: `path` leads to the value, `[]` is the value itself. */
export interface Issue {
  readonly message: string
  readonly path: readonly (string | number)[]
}

/** The one error that a run ends with; the class of the same name is its constructor. */
export interface PipelineError extends Error {
  readonly code: ErrorCode
  /** Where: `creditAnalysis.deciding.chat`. */
  readonly path: string
  /** The lifecycle state that it happened in. */
  readonly state: string
  /** How many times it was tried in all. */
  readonly attempts: number
  /** What the schema said, for the two validation codes. */
  readonly issues?: readonly Issue[]
  /** In ms: how long to wait before another try, as what was thrown (or its cause) said with a `retryAfter` of its own. */
  readonly retryAfter?: number
  /** What the run had used when it ended: of the error that a whole run ends with. */
  readonly usage?: Readonly<Usage>
  /** Of an agent that failed: its conversation. Not enumerable, not in `toJSON()`, and gone after a restore. */
  readonly messages?: readonly ChatMessage[]
  /** The original error in process; as in `toJSON()` after a restore. */
  readonly cause?: unknown
  toJSON(): ErrorData
}

/** A `PipelineError` as JSON: no stack, nothing live. */
export type ErrorData = {
  name: 'PipelineError'
  code: ErrorCode
  message: string
  path: string
  state: string
  attempts: number
  issues?: readonly Issue[]
  retryAfter?: number
  usage?: Readonly<Usage>
  /** While the process lives, as that of the error: not enumerable, and in no JSON. */
  readonly messages?: readonly ChatMessage[]
  cause?: { name: string; message: string; status?: number } & { [K in Told]?: string }
}

/** What a model's server said of a failure, beside its status of HTTP. */
type Told = 'code' | 'type' | 'requestId' | 'provider' | 'model'
