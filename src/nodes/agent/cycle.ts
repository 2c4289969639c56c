import { InvalidValue, PipelineError, toData } from '../../errors.ts'
import type { Lifecycle } from '../../compile/lifecycle.ts'
import { memoryAt, type NodeChild, type Part, type Scope, type Slots, type State } from '../../compile/scope.ts'
import { withOwnIds } from '../../models/call-ids.ts'
import { atOnce } from '../../border/shape.ts'
import type { AssistantMessage, ChatMessage, Frame } from '../../types.ts'
import { givenTo, lastText, openingOf } from './answer.ts'
import { type AskedCall, judgedBy, wordOf } from './approve.ts'
import { type AgentCall, askingMessage, plainCall, type ReadCalls, runs } from './calls.ts'
import { handedOn, type Transcript } from './conversation.ts'
import { allHeard, hearing, unheard } from './hearing.ts'
import { calledIn, usedIds, withCallsOf, withWord } from './memory.ts'
import { restoring } from './restoring.ts'
import { messagesOf, type Told, toldInOrder, toldOf, withChanges } from './results.ts'
import { readMessage } from '../../models/message.ts'
import type { Wrapper } from '../../models/spoken/wrapped.ts'
import type { Tool } from './tools.ts'

/** What `stopWhen` sees after a round of tools. */
export interface AgentRound {
  /** The conversation so far; the results of the tools are its last messages. */
  readonly messages: readonly ChatMessage[]
  /** The calls of this round. */
  readonly calls: readonly AgentCall[]
  /** How many turns the model had. */
  readonly turn: number
}

/** What the cycle goes through, and by what it is led. */
export type Parts = {
  think: NodeChild
  approve: NodeChild | undefined
  act: NodeChild | undefined
  observe: NodeChild
  tools: ReadonlyMap<string, Tool>
  /** What stands before the conversation. */
  start: readonly ChatMessage[]
  /** What the answer is asked for in. */
  wrapper?: Wrapper | undefined
  maxTurns: number
  /** Whether the conversation comes out with the answer. */
  transcript: boolean
  readCalls: ReadCalls
  stopWhen?: ((round: AgentRound) => unknown) | undefined
}

/**
 * The conversation of an agent: its value until there is an answer. The calls of a turn are in its last message only, and
 * what was said to them in the agent's memory; `told` is what those that ran came to.
 */
export type Talk = { messages: readonly ChatMessage[]; told?: readonly Told[] }
type Change = (frame: Frame, output: unknown, slots: Slots) => Frame

/** `think → checking → (approve) → act → observe → think`, until an answer leads out of `checking`. */
export function cycle(scope: Scope, { nextAt, broken, fail, failBy }: Lifecycle, parts: Parts): State {
  const { tools, start, wrapper, maxTurns, transcript, readCalls, stopWhen } = parts
  /** Everything of one round has its number in the idempotency keys. */
  const round = { held: true, round: ({ iteration = 0, restarts = 0 }: Frame) => iteration + restarts + 1 }
  const talkOf = (frame: Frame) =>
    (frame.value ?? { messages: [...start, ...openingOf(frame, wrapper), ...unheard(frame)] }) as Talk
  const called = (slots: Slots) => calledIn(memoryAt(slots, scope.path))
  const callsOf = ({ messages }: Talk, slots: Slots) => readCalls(askingMessage(messages), called(slots))
  const answered = (frame: Frame, answer: string | null, messages: readonly ChatMessage[]): Frame => {
    const whole = (): Transcript<string | null> => ({
      output: answer,
      messages: handedOn(messages, givenTo(frame), openingOf(frame, wrapper)),
    })
    const { hears: _, ...rest } = frame
    return { ...rest, value: transcript ? whole() : answer, choice: 'answered' }
  }
  const inputs = {
    think: ({ messages }: Talk, slots: Slots) => ({ messages, ids: usedIds(called(slots), messages) }),
    approve: (talk: Talk, slots: Slots, { iteration = 0 }: Frame): AskedCall | undefined => {
      const first = callsOf(talk, slots).find((call) => call.asks)
      return first && { ...plainCall(first), turn: iteration + 1 }
    },
    act: (talk: Talk, slots: Slots) => callsOf(talk, slots).filter(runs).map(plainCall),
    observe: (talk: Talk, slots: Slots) => toldInOrder(callsOf(talk, slots), talk.told ?? []),
  }

  const child = (node: NodeChild | undefined, feed: (talk: Talk, slots: Slots, frame: Frame) => unknown) =>
    node && scope.child(node, (frame, slots) => feed(talkOf(frame), slots, frame), round)
  const think = child(parts.think, inputs.think) as Part
  const approve = child(parts.approve, inputs.approve)
  const act = child(parts.act, inputs.act)
  const observe = child(parts.observe, inputs.observe)

  const state = (
    part: Part | undefined,
    target: string,
    change: Change,
    { before, after }: { before?: string; after?: string } = {},
  ): Record<string, State> => {
    if (!part) return {}
    const take = scope.action(`take:${part.key}`, (frame, { slots }) => change(frame, part.frame(slots).value, slots), {
      drop: true,
    })
    const actions = before ? [before, take] : after ? [take, after] : take
    return { [part.key]: { ...part.state, onDone: [...failBy(part), { target, actions }] } }
  }
  const way = (choice: string, target = choice) => ({
    guard: scope.guard(choice, (frame) => frame.choice === choice),
    target,
  })
  /** First somebody is asked about each call that asks, then those that may run do. */
  const onward = (frame: Frame, talk: Talk, slots: Slots): Frame => {
    const calls = callsOf(talk, slots)
    const choice = calls.some(({ asks }) => asks) ? 'approve' : calls.some(runs) ? 'act' : 'observe'
    return { ...frame, value: talk, choice }
  }

  const keepCalls = scope.remember('keepCalls', (memory, { value }) => {
    const { messages } = Object(value) as Partial<Talk>
    return messages ? withCallsOf(calledIn(memory), messages) : memory
  })
  const withWords = (memory: unknown, frame: Frame, slots: Slots, word: object) => {
    const { input } = (approve as Part).frame(slots)
    const { tool_calls: calls } = askingMessage(talkOf(frame).messages)
    const open = callsOf(talkOf(frame), slots).filter(({ asks }) => asks)
    return judgedBy(word, input as AskedCall, open).reduce(
      (known, id) =>
        withWord(
          known,
          id,
          wordOf(
            word,
            calls?.find((one) => one.id === id),
          ),
        ),
      calledIn(memory),
    )
  }
  const keepWord =
    approve &&
    scope.remember('keepWord', (memory, frame, slots) =>
      withWords(memory, frame, slots, approve.frame(slots).value as object),
    )
  const keepAside = approve && scope.remember('keepAside', withWords)

  // Tools whose results the model would never see are not called.
  const isLast = ({ iteration = 0 }: Frame) => iteration + 1 >= maxTurns
  // No error while there are turns left: a retry must not take the place of a round.
  const exhausted = fail(
    'exhaust',
    (frame) => (isLast(frame) ? endless(scope.path, frame.attempt, maxTurns) : undefined),
    { when: scope.guard('exhausted', isLast), from: 'inside' },
  )
  const hears = hearing(scope, talkOf, keepAside)
  think.state = { ...think.state, ...hears.think }
  scope.restores(
    restoring({ maxTurns, wrapper, talkOf, called, callsOf, inputs, children: { think, approve, act, observe } }),
  )
  return {
    initial: 'think',
    ...hears.running,
    states: {
      ...state(
        think,
        'checking',
        (frame, output, slots) => {
          const { messages } = talkOf(frame)
          const message = withOwnIds(messageIn(output), usedIds(called(slots), messages))
          const said = unheard(frame)
          const turn = (frame.iteration ?? 0) + 1
          // The user has said something meanwhile, so the answer is not the last word.
          if (!message.tool_calls && said.length > 0 && turn < maxTurns) {
            return { ...frame, value: { messages: [...messages, message] }, choice: 'observe' }
          }
          if (!message.tool_calls) return answered(frame, message.content, [...messages, message])
          return onward(frame, { messages: [...messages, message] }, slots)
        },
        { after: keepCalls },
      ),
      hearing: hears.hearing,
      checking: {
        always: [
          broken('inside'),
          way('answered', nextAt),
          ...exhausted,
          ...(approve ? [way('approve')] : []),
          ...(act ? [way('act')] : []),
          { target: 'observe' },
        ],
      },
      ...state(
        approve,
        'checking',
        (frame, word, slots) => onward(ended(scope.path, frame, word), talkOf(frame), slots),
        {
          ...(keepWord && { before: keepWord }),
        },
      ),
      ...state(act, 'observe', (frame, output, slots) => {
        const ran = act?.frame(slots).input as readonly AgentCall[]
        const changed = callsOf(talkOf(frame), slots).filter(({ isChanged }) => isChanged)
        const told = withChanges(toldOf(ran, output, tools, act?.path ?? ''), changed)
        return { ...frame, value: { messages: talkOf(frame).messages, told } }
      }),
      ...state(observe, stopWhen ? 'stopping' : 'think', (frame, output, slots) => {
        const talk = talkOf(frame)
        const answers = Array.isArray(output) ? (output as ChatMessage[]) : messagesOf(inputs.observe(talk, slots))
        const messages = [...talk.messages, ...answers, ...unheard(frame)]
        const turn = (frame.iteration ?? 0) + 1
        const calls = callsOf(talk, slots)
        const next = { ...allHeard(frame), value: { messages }, iteration: turn, choice: 'again' }
        if (!stopWhen || calls.length === 0 || !stops(stopWhen({ messages, calls: calls.map(plainCall), turn })))
          return next
        return answered(next, lastText(messages), messages)
      }),
      ...(stopWhen && { stopping: { always: [broken('inside'), way('answered', nextAt), { target: 'think' }] } }),
    },
  }
}

/** What stands in for the model by an override may give a text, which is checked nowhere else. */
function messageIn(output: unknown): AssistantMessage {
  const { issues, ...read } = readMessage(output)
  if (issues) throw new InvalidValue(issues.map(({ message }) => ({ message, path: [] })))
  return (read as { value: AssistantMessage }).value
}

/** A person's word may end the whole agent, which is not tried again. */
function ended(path: string, frame: Frame, word: unknown): Frame {
  const { type, end, reason } = word as { type: string; end?: boolean; reason?: string }
  if (type !== 'REJECT' || end !== true) return frame
  const message = `${path} was ended by a person, who rejected a call of a tool.${reason ? ` Their reason: ${reason}` : ''}`
  const { attempt: attempts } = frame
  return { ...frame, error: toData(new PipelineError({ code: 'rejected', path, state: 'running', attempts, message })) }
}

const stops = (answer: unknown): boolean => Boolean(atOnce(answer, 'stopWhen'))

const endless = (path: string, attempts: number, max: number) =>
  new PipelineError({
    code: 'max_iterations',
    path,
    state: 'running',
    attempts,
    message: `${path} had no answer after ${max} turns of its model. Raise maxTurns, or fix the instructions or the tools.`,
  })
