import { isError } from '../../border/shape.ts'
import type { RunContext, ToolCall } from '../../types.ts'
import type { ModelAnswer } from '../model-answer.ts'
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
type EmitEvent = RunContext['emit']
/** Who answered, and how its package counts. */
export type AnsweringModel = { readonly provider: string; readonly specificationVersion: string }
/** What an AI SDK model gives, of any version, as far as it is read here. */
export type GenerateResult = {
  content: readonly ContentPart[]
  finishReason: LanguageFinishReason | undefined
  usage?: LanguageTokens
  providerMetadata?: unknown
  response?: LanguageResponse
  warnings?: readonly unknown[]
}

/** The answer that came in one piece; what leaves while others stream leaves here as well. */
export function readGenerateResult(
  generated: GenerateResult,
  speaker: AnsweringModel,
  emit: EmitEvent,
): ProviderResponse {
  for (const part of generated.content) {
    if (part.type === 'reasoning' && part.text) emit({ type: 'reasoning', delta: part.text })
    emitPart(part, emit)
  }
  return toProviderResponse(generated, speaker)
}

/** Sources, files and what the provider's own tools did leave as events: no text has them. */
export function emitPart(part: ContentPart, emit: EmitEvent): void {
  const isTold = ['source', 'file', 'reasoning-file'].includes(part.type) || part.providerExecuted
  if (isTold) emit({ ...part, type: PROVIDER_TOOL_EVENTS[part.type] ?? part.type })
}
/** Under names of their own: calls of the user's tools are told by whoever makes them. */
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
  const said = texts.length > 0 ? texts.join('') : null
  const rawReason = typeof finishReason === 'object' ? finishReason?.raw : undefined
  // Version 2 has no such word; Anthropic's server calls nothing else a filter.
  const stopped = specificationVersion === 'v2' && !provider.includes('anthropic') ? 'filter' : rawReason
  const answer: ModelAnswer = {
    content: said,
    ...(isModelRefusal(reason, stopped, said) && { refusal: said || 'it did not say why' }),
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

/** Packages know a refusal as a content filter; what a filter stops has no words, or the filter is named. */
const isModelRefusal = (reason: string, raw: string | undefined, said: string | null): boolean =>
  reason === 'content_filter' && (raw === 'refusal' || (Boolean(said) && !FILTER_REASON.test(raw ?? '')))
const FILTER_REASON = /filter|safety|guardrail|blocklist|prohibited|recitation|spii|language|toxic|sensitive/i

/** Why it ended, in OpenAI's words; one who says nothing has broken off. */
function finishReasonOf(finish: LanguageFinishReason | undefined): string {
  const unified = typeof finish === 'object' && finish !== null ? finish.unified : finish
  const reason = String(unified ?? 'unknown').replaceAll('-', '_')
  if (reason === 'interrupted') throw cutOffError()
  return reason
}

/** What the provider ran itself is no call for us. */
export const toToolCalls = ({
  toolCallId: id,
  toolName: name = '',
  input = '',
  providerExecuted,
}: ContentPart): ToolCall[] =>
  providerExecuted
    ? []
    : [{ id: typeof id === 'string' ? id : '', type: 'function', function: { name, arguments: argumentsText(input) } }]
const argumentsText = (input: unknown): string => (typeof input === 'string' ? input : stringify(input))

/** Some providers see themselves that the line broke before the answer was whole. */
export const streamPartError = (error: unknown): Error =>
  isError(error) && /without a finish reason/i.test(error.message) ? cutOffError(error) : streamError(error)
