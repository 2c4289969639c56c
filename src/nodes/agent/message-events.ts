import type { AnyActorRef } from 'xstate'
import { poolItemsOf, type LiveSnapshot } from '../../border/external-events/machines.ts'
import { callKey } from '../../compile/scope.ts'
import type { Scope, State, Subject } from '../../compile/scope.ts'
import type { TurnCalls } from '../../compile/lifecycle.ts'
import { safeValidate } from '../../border/schema.ts'
import { payloadIn } from '../../border/external-events/event-routing.ts'
import { formatIssues } from '../../errors.ts'
import { promptSchema } from '../../models/prompt.ts'
import type { CancelEvent, ChatMessage, Frame, PipelineContext } from '../../types.ts'
import { alreadyDecided, callIdsOf, type ApprovalDecision } from './approval-events.ts'
import { callRecordsIn, findCallRecord } from './memory.ts'
import type { CallOutcome } from './call-outcome.ts'
import { appendMessages } from './conversation-state.ts'

/**
 * The events that a running agent accepts at any time. `MESSAGE` adds a user message before the next turn of the model;
 * with mode `now` the current turn is aborted and starts again with it. `CANCEL_CALL` stops a tool call that has not
 * ended, with an error as its result. `path` is that of the agent; without one the outermost running agent accepts it.
 */
export type AgentEvent =
  | {
      type: 'MESSAGE'
      path?: string
      content: Extract<ChatMessage, { role: 'user' }>['content']
      mode?: 'next' | 'now'
    }
  | { type: 'CANCEL_CALL'; path?: string; id: string; reason?: string }

type Message = { content?: unknown; mode?: unknown }
type Cancelled = { id?: unknown; reason?: unknown }
const EVENT_TYPES = ['MESSAGE', 'CANCEL_CALL']
const unknownIn = (payload: object, keys: readonly string[]): string | undefined => {
  const unknown = Object.keys(payload).filter((key) => !keys.includes(key))
  return unknown.length > 0 ? `${unknown.join(', ')}: not a known key; the keys are ${keys.join(', ')}` : undefined
}

/** The user message of an event, or why its content is invalid. */
function messageOf({ content }: Message): { message: ChatMessage; problem?: undefined } | { problem: string } {
  const { issues, ...read } = safeValidate(promptSchema, [{ role: 'user', content }])
  if (issues) return { problem: formatIssues(issues).replaceAll('messages.0.', '') }
  const { messages } = (read as { value: { messages: readonly ChatMessage[] } }).value
  return { message: messages[0] as ChatMessage }
}

/** The user's messages that are not in the conversation yet. */
export const pendingMessages = ({ heard = [] }: Frame): readonly ChatMessage[] => heard as readonly ChatMessage[]

/** The handlers of `MESSAGE` and `CANCEL_CALL` for an agent's states. */
export function messageEventHandlers(
  scope: Scope,
  asks: boolean,
): { running: Pick<State, 'entry' | 'on'>; thinking: Required<Pick<State, 'entry' | 'on'>> } {
  const { path } = scope
  scope.takes('MESSAGE', {
    isListener: true,
    misfit: (payload) => {
      const { mode = 'next' } = payload as Message
      if (mode !== 'next' && mode !== 'now') return "mode: expected 'next' or 'now'"
      return unknownIn(payload, ['content', 'mode']) ?? messageOf(payload).problem
    },
  })
  scope.takes('CANCEL_CALL', {
    isListener: true,
    subject: cancelSubject(path),
    misfit: (payload) => {
      const { id, reason = '' } = payload as Cancelled
      if (typeof id !== 'string') return 'id: expected the id of a call'
      return typeof reason === 'string' ? unknownIn(payload, ['id', 'reason']) : 'reason: expected a string'
    },
    route: (payload, _, snapshot) => {
      const item = runningIn(snapshot, path, (payload as Cancelled).id as string)
      const { reason } = payload as { reason?: string }
      const cause = { name: 'CancelCall', message: reason ?? '' }
      return item && { ref: item, event: { type: 'tinyllm.cancel', reason: cause } satisfies CancelEvent }
    },
  })
  // Each call handles its own approval; only the agent knows the decisions on those that have ended.
  if (asks) {
    const memory = { isListener: true, isMemory: true, subject: decidedSubject(path), misfit: () => undefined }
    for (const type of ['APPROVE', 'REJECT']) scope.takes(type, memory)
  }
  const isNow = scope.guard('isNow', (_, { event }) => {
    const { mode } = event as unknown as Message
    return mode === 'now' && scope.hears(event)
  })
  const isHeard = scope.guard('isHeard', (_, { event }) => scope.hears(event))
  const hear = (frame: Frame, event: object): Frame => {
    const { message } = messageOf(payloadIn(event)) as { message: ChatMessage }
    return { ...frame, heard: [...(frame.heard ?? []), message] }
  }
  const restart = (frame: Frame, event: object): Frame => ({
    ...hear(frame, event),
    restarts: (frame.restarts ?? 0) + 1,
  })
  return {
    running: {
      entry: scope.action('hears', (frame) => ({ ...frame, hears: EVENT_TYPES })),
      on: { MESSAGE: { guard: isHeard, actions: scope.action('hear:next', (frame, { event }) => hear(frame, event)) } },
    },
    thinking: {
      // Messages that arrived meanwhile are appended before each turn of the model.
      entry: scope.action('hear', ({ heard = [], ...frame }) => appendMessages(frame, heard as readonly ChatMessage[])),
      on: {
        MESSAGE: {
          guard: isNow,
          target: 'think',
          reenter: true,
          actions: scope.action('hear:now', (frame, { event }) => restart(frame, event), { drop: true }),
        },
      },
    },
  }
}

/** The ids of the calls of the turn, while they run. */
function callsIn({ slots }: PipelineContext, path: string): readonly string[] {
  const act = slots.flat().find((frame) => frame?.path === `${path}.act`)
  return (act?.input as TurnCalls | undefined)?.calls.map(({ id }) => id) ?? []
}

/** `CANCEL_CALL` is for calls that run. */
const cancelSubject = (path: string): Subject => ({
  ownerAt: (at) => at,
  about: (payload, frame, { context }) => {
    const { id } = payload as Cancelled
    if (typeof id !== 'string') return undefined
    if (frame && callsIn(context, path).includes(id)) return 'now'
    return findCallRecord(callRecordsIn(context.slots, path), id) ? 'before' : 'unknown'
  },
  objection: (payload, _, { context }, at) => {
    const { id } = payload as Cancelled
    const others = callsIn(context, path).filter((one) => one !== id)
    const words = others.length > 0 ? ` The calls of this turn: ${others.join(', ')}.` : ''
    return `${at(path)} does not run a call ${String(id)} now.${words}`
  },
  shown: ({ input }) => ({ events: {}, input }),
})

/** The rest of a call's path after that of the pool: `[ID].TOOL`. */
const CALL = /^\[([^[\].]+)\](?:\.[^.[\]]+)?$/

/** Rejects a second decision on calls that have ended. */
function decidedSubject(path: string): Subject {
  const saidTo = (payload: object, { context, children }: LiveSnapshot) => {
    const ids = callIdsOf(payload as ApprovalDecision)
    if (!Array.isArray(ids)) return undefined
    const called = callRecordsIn(context.slots, path)
    const items = poolItemsOf(children[`${path}.act`])
    // Decisions of this turn are in the agent's memory once all calls have ended.
    const said = (id: string) =>
      findCallRecord(called, id)?.said ?? (items?.endOf?.(callKey(id)) as Partial<CallOutcome> | undefined)?.word
    return (ids as string[]).map((id) => ({ id, said: said(id) })).find((call) => call.said)
  }
  return {
    ownerAt: (at) => at,
    about: (payload, _, snapshot) => (saidTo(payload, snapshot) ? 'before' : 'unknown'),
    objection: (payload, _, snapshot, at) => {
      const { id, said } = saidTo(payload, snapshot) ?? {}
      return id === undefined ? undefined : alreadyDecided(id, at(path), String(said))
    },
    named: (given, at, { context }) => {
      const [, key] = (given.startsWith(`${at}.act`) && CALL.exec(given.slice(`${at}.act`.length))) || []
      const call = callRecordsIn(context.slots, path).find(({ id }) => callKey(id) === key)
      return call && { id: call.id }
    },
    shown: ({ input }) => ({ events: {}, input }),
  }
}

/** The actor of a call that has not ended. */
function runningIn({ children }: LiveSnapshot, path: string, id: string): AnyActorRef | undefined {
  const item = poolItemsOf(children[`${path}.act`])?.at(callKey(id))
  // A cancelled actor stays until its machine has reported that it failed.
  return (item?.getSnapshot() as { value?: unknown } | undefined)?.value === 'failed' ? undefined : item
}
