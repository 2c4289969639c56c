import { findNonJson } from '../border/json-data.ts'
import { attempt } from '../border/shape.ts'
import type { Json, ProviderParts } from '../types.ts'
import { toBase64 } from './images/base64.ts'

/** A content part of an AI SDK model of specification 2, 3 or 4; only the fields that are read here. */
export type ContentPart = {
  readonly type: string
  readonly text?: string
  readonly toolCallId?: string
  readonly toolName?: string
  readonly input?: unknown
  readonly providerExecuted?: boolean
  readonly providerMetadata?: unknown
  readonly [field: string]: unknown
}

/**
 * An answer's content as the `parts` of a message. Undefined if it consists of text and tool calls alone, which the
 * message has in `content` and `tool_calls`. A part that is not serializable is left out.
 */
export function providerParts(provider: string, content: readonly ContentPart[]): ProviderParts | undefined {
  const [first, ...others] = content.filter(({ type, text }) => type !== 'text' || text !== '')
  const isPlain = (part: ContentPart, type: string) =>
    part.type === type && part.providerMetadata === undefined && !part.providerExecuted
  const rest = first?.type === 'text' ? others : [first, ...others]
  const opening = first === undefined || first.type !== 'text' || isPlain(first, 'text')
  if (opening && rest.every((part) => part === undefined || isPlain(part, 'tool-call'))) return undefined
  return toProviderParts(provider, content)
}

/** The same without that exception. */
export const toProviderParts = (provider: string, content: readonly object[]): ProviderParts => ({
  provider,
  content: content.flatMap((part) => attempt(() => serializableParts(part)) ?? []),
})

/** The part as JSON, with bytes as base64; an empty array if it is not serializable. */
function serializableParts(part: object): Json[] {
  const text = JSON.stringify(part, function (this: Record<string, unknown>, key, value: unknown) {
    // A Buffer's own toJSON is ten times as long.
    const bytes = this[key]
    return isUint8Array(bytes) ? toBase64(bytes) : value
  })
  const data = JSON.parse(text, (key, value: Json) => (key === '__proto__' ? undefined : value)) as Json
  return findNonJson(data, 'part') ? [] : [data]
}

const isUint8Array = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
