import { isPlainObject } from '../../../border/shape.ts'
import type { ChatMessage } from '../../../types.ts'
import { picturesApart } from '../../../models/tool-pictures.ts'
import { isObjectText } from './call-pieces.ts'
import { write } from '../../../models/writing.ts'

type Given = Readonly<Record<string, unknown>>

/**
 * Messages as this wire takes them: without what is ours (`parts`, `result`, `providerOptions`), with arguments that are
 * always an object, with the pictures of tools in a message of the user, and with what the same provider kept on its own
 * messages. Nothing that is given is changed.
 */
export const wireMessages = (messages: readonly ChatMessage[], provider: string): object[] =>
  picturesApart(messages).map((message) => wireMessage(message as unknown as Given, provider))

function wireMessage(message: Given, provider: string): Given {
  const { parts, result: _, providerOptions: __, ...own } = message
  const { tool_calls: callExtras, ...extras } = extrasFor(parts, provider)
  const { audio } = extras
  return {
    ...own,
    ...(Array.isArray(own.content) && { content: own.content.map(withoutOptions) }),
    ...extras,
    // What was heard is known by its id.
    ...(isPlainObject(audio) && audio.id !== undefined && { audio: { id: audio.id } }),
    ...(Array.isArray(own.tool_calls) && {
      tool_calls: own.tool_calls.map((call, place) =>
        wireCall(call, Array.isArray(callExtras) ? callExtras[place] : {}),
      ),
    }),
  }
}

function extrasFor(parts: unknown, provider: string): Given {
  const { provider: from, content } = Object(parts) as { provider?: unknown; content?: unknown }
  const extras: unknown = from === provider && Array.isArray(content) ? content[0] : undefined
  return isPlainObject(extras) ? extras : {}
}

function withoutOptions(given: unknown): unknown {
  if (!isPlainObject(given)) return given
  const { providerOptions: _, ...rest } = given
  return rest
}

function wireCall(call: unknown, extras: unknown): unknown {
  const own = withoutOptions(call) as Given
  const called = Object(own).function as unknown
  if (!isPlainObject(called)) return own
  return { ...Object(extras), ...own, function: { ...called, arguments: objectText(called.arguments) } }
}

/** A call whose arguments are no object is refused, and the whole conversation with it. */
function objectText(given: unknown): string {
  if (typeof given === 'string') return isObjectText(given) ? given : '{}'
  return isPlainObject(given) ? write(given) : '{}'
}
