import { z } from 'zod'
import type { ChatMessage, PromptMessage } from '../types.ts'

/** Options by provider name. */
const providerOptions = z.record(z.string(), z.record(z.string(), z.unknown())).optional()
const stringSchema = z.string()

const contentPart = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.literal('text'), text: stringSchema, providerOptions }),
    z.looseObject({
      type: z.literal('image_url'),
      image_url: z.looseObject({
        url: stringSchema.regex(
          /^[A-Za-z][A-Za-z\d+.-]*:./,
          'Invalid input: expected the URL of an image, or a data: URL',
        ),
        detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
      }),
      providerOptions,
    }),
    // Further part types of OpenAI and other servers.
    z.looseObject({ type: z.enum(['input_audio', 'file', 'refusal', 'video_url']), providerOptions }),
  ],
  { error: expectedError('a part: text, image_url, input_audio, file, refusal or video_url') },
)
const content = z.union([stringSchema, z.array(contentPart).min(1)])
const { $schema: _, ...contentJsonSchema } = z.toJSONSchema(content, { io: 'input' })
const [, parts] = content.options

/** The same content with precise issues: a union of string and array reports only that neither matches. */
const messageContent = z
  .any()
  .check((payload) => {
    const { value, issues } = payload
    if (typeof value === 'string') return
    for (const { path, message } of parts.safeParse(value).error?.issues ?? []) {
      const words = path.length > 0 ? message : 'Invalid input: expected a string, or an array of parts'
      issues.push({ code: 'custom', path, message: words, input: value })
    }
  })
  .meta(contentJsonSchema)

const toolCall = z.looseObject({
  id: stringSchema,
  type: z.literal('function'),
  function: z.looseObject({ name: stringSchema, arguments: stringSchema }),
  providerOptions,
})

const userMessage = z.looseObject({ role: z.literal('user'), content: messageContent, providerOptions })
const systemMessage = z.looseObject({ role: z.enum(['system', 'developer']), content: messageContent, providerOptions })
const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  // Some servers omit it beside tool calls.
  content: messageContent.nullable().default(null),
  tool_calls: z.array(toolCall).optional(),
  parts: z.looseObject({ provider: stringSchema, content: z.array(z.record(z.string(), z.unknown())) }).optional(),
  providerOptions,
})
const toolMessage = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: stringSchema.min(1),
  content: messageContent,
  result: z
    .looseObject({
      type: z.enum(['json', 'text', 'error-json', 'error-text', 'content']),
      value: z.unknown().refine((value) => value !== undefined, 'Invalid input: expected JSON'),
    })
    .optional(),
  providerOptions,
})

/**
 * A zod schema of one message of a conversation, for inputs, outputs and state that contain messages. It accepts
 * `system`, `developer`, `user`, `assistant` and `tool` messages with images and tool calls, also those of OpenAI's SDK
 * (`ChatCompletionMessageParam`). Its output is a `ChatMessage` with all keys of the input, including `parts`,
 * `result`, `providerOptions` and unknown ones.
 *
 * @example
 * const chat = flow({ name: 'chat', input: z.object({ messages: z.array(chatMessage), question: z.string() }), steps })
 */
export const chatMessage = z.discriminatedUnion('role', [userMessage, systemMessage, assistantMessage, toolMessage], {
  error: expectedError('a role: system, developer, user, assistant or tool'),
}) as unknown as z.ZodType<ChatMessage, PromptMessage>

/** The error message for a value that matches no member of a union. */
function expectedError(what: string) {
  return ({ code }: { code: string }) => (code === 'invalid_union' ? `Invalid input: expected ${what}` : undefined)
}
