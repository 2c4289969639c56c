import type { AnyActorRef } from 'xstate'
import { ITEMS, type Items, type LiveSnapshot } from '../../border/outside/machines.ts'
import { memoryAt, type Scope, type Slots, type State, type Subject } from '../../compile/scope.ts'
import { ask } from '../../border/schema.ts'
import { payloadOf } from '../../border/outside/verdict.ts'
import { issuesInWords } from '../../errors.ts'
import { promptSchema } from '../../models/prompt.ts'
import type { CancelEvent, ChatMessage, Frame } from '../../types.ts'
import type { AgentCall } from './calls.ts'
import { calledIn, callOf } from './memory.ts'

/**
 * What a running agent takes at any time. `MESSAGE` is what the user says meanwhile: the model hears it before its next
 * thought, or `now`: the thought that is under way is called off, and begins again. `CANCEL_CALL` stops a call of a tool
 * that runs, which the model is told. `path` is that of the agent; without one the outermost agent that runs is meant.
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
const HEARS = ['MESSAGE', 'CANCEL_CALL']
const unknownIn = (payload: object, keys: readonly string[]): string | undefined => {
  const unknown = Object.keys(payload).filter((key) => !keys.includes(key))
  return unknown.length > 0 ? `${unknown.join(', ')}: not a known key; the keys are ${keys.join(', ')}` : undefined
}

/** What was said, as a message; why it is none, where it is none. */
function messageOf({ content }: Message): { message: ChatMessage; problem?: undefined } | { problem: string } {
  const { issues, ...read } = ask(promptSchema, [{ role: 'user', content }])
  if (issues) return { problem: issuesInWords(issues).replaceAll('messages.0.', '') }
  const { messages } = (read as { value: { messages: readonly ChatMessage[] } }).value
  return { message: messages[0] as ChatMessage }
}

/** What the user said and the model has not heard yet. */
export const unheard = ({ heard = [], told = 0 }: Frame): readonly ChatMessage[] =>
  (heard as readonly ChatMessage[]).slice(told)
/** The frame, when all of that is in the conversation. */
export const allHeard = (frame: Frame): Frame => (frame.heard ? { ...frame, told: frame.heard.length } : frame)

type Talk = { messages: readonly ChatMessage[] }

/** The parts of an agent's states that take such events; `hearing` is where a thought begins again. */
export function hearing(
  scope: Scope,
  talkOf: (frame: Frame) => Talk,
  keepAside: string | undefined,
): { running: Pick<State, 'entry' | 'on'>; think: Pick<State, 'on'>; hearing: State } {
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
    subject: callsOf(path),
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
  const isNow = scope.guard('hears:now', (_, { event }) => {
    const { mode } = event as unknown as Message
    return mode === 'now' && scope.hears(event)
  })
  const isHeard = scope.guard('hears:MESSAGE', (_, { event }) => scope.hears(event))
  // A word on another call than the one that is shown: that stays as it is.
  const aside = (type: string, actions: string) => ({
    guard: scope.guard(`aside:${type}`, (_, { event }) => scope.hears(event, `${path}.approve`)),
    actions,
  })
  const hear = (frame: Frame, event: object): Frame => {
    const { message } = messageOf(payloadOf(event)) as { message: ChatMessage }
    return { ...frame, value: frame.value ?? talkOf(frame), heard: [...(frame.heard ?? []), message] }
  }
  const now = scope.action(
    'hear:now',
    (frame, { event }) => {
      const next = hear(frame, event)
      const { messages } = next.value as Talk
      const restarts = (frame.restarts ?? 0) + 1
      return { ...allHeard(next), value: { messages: [...messages, ...unheard(next)] }, restarts }
    },
    { drop: true },
  )
  return {
    running: {
      entry: scope.action('hear', (frame) => ({ ...frame, hears: HEARS })),
      on: {
        MESSAGE: {
          guard: isHeard,
          actions: scope.action('hear:next', (frame, { event }) => hear(frame, event)),
        },
        ...(keepAside && { APPROVE: aside('APPROVE', keepAside), REJECT: aside('REJECT', keepAside) }),
      },
    },
    think: { on: { MESSAGE: { guard: isNow, target: 'hearing', actions: now } } },
    hearing: { always: { target: 'think' } },
  }
}

/** The calls of the turn whose tools run. */
function callsIn(slots: Slots, path: string): readonly AgentCall[] {
  const act = slots.flat().find((frame) => frame?.path === `${path}.act`)
  return (act?.input as readonly AgentCall[] | undefined) ?? []
}

/** The calls that run are those that can be cancelled. */
function callsOf(path: string): Subject {
  const running = (slots: Slots) => callsIn(slots, path)
  return {
    owner: path,
    about: (payload, frame, slots) => {
      const { id } = payload as Cancelled
      if (typeof id !== 'string') return undefined
      if (frame && running(slots).some((call) => call.id === id)) return 'now'
      return callOf(calledIn(memoryAt(slots, path)), id) ? 'before' : 'unknown'
    },
    objection: (payload, _, slots, at) => {
      const { id } = payload as Cancelled
      const ids = running(slots).flatMap((call) => (call.id === id ? [] : [call.id]))
      const others = ids.length > 0 ? ` The calls of this turn: ${ids.join(', ')}.` : ''
      return `${at(path)} does not run a call ${String(id)} now.${others}`
    },
    shown: ({ input }) => ({ events: {}, input }),
  }
}

/** The actor of a call that runs. */
function runningIn({ children, context }: LiveSnapshot, path: string, id: string): AnyActorRef | undefined {
  const calls = callsIn(context.slots, path)
  const call = calls.find((one) => one.id === id)
  if (!call) return undefined
  const pool = children[`${path}.act.${call.name}`]
  const { [ITEMS]: itemsOf } = Object((pool as { logic?: unknown } | undefined)?.logic) as {
    [ITEMS]?: (snapshot: unknown) => Items
  }
  const place = calls.filter(({ name }) => name === call.name).indexOf(call)
  const item = pool && itemsOf?.(pool.getSnapshot()).running.get(place)
  // One that was cancelled is there until its machine has said so.
  return (item?.getSnapshot() as { value?: unknown } | undefined)?.value === 'failed' ? undefined : item
}
