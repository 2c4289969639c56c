import type { JsonSchema } from './json.ts'

/** Events that leave the actor (`actor.on('token', …)`); other kinds that a leaf emits arrive under `'*'`. */
export type TokenEvent = { type: 'token'; path: string; delta: string }
/** What a model thinks before it answers, as far as its provider tells. */
export type ReasoningEvent = { type: 'reasoning'; path: string; delta: string }
/** `inputTokens` are all of them, those that came from the provider's cache or were written to it included. */
export type UsageEvent = {
  type: 'usage'
  path: string
  inputTokens: number
  outputTokens: number
  cost?: number
  cachedInputTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
}
/** Why an answer ended, in OpenAI's words; `rawReason` in those of the provider, where they are others. */
export type FinishEvent = { type: 'finish'; path: string; reason: string; rawReason?: string }
/** How far a function is, in its own words. */
export type ProgressEvent = { type: 'progress'; path: string; [key: string]: unknown }
/** A run begins to wait at `path`: for one of these events, each by the JSON Schema of its payload. */
export type WaitingEvent = { type: 'waiting'; path: string; events: Readonly<Record<string, JsonSchema>> }
/**
 * Why an outside event was rejected: nothing ever waits for its type, or at its path; what it is meant for does not wait
 * for it now (or was answered already); more than one state could take it; its payload does not fit.
 */
export type RefusedCode = 'unknown_type' | 'unknown_path' | 'not_now' | 'ambiguous' | 'invalid'
/** An outside event that no state takes: `path` is where it was meant for, `reason` says why and what to do. */
export type RefusedEvent = {
  type: 'refused'
  path?: string
  event: { type: string }
  reason: string
  code: RefusedCode
}
/** A model asks for a tool: `arguments` is the JSON text that it wrote. */
export type ToolCallEvent = { type: 'toolCall'; path: string; id: string; name: string; arguments: string }
/** A call of a tool waits for a person's word; `input` is what its arguments mean. */
export type ApprovalRequestedEvent = {
  type: 'approvalRequested'
  path: string
  turn: number
  callId: string
  name: string
  input: unknown
}
/** What the model is told of it. */
export type ToolResultEvent = {
  type: 'toolResult'
  path: string
  id: string
  name: string
  success: boolean
  content: string
}
export type Emitted =
  | TokenEvent
  | ReasoningEvent
  | UsageEvent
  | FinishEvent
  | RefusedEvent
  | WaitingEvent
  | ToolCallEvent
  | ApprovalRequestedEvent
  | ToolResultEvent

/** The states of every function; those that it does not need are left out. */
export type LifecycleState =
  | 'validatingInput'
  | 'waitingForLimit'
  | 'running'
  | 'validatingOutput'
  | 'processingOutput'
  | 'waitingToRetry'
  | 'complete'
  | 'failed'
