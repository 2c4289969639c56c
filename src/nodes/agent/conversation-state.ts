import { withFeedback } from '../../models/feedback.ts'
import { parseAssistantMessage } from '../../models/assistant-message.ts'
import type { Wrapper } from '../../models/parsing/wrapped-answer.ts'
import type { AssistantMessage, ChatMessage, Frame, Issue } from '../../types.ts'
import type { Transcript } from './conversation.ts'

/**
 * The conversation of an agent. It begins with the input messages, or with those that `beforeTurn` replaced them by.
 * `drafts` are the indexes of answers that did not fit, and of the feedback on them.
 */
export type ConversationState = {
  readonly messages: readonly ChatMessage[]
  /** `beforeTurn` has replaced the input messages. */
  readonly isNew?: boolean
  /** In a saved run: the number of input messages before these, which are stored in the input only. */
  readonly after?: number
  readonly drafts?: readonly number[]
}

/** The message of the model in a turn; an answer that does not fit has its issues in `misfit`. */
export type TurnAnswer = AssistantMessage & { readonly misfit?: readonly Issue[] }

/** The messages of an agent's input. */
export const inputMessages = ({ input }: Frame): readonly ChatMessage[] =>
  (Object(input) as { messages?: readonly ChatMessage[] }).messages ?? []

export const conversationState = (frame: Frame): ConversationState =>
  (frame.talk as ConversationState | undefined) ?? { messages: inputMessages(frame) }

/** The whole conversation so far. */
export const conversation = (frame: Frame): readonly ChatMessage[] => conversationState(frame).messages

/** The conversation without drafts, as the agent returns it. */
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

/** A saved run has each message once: the input messages are stored in the input only. */
export function saveConversation({ given: came, ...rest }: Frame, isItem: boolean): Frame {
  // A raw input that was a text or messages follows from the messages; one that a schema of the user's parsed does not.
  // The raw input of an item is compared with that of its pool.
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

/** Appends an answer that does not fit, and the feedback for the model. */
export function appendDraft(frame: Frame, { misfit = [], ...message }: TurnAnswer, how: DraftOptions): Frame {
  const { messages, drafts = [], ...talk } = conversationState(frame)
  const told = how.ask
    ? [...(message.content?.trim() ? [message] : []), { role: 'user' as const, content: how.ask }]
    : withFeedback([], [{ said: message, issues: misfit }], how.wrapper)
  const places = told.map((_, place) => messages.length + place)
  return { ...frame, talk: { ...talk, messages: [...messages, ...told], drafts: [...drafts, ...places] } }
}
/** `wrapper` is the wrapper of the requested format; `ask` is the feedback where the agent must end with a tool call. */
export type DraftOptions = { readonly wrapper?: Wrapper | undefined; readonly ask?: string | undefined }

/** The frame with the agent's output, which has the conversation with `transcript`. */
export const withOutput = (frame: Frame, output: unknown, transcript: boolean): Frame => {
  const { hears: _, ...rest } = frame
  const whole = (): Transcript<unknown> => ({ output, messages: messagesWithoutDrafts(frame) })
  return { ...rest, value: transcript ? whole() : output }
}

/** The text of the last message, of the model or of a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** The message of a turn; undefined if it is not one. An override of the model may return a text. */
export function readTurnAnswer(value: unknown): TurnAnswer | undefined {
  const { misfit } = Object(value) as Partial<TurnAnswer>
  const { issues, ...read } = parseAssistantMessage(value)
  if (issues) return undefined
  const message = (read as { value: AssistantMessage }).value
  return Array.isArray(misfit) ? { ...message, misfit } : message
}

/** Whether it is a final answer: a message without tool calls. */
export const isAnswer = (said: TurnAnswer | undefined): boolean => said !== undefined && !said.tool_calls?.length

/** Some models return an empty answer after tool results; the turn is then repeated once. */
export const isEmptyAnswer = (frame: Frame, said: TurnAnswer | undefined): boolean =>
  isAnswer(said) &&
  (said?.content ?? '').trim() === '' &&
  !frame.wasEmpty &&
  conversation(frame).at(-1)?.role === 'tool'

/** The frame after another turn of the model; with `again` the turn does not count towards `maxTurns`. */
export const countTurn = (frame: Frame, again = false): Frame => ({
  ...frame,
  iteration: (frame.iteration ?? 0) + 1,
  ...(again && { again: (frame.again ?? 0) + 1 }),
})
