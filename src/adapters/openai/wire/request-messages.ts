import { isPlainObject } from '../../../border/shape.ts'
import type { ChatMessage } from '../../../types.ts'
import { withToolImagesAsUserMessages } from '../../../models/tool-images.ts'
import { isJsonObjectText } from './tool-call-accumulator.ts'
import { stringify } from '../../../models/stringify.ts'

type WireFields = Readonly<Record<string, unknown>>

/**
 * Converts messages for a request: without tinyllm's own keys (`parts`, `result`, `providerOptions`), with arguments
 * that are always an object, with images of tools in a user message, and with the extra keys of the same provider's
 * messages. Does not change its argument.
 */
export const toWireMessages = (messages: readonly ChatMessage[], provider: string): object[] =>
  withToolImagesAsUserMessages(messages).map((message) => toWireMessage(message as unknown as WireFields, provider))

function toWireMessage(message: WireFields, provider: string): WireFields {
  const { parts, result: _, providerOptions: __, ...own } = message
  const { tool_calls: callExtras, ...extras } = providerExtras(parts, provider)
  const { audio } = extras
  return {
    ...own,
    ...(Array.isArray(own.content) && { content: own.content.map(withoutProviderOptions) }),
    ...extras,
    // Audio of an earlier answer is referenced by its id.
    ...(isPlainObject(audio) && audio.id !== undefined && { audio: { id: audio.id } }),
    ...(Array.isArray(own.tool_calls) && {
      tool_calls: own.tool_calls.map((call, place) =>
        toWireToolCall(call, Array.isArray(callExtras) ? callExtras[place] : {}),
      ),
    }),
  }
}

function providerExtras(parts: unknown, provider: string): WireFields {
  const { provider: from, content } = Object(parts) as { provider?: unknown; content?: unknown }
  const extras: unknown = from === provider && Array.isArray(content) ? content[0] : undefined
  return isPlainObject(extras) ? extras : {}
}

function withoutProviderOptions(given: unknown): unknown {
  if (!isPlainObject(given)) return given
  const { providerOptions: _, ...rest } = given
  return rest
}

function toWireToolCall(call: unknown, extras: unknown): unknown {
  const own = withoutProviderOptions(call) as WireFields
  const called = Object(own).function as unknown
  if (!isPlainObject(called)) return own
  return { ...Object(extras), ...own, function: { ...called, arguments: jsonObjectText(called.arguments) } }
}

/** Servers reject a conversation with a call whose arguments are not an object. */
function jsonObjectText(given: unknown): string {
  if (typeof given === 'string') return isJsonObjectText(given) ? given : '{}'
  return isPlainObject(given) ? stringify(given) : '{}'
}
