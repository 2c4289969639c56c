import { PipelineError } from '../../errors.ts'
import type { Lifecycle } from '../../compile/lifecycle.ts'
import type { NodeChild, CompiledChild, Scope, Slots, State, Transition } from '../../compile/scope.ts'
import type { AssistantMessage, Frame } from '../../types.ts'
import { type ActResult, outcomesIn } from './act.ts'
import { type BeforeTurnResult, forTurn } from './before-turn.ts'
import type { Ends } from './end-conditions.ts'
import { messageEventHandlers, pendingMessages } from './message-events.ts'
import { recordCalls, recordDecisions, withNewIds } from './memory.ts'
import type { Request } from './request.ts'
import { restoreCheck } from './restore-check.ts'
import {
  countTurn,
  appendDraft,
  type DraftOptions,
  withOutput,
  isAnswer,
  isEmptyAnswer,
  lastMessage,
  readTurnAnswer,
  restoreConversation,
  appendMessages,
  saveConversation,
} from './conversation-state.ts'

/** The children of the loop, and its options. */
export type AgentParts = {
  readonly beforeTurn: NodeChild | undefined
  readonly think: NodeChild
  readonly act: NodeChild
  readonly request: Request
  /** How an answer that does not fit is requested again. */
  readonly draft: DraftOptions
  readonly maxTurns: number
  readonly outputRetries: number
  /** Whether one more turn without tools follows the last one (`onMaxTurns: 'answer'`). */
  readonly answers: boolean
  /** Whether the output has the conversation. */
  readonly transcript: boolean
  /** Whether a call may wait for approval. */
  readonly mayAsk: boolean
  /** Whether an answer may not fit its schema. */
  readonly mayMiss: boolean
  readonly ends: Ends
}

/** Turns that repeat an answer do not count. */
export const isLastTurn = ({ iteration = 0, again = 0 }: Frame, maxTurns: number): boolean =>
  iteration - again >= maxTurns

/** `(beforeTurn →) think → act → (beforeTurn →) think`, until an answer, a call or a person ends it. */
export function cycle(scope: Scope, life: Lifecycle, parts: AgentParts): State {
  const { request, draft, maxTurns, outputRetries, answers, transcript, mayAsk } = parts
  // A transition that can never be taken is not in the chart.
  const { stopWhen, onMaxTurns, endWith } = parts.ends
  const mayRetry = parts.mayMiss && outputRetries > 0
  const maySimplyEnd = stopWhen !== undefined || typeof onMaxTurns === 'function'
  const { nextAt, doneAt, fail, failBy } = life
  const { path } = scope

  // The children. A model call and its tool calls have the number of their turn in their idempotency keys.
  const turns = ({ iteration = 0, restarts = 0 }: Frame) => iteration + restarts
  const child = (node: NodeChild, feed: Request['think'], isNext: boolean): CompiledChild =>
    scope.child(node, feed, { mapped: request.asks, remade: true, round: (frame) => turns(frame) + (isNext ? 1 : 0) })
  const beforeTurn = parts.beforeTurn && child(parts.beforeTurn, request.beforeTurn, true)
  const think = child(parts.think, request.think, true)
  const act = child(parts.act, request.act, false)

  // Their outputs.
  const said = (slots: Slots) => readTurnAnswer(think.frame(slots)?.value)
  const acted = (slots: Slots) => act.frame(slots).value as ActResult
  const change = (slots: Slots) => (beforeTurn?.frame(slots).value ?? {}) as BeforeTurnResult

  // Guards.
  const when = (name: string, test: (frame: Frame, slots: Slots) => unknown) =>
    scope.guard(name, (frame, { slots }) => Boolean(test(frame, slots)))
  const isUnread = when('isUnread', (_, slots) => !said(slots))
  const isEmpty = when('isEmpty', (frame, slots) => isEmptyAnswer(frame, said(slots)))
  const isMisfit = when('isMisfit', ({ again = 0 }, slots) => said(slots)?.misfit && again < outputRetries)
  const isNoEnd = when('isNoEnd', (_, slots) => draft.ask !== undefined && said(slots)?.misfit)
  const isInterrupted = when(
    'isInterrupted',
    (frame, slots) =>
      isAnswer(said(slots)) && pendingMessages(frame).length > 0 && !isLastTurn(countTurn(frame), maxTurns),
  )
  const isAnswered = when('isAnswer', (_, slots) => isAnswer(said(slots)))
  const hasCalls = when('hasCalls', (_, slots) => said(slots)?.tool_calls?.length)
  const isPastLast = when('isPastLast', ({ isLast }) => isLast)
  const isEnded = when('isEnded', (_, slots) => acted(slots).end?.by === 'endWith')
  const mustEnd = when('mustEnd', (_, slots) => acted(slots).end)
  const mayAnswer = when('mayAnswer', (frame) => !frame.isLast && isLastTurn(frame, maxTurns))
  const isOutOfTurns = when('isOutOfTurns', (frame) => isLastTurn(frame, maxTurns))
  const mustStop = when('mustStop', (_, slots) => change(slots).stop)

  // Updates of the frame.
  const take = (name: string, update: (frame: Frame, slots: Slots) => Frame) =>
    scope.action(`take:${name}`, (frame, { slots }) => update(frame, slots), { drop: true })
  const heard = (frame: Frame, slots: Slots): Frame => {
    const { misfit: _, ...message } = said(slots) as AssistantMessage & { misfit?: unknown }
    return appendMessages(countTurn(frame), [withNewIds(message, frame, slots, path)])
  }
  const learnt = ({ turnWith: _, ...frame }: Frame, slots: Slots): Frame => appendMessages(frame, acted(slots).messages)
  const changed = (frame: Frame, slots: Slots): Frame => {
    const { messages } = change(slots)
    return { ...frame, ...(messages && { talk: { messages, isNew: true } }), turnWith: forTurn(change(slots)) }
  }
  const over = (frame: Frame, slots: Slots) => withOutput(learnt(frame, slots), acted(slots).end?.output, transcript)
  const keepCalls = recordCalls(scope, lastMessage)
  const keepWords = recordDecisions(scope, (slots) => acted(slots).words)
  const tell = scope.emits('message', (frame) => ({
    type: 'message',
    turn: frame.iteration ?? 0,
    message: lastMessage(frame),
  }))

  const { running, thinking } = messageEventHandlers(scope, mayAsk)
  scope.counts()
  scope.saves((frame) => saveConversation(frame, scope.isItem), restoreConversation)
  scope.shows((frame) => request.shown(frame))
  scope.restores(restoreCheck({ path, maxTurns, outputRetries, act }))
  scope.dress = (error, frame, slots, self) =>
    request.dressed(error, frame, act.frame(slots)?.value as ActResult | undefined, outcomesIn(self, act.path))

  const again = parts.beforeTurn ? 'beforeTurn' : 'think'
  const thinkAgain = { target: again, ...(again === 'think' && { reenter: true as const }) }
  const failing = (name: string, guard: string, of: (attempt: number) => PipelineError): Transition[] =>
    fail(name, ({ attempt }) => of(attempt), { when: guard, drop: true, from: 'inside' })
  const exhaust = (attempt: number) => endless(path, attempt, maxTurns)

  return {
    initial: again,
    ...running,
    states: {
      ...(beforeTurn && {
        beforeTurn: {
          ...beforeTurn.state,
          onDone: [
            ...failBy(beforeTurn),
            {
              guard: mustStop,
              target: nextAt,
              actions: take('stop', (frame, slots) =>
                withOutput(changed(frame, slots), change(slots).stop?.output, transcript),
              ),
            },
            { target: 'think', actions: take('change', changed) },
          ],
        },
      }),
      think: {
        ...think.state,
        entry: [thinking.entry, think.state.entry ?? []].flat(),
        on: thinking.on,
        onDone: [
          ...failBy(think),
          ...failing('unread', isUnread, (attempt) => unread(think.path, attempt)),
          {
            ...thinkAgain,
            guard: isEmpty,
            actions: take('empty', (frame) => ({ ...countTurn(frame, true), wasEmpty: true })),
          },
          ...only(mayRetry, {
            ...thinkAgain,
            guard: isMisfit,
            actions: take('misfit', (frame, slots) => appendDraft(countTurn(frame, true), said(slots)!, draft)),
          }),
          ...(draft.ask === undefined ? [] : failing('noEnd', isNoEnd, (attempt) => unended(path, attempt))),
          ...only(maxTurns > 1, {
            ...thinkAgain,
            guard: isInterrupted,
            actions: [take('interrupted', heard), ...tell],
          }),
          {
            guard: isAnswered,
            target: nextAt,
            actions: [
              take('answer', heard),
              ...tell,
              scope.action('answer', (frame) => withOutput(frame, lastMessage(frame)?.content, transcript)),
            ],
          },
          ...(answers ? failing('exhaust:last', isPastLast, exhaust) : []),
          { guard: hasCalls, target: 'act', actions: [take('calls', heard), keepCalls, ...tell] },
        ],
      },
      act: {
        ...act.state,
        onDone: [
          ...failBy(act),
          ...only(endWith.size > 0, { guard: isEnded, target: doneAt, actions: [keepWords, take('output', over)] }),
          ...only(maySimplyEnd, { guard: mustEnd, target: nextAt, actions: [keepWords, take('end', over)] }),
          ...only(answers, {
            guard: mayAnswer,
            target: again,
            actions: [keepWords, take('last', (frame, slots) => ({ ...learnt(frame, slots), isLast: true }))],
          }),
          ...(onMaxTurns === 'fail' ? failing('exhaust', isOutOfTurns, exhaust) : []),
          { target: again, actions: [keepWords, take('results', learnt)] },
        ],
      },
    },
  }
}

const only = (isDrawn: boolean, transition: Transition): Transition[] => (isDrawn ? [transition] : [])

const failed = (code: PipelineError['code'], path: string, attempts: number, message: string) =>
  new PipelineError({ code, path, state: 'running', attempts, message })

const endless = (path: string, attempts: number, max: number) =>
  failed(
    'max_iterations',
    path,
    attempts,
    `${path} had no answer after ${max} turns of its model. Raise maxTurns, or fix the instructions or the tools.`,
  )

const unread = (path: string, attempts: number) =>
  failed('run', path, attempts, `${path} returned no message. Return a text, or { content, tool_calls }.`)

const unended = (path: string, attempts: number) =>
  failed(
    'output_validation',
    path,
    attempts,
    `${path} answered in words, and must end with a call of a tool. Fix the instructions, or raise outputRetries.`,
  )
