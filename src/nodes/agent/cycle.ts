import { InvalidValue, PipelineError } from '../../errors.ts'
import type { Lifecycle } from '../../compile/lifecycle.ts'
import type { NodeChild, Part, Scope, State } from '../../compile/scope.ts'
import type { AssistantMessage, ChatMessage, Frame } from '../../types.ts'
import { lastText } from './answer.ts'
import { type ApprovalEvent, judge } from './approve.ts'
import { type AgentCall, type Call, readCalls, type Results, runs } from './calls.ts'
import { readMessage } from './think.ts'
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
  maxTurns: number
  mustAsk(call: AgentCall): boolean
  stopWhen?: ((round: AgentRound) => unknown) | undefined
}

/** The conversation of an agent: its value until there is an answer. */
type Talk = { messages: readonly ChatMessage[]; calls: readonly Call[]; results?: Results }
type Change = (frame: Frame, output: unknown) => Frame

/** `think → checking → (approve) → act → observe → think`, until an answer leads out of `checking`. */
export function cycle(scope: Scope, { nextAt, broken, fail, failBy }: Lifecycle, parts: Parts): State {
  const { tools, start, maxTurns, mustAsk, stopWhen } = parts
  /** Everything of one round has its number in the idempotency keys. */
  const round = { round: ({ iteration = 0 }: Frame) => iteration + 1 }
  const talkOf = ({ value, input }: Frame) =>
    (value ?? { messages: [...start, ...(input as Talk).messages], calls: [] }) as Talk
  const child = (node: NodeChild | undefined, feed: (talk: Talk) => unknown) =>
    node && scope.child(node, (frame) => feed(talkOf(frame)), round)
  const state = (part: Part | undefined, target: string, change: Change): Record<string, State> => {
    if (!part) return {}
    const take = scope.action(`take:${part.key}`, (frame, { slots }) => change(frame, part.frame(slots).value), {
      drop: true,
    })
    return { [part.key]: { ...part.state, onDone: [...failBy(part), { target, actions: take }] } }
  }
  const way = (choice: string, target = choice) => ({
    guard: scope.guard(choice, (frame) => frame.choice === choice),
    target,
  })

  const think = child(parts.think, ({ messages }) => ({ messages }))
  const approve = child(parts.approve, ({ calls }) => calls.find((call) => call.asks))
  const act = child(parts.act, ({ calls }) => calls.filter(runs))
  const observe = child(parts.observe, ({ calls, results = {} }) => ({ calls, results }))
  // Tools whose results the model would never see are not called.
  const isLast = ({ iteration = 0 }: Frame) => iteration + 1 >= maxTurns
  // No error while there are turns left: a retry must not take the place of a round.
  const exhausted = fail(
    'exhaust',
    (frame) => (isLast(frame) ? endless(scope.path, frame.attempt, maxTurns) : undefined),
    { when: scope.guard('exhausted', isLast), from: 'inside' },
  )
  return {
    initial: 'think',
    states: {
      ...state(think, 'checking', (frame, output) => {
        const message = messageIn(output)
        if (!message.tool_calls) return { ...frame, value: message.content, choice: 'answered' }
        const messages = [...talkOf(frame).messages, message]
        return onward(frame, { messages, calls: readCalls(message, tools, mustAsk) })
      }),
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
      ...state(approve, 'checking', (frame, output) => {
        const talk = talkOf(frame)
        return onward(frame, { ...talk, calls: judge(talk.calls, output as ApprovalEvent) })
      }),
      ...state(act, 'observe', (frame, output) => ({
        ...frame,
        value: { ...talkOf(frame), results: output as Results },
      })),
      ...state(observe, stopWhen ? 'stopping' : 'think', (frame, output) => {
        const { messages: before, calls } = talkOf(frame)
        const messages = [...before, ...(output as ChatMessage[])]
        const turn = (frame.iteration ?? 0) + 1
        const next = { ...frame, value: { messages, calls: [] }, iteration: turn, choice: 'again' }
        if (!stopWhen || !stops(stopWhen({ messages, calls: calls.map(plain), turn }))) return next
        return { ...next, value: lastText(messages), choice: 'answered' }
      }),
      ...(stopWhen && { stopping: { always: [broken('inside'), way('answered', nextAt), { target: 'think' }] } }),
    },
  }
}

/** With these calls: first somebody is asked about each that asks, then those that may run do. */
function onward(frame: Frame, talk: Talk): Frame {
  const choice = talk.calls.some(({ asks }) => asks) ? 'approve' : talk.calls.some(runs) ? 'act' : 'observe'
  return { ...frame, value: talk, choice }
}

/** What stands in for the model by an override may give a text, which is checked nowhere else. */
function messageIn(output: unknown): AssistantMessage {
  const { issues, ...read } = readMessage(output)
  if (issues) throw new InvalidValue(issues.map(({ message }) => ({ message, path: [] })))
  return (read as { value: AssistantMessage }).value
}

const plain = ({ id, name, input }: Call): AgentCall => ({ id, name, input })

function stops(answer: unknown): boolean {
  if (answer instanceof Promise) throw new TypeError('stopWhen gives a promise and must answer at once')
  return Boolean(answer)
}

const endless = (path: string, attempts: number, max: number) =>
  new PipelineError({
    code: 'max_iterations',
    path,
    state: 'running',
    attempts,
    message: `${path} had no answer after ${max} turns of its model. Raise maxTurns, or mend the instructions and the tools.`,
  })
