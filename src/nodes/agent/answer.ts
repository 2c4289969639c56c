import { withFeedback } from '../../models/feedback.ts'
import type { JsonSchema } from '../../models/schema/json-schema.ts'
import type { Wrapper } from '../../models/spoken/wrapped.ts'
import type { ChatMessage, Frame, RefusedAnswer } from '../../types.ts'
import { isTranscript } from './conversation.ts'

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** What an attempt of an agent begins with: what it was given, and each answer before that was refused. */
export const openingOf = ({ input, refused = [] }: Frame, wrapper: Wrapper | undefined): readonly ChatMessage[] =>
  withFeedback(givenTo({ input }), refused.map(asAnswer), wrapper)

/** The conversation that an agent was given. */
export const givenTo = ({ input }: Pick<Frame, 'input'>): readonly ChatMessage[] =>
  (input as { messages: readonly ChatMessage[] }).messages

/** Of an answer with its conversation, the model is told of the answer. */
const asAnswer = (refused: RefusedAnswer): RefusedAnswer =>
  isTranscript(refused.said) ? { ...refused, said: refused.said.output } : refused

/** What stands before the conversation: the instructions, and what the answer must look like, where only words can say it. */
export function opening(instructions: string | undefined, form: JsonSchema | undefined): ChatMessage[] {
  const words = form && `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(form)}`
  const content = [instructions, words].filter(Boolean).join('\n\n')
  return content ? [{ role: 'system', content }] : []
}
