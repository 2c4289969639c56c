export { key } from './border/provided-values.ts'
export { PipelineError } from './errors.ts'
export { ModelError } from './models/failure/model-error.ts'
export { type Wait, waits } from './border/external-events/waits.ts'
export { actor } from './nodes/actor.ts'
export { agent } from './nodes/agent.ts'
export { asTool, type ToolContent } from './nodes/as-tool.ts'
export { branch } from './nodes/branch.ts'
export { chain } from './nodes/chain.ts'
export { decision } from './nodes/decision.ts'
export { flow } from './nodes/flow.ts'
export { fallback } from './nodes/fallback.ts'
export { fn } from './nodes/function.ts'
export { llmCall } from './nodes/llm-call.ts'
export { loop } from './nodes/loop.ts'
export { map } from './nodes/map.ts'
export { parallel } from './nodes/parallel.ts'
export { pass } from './nodes/pass.ts'
export { receive } from './nodes/receive.ts'
export { validator } from './nodes/validator.ts'
export { configure } from './observe/configure.ts'
export { createLogger } from './observe/logger.ts'
export { limit } from './run/limit.ts'
export { provided } from './run/provide.ts'
export type { ApprovalEvent } from './nodes/agent/approval-events.ts'
export type { AgentEvent } from './nodes/agent/message-events.ts'
export type { Transcript } from './nodes/agent/conversation.ts'
export type {
  AgentCall,
  AgentModel,
  AgentRound,
  Approve,
  BeforeTurn,
  RoundCall,
  ToolErrors,
  TurnChange,
} from './nodes/agent/types.ts'
export type { ModelProblem } from './models/failure/model-error.ts'
export type { CallSettings, LanguageModel, ProviderTool } from './models/language/language-model.ts'
export type { Price, Prices } from './models/prices.ts'
export type { Prompt } from './models/prompt.ts'
export type { Tool, ToolAnswer, ToolCallOf, Tools } from './models/tools.ts'
export type { Pass } from './nodes/function.ts'
export type { LlmCallConfig } from './nodes/llm-call.ts'
export type { Items } from './nodes/map.ts'
export type { LoggerOptions } from './observe/logger.ts'
export type { LimitRates } from './run/limit.ts'
export type {
  AnyFn,
  AskingMark,
  AssistantMessage,
  AudioPart,
  CancelEvent,
  ChatMessage,
  ChatMessageEvent,
  ChatModel,
  Child,
  Emitted,
  ErrorCode,
  ErrorData,
  EventsOf,
  FilePart,
  FinishEvent,
  Fn,
  FnMachine,
  Frame,
  ImagePart,
  InputOf,
  Issue,
  Json,
  JsonSchema,
  Key,
  LifecycleState,
  Limit,
  LimitTurn,
  Logger,
  Model,
  ModelAnswer,
  ModelRequest,
  NameOf,
  OutputOf,
  PersistedSnapshot,
  PipelineContext,
  Policy,
  ProgressEvent,
  PromptMessage,
  Provided,
  ProviderOptions,
  ProviderParts,
  ReasoningEvent,
  RefusedCode,
  RefusalPart,
  RefusedEvent,
  RunContext,
  RunEvent,
  RunStream,
  RunOptions,
  SafeResult,
  SchemaMissing,
  SchemaInput,
  SchemaOutput,
  Settled,
  StandardSchema,
  TextPart,
  TokenEvent,
  ToolCall,
  ApprovalRequestedEvent,
  ToolCallEvent,
  ToolChoice,
  ToolMark,
  ToolMessage,
  ToolResult,
  ToolResultEvent,
  ToolSpec,
  Usage,
  UsageEvent,
  UserPart,
  WaitingEvent,
} from './types.ts'
