import { withFeedback } from '../../models/feedback.ts'
import { parseAssistantMessage } from '../../models/assistant-message.ts'
import type { Wrapper } from '../../models/parsing/wrapped-answer.ts'
import type { AssistantMessage, ChatMessage, Frame, Issue } from '../../types.ts'
import type { Transcript } from './conversation.ts'

/**
 * The conversation of an agent, which begins with what it was given, or with what `beforeTurn` has put in the place of
 * that. `drafts` are the places of answers that did not fit, and of what the model was told of them.
 */
export type ConversationState = {
  readonly messages: readonly ChatMessage[]
  /** `beforeTurn` has replaced what there was before. */
  readonly isNew?: boolean
  /** In a saved run: so many messages come before these, which are in the input. */
  readonly after?: number
  readonly drafts?: readonly number[]
}

/** What the model said in a turn; an answer that does not fit, with what is wrong with it. */
export type TurnAnswer = AssistantMessage & { readonly misfit?: readonly Issue[] }

/** The conversation that an agent was given. */
export const inputMessages = ({ input }: Frame): readonly ChatMessage[] =>
  (Object(input) as { messages?: readonly ChatMessage[] }).messages ?? []

export const conversationState = (frame: Frame): ConversationState =>
  (frame.talk as ConversationState | undefined) ?? { messages: inputMessages(frame) }

/** The whole conversation so far. */
export const conversation = (frame: Frame): readonly ChatMessage[] => conversationState(frame).messages

/** The same without what did not fit, as it is handed on. */
export function messagesWithoutDrafts(frame: Frame): ChatMessage[] {
  const { messages, drafts = [] } = conversationState(frame)
  const left = new Set(drafts)
  return messages.filter((_, place) => !left.has(place))
}

export const lastMessage = (frame: Frame): ChatMessage | undefined => conversation(frame).at(-1)

export function appendMessages(frame: Frame, said: readonly ChatMessage[]): Frame {
  if (said.length === 0) return frame
  const talk = conversationState(frame)
  return { ...frame, talk: { ...talk, messages: [...talk.messages, ...said] } }
}

/** A saved run has each message once: those that an agent was given are in its input. */
export function saveConversation({ given: came, ...rest }: Frame, isItem: boolean): Frame {
  // What came in as a text or as messages is what those say; of an input of the user's own making it is not. An item is
  // held against what its pool was given.
  const isOwn = came !== undefined && (isItem || 'parsed' in Object(rest.input))
  const frame: Frame = isOwn ? { ...rest, given: came } : rest
  const talk = frame.talk as ConversationState | undefined
  if (!talk || talk.isNew) return frame
  const { length: after } = inputMessages(frame)
  return { ...frame, talk: { ...talk, messages: talk.messages.slice(after), after } }
}

export function restoreConversation(frame: Frame): Frame {
  const { after, ...talk } = Object(frame.talk) as ConversationState
  const given = inputMessages(frame)
  if (after !== given.length || !Array.isArray(talk.messages)) return frame
  return { ...frame, talk: { ...talk, messages: [...given, ...talk.messages] } }
}

/** An answer that does not fit, and what the model is told of it. */
export function appendDraft(frame: Frame, { misfit = [], ...message }: TurnAnswer, how: DraftOptions): Frame {
  const { messages, drafts = [], ...talk } = conversationState(frame)
  const told = how.ask
    ? [...(message.content?.trim() ? [message] : []), { role: 'user' as const, content: how.ask }]
    : withFeedback([], [{ said: message, issues: misfit }], how.wrapper)
  const places = told.map((_, place) => messages.length + place)
  return { ...frame, talk: { ...talk, messages: [...messages, ...told], drafts: [...drafts, ...places] } }
}
/** `wrapper` is what the answer was asked for in; `ask` are the words where no answer in words will do. */
export type DraftOptions = { readonly wrapper?: Wrapper | undefined; readonly ask?: string | undefined }

/** What an agent ends with: the output alone, or with the conversation that led to it. */
export const withOutput = (frame: Frame, output: unknown, transcript: boolean): Frame => {
  const { hears: _, ...rest } = frame
  const whole = (): Transcript<unknown> => ({ output, messages: messagesWithoutDrafts(frame) })
  return { ...rest, value: transcript ? whole() : output }
}

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** What a turn of the model came to, where that is a message; what stands in for the model may give a text. */
export function readTurnAnswer(value: unknown): TurnAnswer | undefined {
  const { misfit } = Object(value) as Partial<TurnAnswer>
  const { issues, ...read } = parseAssistantMessage(value)
  if (issues) return undefined
  const message = (read as { value: AssistantMessage }).value
  return Array.isArray(misfit) ? { ...message, misfit } : message
}

/** Whether it ends the conversation: it calls no tool. */
export const isAnswer = (said: TurnAnswer | undefined): boolean => said !== undefined && !said.tool_calls?.length

/** Some models say nothing after the results of tools; they are asked once more. */
export const isEmptyAnswer = (frame: Frame, said: TurnAnswer | undefined): boolean =>
  isAnswer(said) &&
  (said?.content ?? '').trim() === '' &&
  !frame.wasEmpty &&
  conversation(frame).at(-1)?.role === 'tool'

/** The frame after another turn of the model; `again`: that one does not count. */
export const countTurn = (frame: Frame, again = false): Frame => ({
  ...frame,
  iteration: (frame.iteration ?? 0) + 1,
  ...(again && { again: (frame.again ?? 0) + 1 }),
})
