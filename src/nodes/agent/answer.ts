import type { AnswerForm } from '../../models/answer-form.ts'
import type { ChatMessage } from '../../types.ts'

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** What stands before the conversation: the instructions, and what the answer must look like. */
export function opening(instructions: string | undefined, form: AnswerForm | undefined): ChatMessage[] {
  const json = form?.jsonSchema
  const told = json && `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(json)}`
  const content = [instructions, told].filter(Boolean).join('\n\n')
  return content ? [{ role: 'system', content }] : []
}
