import { standardJsonSchema, textsOf } from '../../models/json-schema.ts'
import { outputSchema } from '../../models/output.ts'
import { withFeedback } from '../../models/feedback.ts'
import type { ChatMessage, Frame, StandardSchema } from '../../types.ts'

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** The schema of the last words, which may be JSON. */
export function answerSchema(schema: StandardSchema): StandardSchema {
  const json = standardJsonSchema(schema) ?? {}
  return outputSchema(schema, { json: json.type === 'object', texts: textsOf(json), many: false })
}

/** What an attempt of an agent begins with: what it was given, and each answer before that was refused. */
export const openingOf = ({ input, refused = [] }: Frame): readonly ChatMessage[] =>
  withFeedback((input as { messages: readonly ChatMessage[] }).messages, refused)

/** What stands before the conversation: the instructions, and what the answer must look like. */
export function opening(instructions: string | undefined, output: StandardSchema | undefined): ChatMessage[] {
  const json = output && standardJsonSchema(output)
  const form =
    json &&
    json.type !== 'string' &&
    `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(json)}`
  const content = [instructions, form].filter(Boolean).join('\n\n')
  return content ? [{ role: 'system', content }] : []
}
