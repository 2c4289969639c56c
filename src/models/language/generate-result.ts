import { isError } from '../../border/shape.ts'
import type { RunContext, ToolCall } from '../../types.ts'
import type { ProviderAnswer } from '../provider-answer.ts'
import { cutOffError } from '../failure/cut-off-error.ts'
import { streamError } from '../failure/annotate-error.ts'
import { type LanguageUsage as LanguageTokens, toTokenUsage } from './language-usage.ts'
import { type ContentPart, providerParts } from '../provider-parts.ts'
import type { ProviderResponse } from '../provider.ts'
import { responseMetadata } from '../response-metadata.ts'
import { stringify } from '../stringify.ts'

type LanguageFinishReason = string | { unified: string; raw?: string | undefined }
type LanguageResponse = {
  id?: string
  modelId?: string
  timestamp?: unknown
  headers?: unknown
}
type EmitFunction = RunContext['emit']
/** The provider and specification of the model that answered. */
export type AnsweringModel = { readonly provider: string; readonly specificationVersion: string }
/** The result of `doGenerate` of specification 2, 3 or 4; only the fields that are read here. */
export type GenerateResult = {
  content: readonly ContentPart[]
  finishReason: LanguageFinishReason | undefined
  usage?: LanguageTokens
  providerMetadata?: unknown
  response?: LanguageResponse
  warnings?: readonly unknown[]
}

/** Reads a result of `doGenerate`, and emits the same events as a stream does. */
export function readGenerateResult(
  generated: GenerateResult,
  speaker: AnsweringModel,
  emit: EmitFunction,
): ProviderResponse {
  for (const part of generated.content) {
    if (part.type === 'reasoning' && part.text) emit({ type: 'reasoning', delta: part.text })
    emitPart(part, emit)
  }
  return toProviderResponse(generated, speaker)
}

/** Emits sources, files, and calls and results of provider-executed tools, which are not part of the text. */
export function emitPart(part: ContentPart, emit: EmitFunction): void {
  const isTold = ['source', 'file', 'reasoning-file'].includes(part.type) || part.providerExecuted
  if (isTold) emit({ ...part, type: PROVIDER_TOOL_EVENTS[part.type] ?? part.type })
}
/** Their own event types: tool calls of the client are emitted by the agent. */
const PROVIDER_TOOL_EVENTS: Readonly<Record<string, string>> = {
  'tool-call': 'providerToolCall',
  'tool-result': 'providerToolResult',
}

export function toProviderResponse(
  generated: GenerateResult,
  { provider, specificationVersion }: AnsweringModel,
): ProviderResponse {
  const { content, finishReason, usage, providerMetadata, response, warnings } = generated
  const reason = finishReasonOf(finishReason)
  const texts = content.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
  const joinedText = texts.length > 0 ? texts.join('') : null
  const rawReason = typeof finishReason === 'object' ? finishReason?.raw : undefined
  // Specification 2 has no raw reason; Anthropic's package reports only refusals as a content filter.
  const stopped = specificationVersion === 'v2' && !provider.includes('anthropic') ? 'filter' : rawReason
  const answer: ProviderAnswer = {
    content: joinedText,
    ...(isModelRefusal(reason, stopped, joinedText) && { refusal: joinedText || 'no reason was given' }),
    tool_calls: content.filter(({ type }) => type === 'tool-call').flatMap(toToolCalls),
    reason,
    rawReason,
    parts: providerParts(provider, content),
  }
  return {
    answers: [answer],
    usage: toTokenUsage({ usage, providerMetadata, provider, specificationVersion }),
    response: responseMetadata({ ...response, providerMetadata }),
    warnings,
  }
}

/** The AI SDK reports a refusal as `content-filter`. With a filter's raw reason, or without text, it is a filter. */
const isModelRefusal = (reason: string, raw: string | undefined, joinedText: string | null): boolean =>
  reason === 'content_filter' && (raw === 'refusal' || (Boolean(joinedText) && !FILTER_REASON.test(raw ?? '')))
const FILTER_REASON = /filter|safety|guardrail|blocklist|prohibited|recitation|spii|language|toxic|sensitive/i

/** The finish reason in OpenAI's terms. Throws a `ModelError` for an interrupted answer. */
function finishReasonOf(finish: LanguageFinishReason | undefined): string {
  const unified = typeof finish === 'object' && finish !== null ? finish.unified : finish
  const reason = String(unified ?? 'unknown').replaceAll('-', '_')
  if (reason === 'interrupted') throw cutOffError()
  return reason
}

/** The tool call of a part; none for a provider-executed one. */
export const toToolCalls = ({
  toolCallId: id,
  toolName: name = '',
  input = '',
  providerExecuted,
}: ContentPart): ToolCall[] =>
  providerExecuted
    ? []
    : [{ id: typeof id === 'string' ? id : '', type: 'function', function: { name, arguments: inputAsText(input) } }]
const inputAsText = (input: unknown): string => (typeof input === 'string' ? input : stringify(input))

/** The error of a stream part; some packages report a broken connection themselves. */
export const streamPartError = (error: unknown): Error =>
  isError(error) && /without a finish reason/i.test(error.message) ? cutOffError(error) : streamError(error)
