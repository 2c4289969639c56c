import type { JsonSchema } from './json.ts'
import type { ChatMessage } from './messages.ts'

/** In an agent: the turn of its model that it belongs to, and in a tool the call that it runs for. */
type InAgent = { callId?: string; turn?: number }

/** Events that leave the actor (`actor.on('token', …)`); other kinds that a leaf emits arrive under `'*'`. */
export type TokenEvent = InAgent & { type: 'token'; path: string; delta: string }
/** Reasoning of a model before its answer, as far as its provider returns it. */
export type ReasoningEvent = InAgent & { type: 'reasoning'; path: string; delta: string }
/** `inputTokens` are all of them, those that came from the provider's cache or were written to it included. */
export type UsageEvent = InAgent & {
  type: 'usage'
  path: string
  inputTokens: number
  outputTokens: number
  cost?: number
  cachedInputTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
}
/** Why an answer ended, in OpenAI's terms; `rawReason` in the provider's own, where they differ. */
export type FinishEvent = { type: 'finish'; path: string; reason: string; rawReason?: string }
/** The progress of a function, with keys of its own. */
export type ProgressEvent = InAgent & { type: 'progress'; path: string; [key: string]: unknown }
/** A run begins to wait at `path`: for one of these events, each by the JSON Schema of its payload. */
export type WaitingEvent = { type: 'waiting'; path: string; events: Readonly<Record<string, JsonSchema>> }
/**
 * Why an outside event was rejected: nothing ever waits for its type, or at its path; what it is meant for does not wait
 * for it now (or was answered already); more than one state could take it; its payload does not fit.
 */
export type RefusedCode = 'unknown_type' | 'unknown_path' | 'not_now' | 'ambiguous' | 'invalid'
/** An external event that no state takes: `path` is where it was sent to, `reason` is why and what to do. */
export type RefusedEvent = {
  type: 'refused'
  path?: string
  event: { type: string }
  reason: string
  code: RefusedCode
}
/** A message that an agent adds to its conversation: of its model (a text beside calls included), or of a tool. */
export type ChatMessageEvent = { type: 'message'; path: string; turn: number; message: ChatMessage }
/** A model calls a tool: `arguments` is the JSON text that it wrote, `input` the parsed arguments. */
export type ToolCallEvent = {
  type: 'toolCall'
  path: string
  turn: number
  callId: string
  name: string
  arguments: string
  /** Missing where the arguments are invalid. */
  input?: unknown
}
/** A tool call waits for approval; `input` is the parsed arguments. */
export type ApprovalRequestedEvent = {
  type: 'approvalRequested'
  path: string
  turn: number
  callId: string
  name: string
  input: unknown
}
/** A tool call has ended: `content` is the result that the model gets. */
export type ToolResultEvent = {
  type: 'toolResult'
  path: string
  turn: number
  callId: string
  name: string
  success: boolean
  content: unknown
}
export type Emitted =
  | TokenEvent
  | ReasoningEvent
  | UsageEvent
  | FinishEvent
  | RefusedEvent
  | WaitingEvent
  | ChatMessageEvent
  | ToolCallEvent
  | ApprovalRequestedEvent
  | ToolResultEvent

/**
 * The states of every function; those that it does not need are left out. Of calls of an agent's tools alone: `queued`
 * (others run first), `waitingForApproval`, and `rejected`.
 */
export type LifecycleState =
  | 'validatingInput'
  | 'waitingForLimit'
  | 'queued'
  | 'waitingForApproval'
  | 'running'
  | 'validatingOutput'
  | 'processingOutput'
  | 'waitingToRetry'
  | 'complete'
  | 'rejected'
  | 'failed'
