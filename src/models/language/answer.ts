import { isError } from '../../border/shape.ts'
import type { RunContext, ToolCall } from '../../types.ts'
import type { Answer } from '../answer.ts'
import { cutOff } from '../failure/cut-off.ts'
import { midway } from '../failure/explained.ts'
import { type Tokens as LanguageTokens, usageOf } from './usage.ts'
import { type ContentPart, partsOf } from '../parts.ts'
import type { Reply } from '../provider.ts'
import { responseFacts } from '../response-facts.ts'
import { write } from '../writing.ts'

type Finish = string | { unified: string; raw?: string | undefined }
type Response = {
  id?: string
  modelId?: string
  timestamp?: unknown
  headers?: unknown
}
type Emit = RunContext['emit']
/** Who answered, and how its package counts. */
export type Speaker = { readonly provider: string; readonly specificationVersion: string }
/** What an AI SDK model gives, of any version, as far as it is read here. */
export type Generated = {
  content: readonly ContentPart[]
  finishReason: Finish | undefined
  usage?: LanguageTokens
  providerMetadata?: unknown
  response?: Response
  warnings?: readonly unknown[]
}

/** The answer that came in one piece; what leaves while others stream leaves here as well. */
export function readGenerated(generated: Generated, speaker: Speaker, emit: Emit): Reply {
  for (const part of generated.content) {
    if (part.type === 'reasoning' && part.text) emit({ type: 'reasoning', delta: part.text })
    tellPart(part, emit)
  }
  return replyOf(generated, speaker)
}

/** Sources, files and what the provider's own tools did leave as events: no text has them. */
export function tellPart(part: ContentPart, emit: Emit): void {
  const isTold = ['source', 'file', 'reasoning-file'].includes(part.type) || part.providerExecuted
  if (isTold) emit({ ...part, type: TOLD_AS[part.type] ?? part.type })
}
/** Under names of their own: calls of the user's tools are told by whoever makes them. */
const TOLD_AS: Readonly<Record<string, string>> = {
  'tool-call': 'providerToolCall',
  'tool-result': 'providerToolResult',
}

export function replyOf(generated: Generated, { provider, specificationVersion }: Speaker): Reply {
  const { content, finishReason, usage, providerMetadata, response, warnings } = generated
  const reason = reasonOf(finishReason)
  const texts = content.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
  const said = texts.length > 0 ? texts.join('') : null
  const rawReason = typeof finishReason === 'object' ? finishReason?.raw : undefined
  // Version 2 has no such word; Anthropic's server calls nothing else a filter.
  const stopped = specificationVersion === 'v2' && !provider.includes('anthropic') ? 'filter' : rawReason
  const answer: Answer = {
    content: said,
    ...(isRefusal(reason, stopped, said) && { refusal: said || 'it did not say why' }),
    tool_calls: content.filter(({ type }) => type === 'tool-call').flatMap(wire),
    reason,
    rawReason,
    parts: partsOf(provider, content),
  }
  return {
    answers: [answer],
    usage: usageOf({ usage, providerMetadata, provider, specificationVersion }),
    response: responseFacts({ ...response, providerMetadata }),
    warnings,
  }
}

/** Packages know a refusal as a content filter; what a filter stops has no words, or the filter is named. */
const isRefusal = (reason: string, raw: string | undefined, said: string | null): boolean =>
  reason === 'content_filter' && (raw === 'refusal' || (Boolean(said) && !FILTERS.test(raw ?? '')))
const FILTERS = /filter|safety|guardrail|blocklist|prohibited|recitation|spii|language|toxic|sensitive/i

/** Why it ended, in OpenAI's words; one who says nothing has broken off. */
function reasonOf(finish: Finish | undefined): string {
  const unified = typeof finish === 'object' && finish !== null ? finish.unified : finish
  const reason = String(unified ?? 'unknown').replaceAll('-', '_')
  if (reason === 'interrupted') throw cutOff()
  return reason
}

/** What the provider ran itself is no call for us. */
export const wire = ({ toolCallId: id, toolName: name = '', input = '', providerExecuted }: ContentPart): ToolCall[] =>
  providerExecuted
    ? []
    : [{ id: typeof id === 'string' ? id : '', type: 'function', function: { name, arguments: text(input) } }]
const text = (input: unknown): string => (typeof input === 'string' ? input : write(input))

/** Some providers see themselves that the line broke before the answer was whole. */
export const told = (error: unknown): Error =>
  isError(error) && /without a finish reason/i.test(error.message) ? cutOff(error) : midway(error)
