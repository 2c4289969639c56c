import { z } from 'zod'
import type { ChatMessage, PromptMessage } from '../types.ts'

/** By provider, what is meant for it alone. */
const providerOptions = z.record(z.string(), z.record(z.string(), z.unknown())).optional()
const text = z.string()

const part = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.literal('text'), text, providerOptions }),
    z.looseObject({
      type: z.literal('image_url'),
      image_url: z.looseObject({
        url: text.regex(/^[A-Za-z][A-Za-z\d+.-]*:./, 'Invalid input: expected the URL of an image, or a data: URL'),
        detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
      }),
      providerOptions,
    }),
    // What servers understand beside these.
    z.looseObject({ type: z.enum(['input_audio', 'file', 'refusal', 'video_url']), providerOptions }),
  ],
  { error: otherwise('a part: text, image_url, input_audio, file, refusal or video_url') },
)
const content = z.union([text, z.array(part).min(1)])
const { $schema: _, ...contentInJson } = z.toJSONSchema(content, { io: 'input' })
const [, parts] = content.options

/** The same, asked one after the other: of a wrong part a union says no more than that neither a text nor a list fits. */
const said = z
  .any()
  .check((payload) => {
    const { value, issues } = payload
    if (typeof value === 'string') return
    for (const { path, message } of parts.safeParse(value).error?.issues ?? []) {
      const words = path.length > 0 ? message : 'Invalid input: expected a string, or an array of parts'
      issues.push({ code: 'custom', path, message: words, input: value })
    }
  })
  .meta(contentInJson)

const toolCall = z.looseObject({
  id: text,
  type: z.literal('function'),
  function: z.looseObject({ name: text, arguments: text }),
  providerOptions,
})

const user = z.looseObject({ role: z.literal('user'), content: said, providerOptions })
const system = z.looseObject({ role: z.enum(['system', 'developer']), content: said, providerOptions })
const assistant = z.looseObject({
  role: z.literal('assistant'),
  // Some servers leave it out beside calls.
  content: said.nullable().default(null),
  tool_calls: z.array(toolCall).optional(),
  parts: z.looseObject({ provider: text, content: z.array(z.record(z.string(), z.unknown())) }).optional(),
  providerOptions,
})
const tool = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: text.min(1),
  content: said,
  result: z
    .looseObject({
      type: z.enum(['json', 'text', 'error-json', 'error-text', 'content']),
      value: z.unknown().refine((value) => value !== undefined, 'Invalid input: expected JSON'),
    })
    .optional(),
  providerOptions,
})

/**
 * A zod schema of one message of a conversation, for inputs, outputs and state that hold some. It takes what functions
 * that call a model take (`system`, `developer`, `user`, `assistant` and `tool` messages, pictures, calls of tools), and
 * gives it back whole: `parts`, `result`, `providerOptions`, and keys that it does not know. What comes
 * out is a `ChatMessage`; what goes in may be one of OpenAI's SDK (`ChatCompletionMessageParam`).
 *
 * @example
 * const chat = flow({ name: 'chat', input: z.object({ messages: z.array(chatMessage), question: z.string() }), steps })
 */
export const chatMessage = z.discriminatedUnion('role', [user, system, assistant, tool], {
  error: otherwise('a role: system, developer, user, assistant or tool'),
}) as unknown as z.ZodType<ChatMessage, PromptMessage>

/** The words for what none of the members of a union is made for. */
function otherwise(what: string) {
  return ({ code }: { code: string }) => (code === 'invalid_union' ? `Invalid input: expected ${what}` : undefined)
}
