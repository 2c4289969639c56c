import type { AnyActorRef } from 'xstate'
import type { PipelineError } from '../../errors.ts'
import type { Slots } from '../../compile/scope.ts'
import type { ChatMessage, Frame, RunContext, ToolChoice } from '../../types.ts'
import { assertSync } from '../../border/shape.ts'
import { formatValue } from '../../border/format-value.ts'
import { toolError } from '../../models/assistant-message.ts'
import { type ActResult, resultOf } from './act.ts'
import { type BeforeTurnResult, modelOf } from './before-turn.ts'
import { callsOf } from './turn-calls.ts'
import { type RoundData, roundData, withGet } from './round.ts'
import { pendingIn } from './conversation.ts'
import type { CallOutcome } from './call-outcome.ts'
import { conversation } from './conversation-state.ts'
import type { TurnResources, Turn } from './think.ts'
import type { ResolvedTools } from './toolset.ts'
import type { AgentRound } from './types.ts'

type Feed = (frame: Frame, slots: Slots, self: AnyActorRef) => unknown
/** The inputs of the states of the loop, and the views of the conversation. */
export type Request = {
  /** Whether user code runs for them. */
  readonly asks: boolean
  readonly beforeTurn: Feed
  readonly think: Feed
  readonly act: Feed
  /** The resources of a turn that are not serializable. */
  known(turn: Turn, ctx: RunContext): TurnResources | Promise<TurnResources>
  shown(frame: Frame): { readonly messages: readonly ChatMessage[]; readonly turn: number }
  /** The error with the conversation, in which each call has a result: its outcome, or that it was stopped. */
  dressed(
    error: PipelineError,
    frame: Frame,
    acted: ActResult | undefined,
    outcomeOf: (id: string) => CallOutcome | undefined,
  ): PipelineError
}

type Options = {
  readonly owner: string
  readonly tools: ResolvedTools
  readonly instructions: string | ((round: AgentRound) => unknown) | undefined
  /** The instruction for the format of the answer, for a model that takes no JSON Schema. */
  readonly form: string | undefined
  readonly toolChoice: ToolChoice | undefined
  /** Whether the model's own `toolChoice` is reset after the first call, too. */
  readonly lets: boolean
  /** Calls `beforeTurn` for the model of a turn that was saved. */
  readonly again: ((round: RoundData, ctx: RunContext) => Promise<unknown>) | undefined
}

/** The result of a call that had not ended when its agent failed. */
const STOPPED = { success: false, .../* @__PURE__ */ toolError('Error: this call was stopped before it ended.') }

export function createRequest({ owner, tools, instructions, form, toolChoice, lets, again }: Options): Request {
  /** The resources by the input of their turn. */
  const known = new WeakMap<Turn, TurnResources & { frame: Frame; change: BeforeTurnResult }>()
  const isAsked = typeof instructions === 'function'

  function instructionsOf(
    frame: Frame,
    { instructions: own }: BeforeTurnResult,
    round: () => AgentRound,
  ): string | undefined {
    if (own !== undefined) return own
    if (!isAsked) return instructions
    const words: unknown = assertSync(instructions(round()), 'instructions')
    if (typeof words === 'string') return words
    throw new TypeError(`${owner}: instructions returned ${formatValue(words)}. Return a string.`)
  }

  return {
    asks: isAsked || tools.isAsked,
    beforeTurn: (frame) => roundData(frame),
    think: (frame, _, self): Turn => {
      const { iteration = 0, isLast } = frame
      const round = () => withGet(roundData(frame), self, frame)
      const change = (frame.turnWith ?? {}) as BeforeTurnResult
      const toolset = tools.of(frame, iteration + 1, round)
      const names = isLast ? [] : (change.tools ?? [...toolset.keys()])
      const content = [instructionsOf(frame, change, round), form].filter(Boolean).join('\n\n')
      const choice = names.length > 0 ? choiceOf(frame, change) : undefined
      const messages = conversation(frame)
      const turn: Turn = {
        messages: content ? [{ role: 'system', content }, ...messages] : messages,
        turn: iteration + 1,
        tools: names,
        ...(choice !== undefined && { toolChoice: choice }),
        ...(change.isOther && { isOther: true }),
      }
      known.set(turn, { tools: toolset, model: modelOf(change), frame, change })
      return turn
    },
    act: (frame, _, self) => {
      // The round at the start of the turn: a restored run calls the `tools` function again.
      const { iteration = 0 } = frame
      const round = () => {
        const messages = conversation(frame)
        const asking = messages.findLastIndex(({ role }) => role !== 'tool')
        const before = { ...frame, iteration: Math.max(iteration - 1, 0) }
        return withGet(roundData(before, [], messages.slice(0, asking)), self, frame)
      }
      return callsOf(frame, tools.of(frame, iteration, round))
    },
    known: async (turn, ctx) => {
      const found = known.get(turn)
      if (!found) return { tools: tools.fixed }
      if (!turn.isOther || found.model !== undefined || !again) return found
      // The run was saved during this turn, and a model is not serializable.
      const change = (await again(roundData(found.frame), ctx)) as { model?: unknown } | undefined
      return { ...found, model: change?.model }
    },
    shown: (frame) => ({ messages: conversation(frame), turn: frame.iteration ?? 0 }),
    dressed: (error, frame, acted, outcomeOf) => {
      const said = conversation(frame)
      const results = acted?.messages ?? pendingIn(said).map(({ id }) => resultOf(id, outcomeOf(id)?.told ?? STOPPED))
      return Object.defineProperty(error, 'messages', { value: [...said, ...results], configurable: true })
    },
  }

  /** A forced tool choice is reset to `auto` after one call, so that the model can answer. */
  function choiceOf(frame: Frame, { toolChoice: own }: BeforeTurnResult): ToolChoice | undefined {
    if (own !== undefined) return own
    const isForced = toolChoice === 'required' || typeof toolChoice === 'object'
    const hasCalled = conversation(frame).some((message) => message.role === 'tool')
    return hasCalled && (isForced || lets) ? 'auto' : toolChoice
  }
}
