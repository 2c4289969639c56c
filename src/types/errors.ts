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

/** One issue of a schema: `path` leads to the value, `[]` is the value itself. */
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
  /** The issues of the schema, for the two validation codes. */
  readonly issues?: readonly Issue[]
  /** In ms: the delay before another attempt, from the `retryAfter` of the thrown value or its cause. */
  readonly retryAfter?: number
  /** Of the error that a whole run ends with: the usage of the run. */
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
  cause?: { name: string; message: string; status?: number } & { [K in RequestDetail]?: string }
}

/** Details of a failed request, beside the HTTP status. */
type RequestDetail = 'code' | 'type' | 'requestId' | 'provider' | 'model'
