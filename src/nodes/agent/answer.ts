import { type JsonSchema, standardJsonSchema, textsOf } from '../../models/json-schema.ts'
import { outputSchema } from '../../models/output.ts'
import type { ChatMessage, StandardSchema } from '../../types.ts'

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

/** The JSON Schema of the answer, where it is no plain text. */
export function answerForm(output: StandardSchema | undefined): JsonSchema | undefined {
  const json = output && standardJsonSchema(output)
  return json?.type === 'string' ? undefined : json
}

/** What stands before the conversation: the instructions, and what the answer must look like, where only words can say it. */
export function opening(instructions: string | undefined, form: JsonSchema | undefined): ChatMessage[] {
  const words = form && `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(form)}`
  const content = [instructions, words].filter(Boolean).join('\n\n')
  return content ? [{ role: 'system', content }] : []
}
