import { withFeedback } from '../../models/feedback.ts'
import { readMessage } from '../../models/message.ts'
import type { Wrapper } from '../../models/spoken/wrapped.ts'
import type { AssistantMessage, ChatMessage, Frame, Issue } from '../../types.ts'
import type { Transcript } from './conversation.ts'

/**
 * What was said in an agent since it began. `base` stands in the place of what it was given, once `beforeTurn` has
 * replaced that. `drafts` are the places in `said` of answers that did not fit, and of what the model was told of them.
 */
export type Talk = {
  readonly base?: readonly ChatMessage[]
  readonly said: readonly ChatMessage[]
  readonly drafts?: readonly number[]
}

/** What the model said in a turn; an answer that does not fit, with what is wrong with it. */
export type Said = AssistantMessage & { readonly misfit?: readonly Issue[] }

export const talkOf = ({ talk }: Frame): Talk => (talk as Talk | undefined) ?? { said: [] }

/** What its conversation began with. */
export const baseOf = (frame: Frame): readonly ChatMessage[] => talkOf(frame).base ?? givenTo(frame)

/** The conversation that an agent was given. */
export const givenTo = ({ input }: Frame): readonly ChatMessage[] =>
  (Object(input) as { messages?: readonly ChatMessage[] }).messages ?? []

/** The whole conversation so far; the same list as long as nothing is said. */
export function conversation(frame: Frame): readonly ChatMessage[] {
  const talk = frame.talk as Talk | undefined
  if (!talk) return givenTo(frame)
  const known = whole.get(talk)
  if (known) return known
  const messages = [...(talk.base ?? givenTo(frame)), ...talk.said]
  whole.set(talk, messages)
  return messages
}
const whole = new WeakMap<Talk, readonly ChatMessage[]>()

/** The same without what did not fit, as it is handed on. */
export function handedOn(frame: Frame): ChatMessage[] {
  const { base, said, drafts = [] } = talkOf(frame)
  return [...(base ?? givenTo(frame)), ...said.filter((_, place) => !drafts.includes(place))]
}

export function saying(frame: Frame, messages: readonly ChatMessage[]): Frame {
  const talk = talkOf(frame)
  return messages.length > 0 ? { ...frame, talk: { ...talk, said: [...talk.said, ...messages] } } : frame
}

/** An answer that does not fit, and what the model is told of it. */
export function drafting(frame: Frame, { misfit = [], ...message }: Said, how: Drafting): Frame {
  const { said, drafts = [], ...talk } = talkOf(frame)
  const told = how.ask
    ? [...(message.content?.trim() ? [message] : []), { role: 'user' as const, content: how.ask }]
    : withFeedback([], [{ said: message, issues: misfit }], how.wrapper)
  const places = told.map((_, place) => said.length + place)
  return { ...frame, talk: { ...talk, said: [...said, ...told], drafts: [...drafts, ...places] } }
}
/** `wrapper` is what the answer was asked for in; `ask` are the words where no answer in words will do. */
export type Drafting = { readonly wrapper?: Wrapper | undefined; readonly ask?: string | undefined }

/** What an agent ends with: the output alone, or with the conversation that led to it. */
export const ended = (frame: Frame, output: unknown, transcript: boolean): Frame => {
  const { hears: _, ...rest } = frame
  const whole = (): Transcript<unknown> => ({ output, messages: handedOn(frame) })
  return { ...rest, value: transcript ? whole() : output }
}

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** What a turn of the model came to, where that is a message; what stands in for the model may give a text. */
export function saidIn(value: unknown): Said | undefined {
  const { misfit } = Object(value) as Partial<Said>
  const { issues, ...read } = readMessage(value)
  if (issues) return undefined
  const message = (read as { value: AssistantMessage }).value
  return Array.isArray(misfit) ? { ...message, misfit } : message
}

/** Whether it ends the conversation: it calls no tool. */
export const isAnswer = (said: Said | undefined): boolean => said !== undefined && !said.tool_calls?.length

/** Some models say nothing after the results of tools; they are asked once more. */
export const isEmptyAnswer = (frame: Frame, said: Said | undefined): boolean =>
  isAnswer(said) &&
  (said?.content ?? '').trim() === '' &&
  !frame.wasEmpty &&
  conversation(frame).at(-1)?.role === 'tool'

/** The frame after another turn of the model; `again`: that one does not count. */
export const counted = (frame: Frame, again = false): Frame => ({
  ...frame,
  iteration: (frame.iteration ?? 0) + 1,
  ...(again && { again: (frame.again ?? 0) + 1 }),
})
