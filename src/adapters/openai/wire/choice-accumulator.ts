import { isPlainObject } from '../../../border/shape.ts'
import type { ToolCall } from '../../../types.ts'
import { ToolCallAccumulator } from './tool-call-accumulator.ts'
import { mergeExtras, nonEmptyExtras } from './message-extras.ts'
import { inferFinishReason, normalizeFinishReason } from './finish-reason.ts'
import { readMessageContent } from './message-content.ts'

type ChoiceFields = Readonly<Record<string, unknown>>
export type ChoiceEvent = { type: string; [key: string]: unknown }
/** One answer of a completion, read. */
export type ChatChoice = {
  content: string | null
  refusal: string | null
  calls: ToolCall[]
  /** In OpenAI's words; `rawReason` is what the server said, where that differs. */
  reason: string | null
  rawReason?: string
  logprobs?: readonly unknown[]
  /** What the provider keeps on its message beside. */
  extras: Record<string, unknown>
}

/** One answer, which comes as a whole or in pieces. */
export class ChoiceAccumulator {
  private text: string | null = null
  private refusal = ''
  private reasoning = ''
  private extras: ChoiceFields = {}
  private reason: string | undefined
  private rawReason: string | undefined
  private logprobs: unknown[] | undefined
  private readonly calls: ToolCallAccumulator
  private hasDeltas = false
  private hasToolCalls = false

  constructor(names: ReadonlySet<string>) {
    this.calls = new ToolCallAccumulator(names)
  }

  /** Whether the server said why it ended. */
  get isEnded(): boolean {
    return this.reason !== undefined
  }

  /** Whether it can stand as it is where a stream says that it is over, and not why. */
  get isUsable(): boolean {
    return this.calls.areWhole && Boolean(this.text || this.refusal || this.calls.count > 0)
  }

  /** Adds a piece, and tells what was new. */
  *add(piece: ChoiceFields): Generator<ChoiceEvent> {
    const end = normalizeFinishReason(piece.finish_reason)
    const delta = deltaMessage(piece.delta)
    const message = deltaMessage(piece.message)
    if (delta && (!message || hasContent(delta))) {
      this.hasDeltas ||= hasContent(delta)
      yield* this.say(delta)
      yield* this.call(delta)
    } else if (message) {
      yield* this.say(message, end !== undefined || this.hasDeltas)
      if (!this.hasDeltas || this.calls.count === 0) yield* this.calls.addWhole(toolCallsOf(message))
    } else if (typeof piece.text === 'string') {
      yield* this.say({ content: piece.text })
    }
    // A "stop" that comes later takes back nothing.
    if (end !== undefined && (this.reason === undefined || end !== 'stop')) {
      this.reason = end
      this.rawReason = String(piece.finish_reason)
    }
    const { content } = Object(piece.logprobs) as { content?: unknown }
    if (Array.isArray(content)) (this.logprobs ??= []).push(...(content as unknown[]))
  }

  /**
   * Takes what is of this answer from a choice that came beside it: all of it where this one stopped in the midst and
   * that one went on (`isNext`); else what this one lacks. Where no index tells them apart (`isUnplaced`), calls that
   * stand without a text are its own as well.
   */
  *adopt(other: ChoiceAccumulator, isNext: boolean, isUnplaced: boolean): Generator<ChoiceEvent> {
    const isRest = isNext && !this.isEnded
    const { content, refusal, extras, calls, reason } = other.read()
    const isBare = this.calls.count === 0
    const takesText = isRest || (!this.text && !this.refusal && (isBare || calls.length === 0))
    const takesCalls = isRest || isBare || (isUnplaced && !content)
    const { content: parts, tool_calls: callExtras = [], ...rest } = extras
    const fresh = Object.entries(rest).filter(([key]) => isRest || !Object.hasOwn(this.extras, key))
    if (takesText || takesCalls) {
      const said = takesText ? { content: parts ?? content, refusal } : {}
      yield* this.say({ ...Object.fromEntries(fresh), ...said })
    }
    if (takesCalls) {
      const known = new Set(this.calls.all().calls.map(toolCallKey))
      const given = calls.map((call, at) => ({ ...Object((callExtras as object[])[at]), ...call }) as ToolCall)
      yield* this.calls.addWhole(given.filter((call) => !known.has(toolCallKey(call))))
    }
    if (isRest && other.isEnded) {
      this.reason = reason ?? undefined
      this.rawReason = other.rawReason
    }
    if (isRest && other.logprobs) (this.logprobs ??= []).push(...other.logprobs)
  }

  /** The answer, so far. */
  read(): ChatChoice {
    const { calls, extras: callExtras } = this.calls.all()
    const { text: content, rawReason } = this
    const refusal = this.refusal || null
    const reason = inferFinishReason({ reason: this.reason, content, refusal, calls })
    const extras = nonEmptyExtras(this.extras)
    if (callExtras.some((one) => Object.keys(one).length > 0)) extras.tool_calls = callExtras
    return {
      content,
      refusal,
      calls,
      reason,
      extras,
      ...(rawReason !== undefined && rawReason !== reason && { rawReason }),
      ...(this.logprobs && { logprobs: this.logprobs }),
    }
  }

  /** A message that comes with the end, or among deltas, may hold once more what came in pieces. */
  private *say(message: ChoiceFields, isAll = false): Generator<ChoiceEvent> {
    const said = readMessageContent(message)
    const fresh = (known: string | null, given: string): string => {
      if (!isAll || !known) return given
      if (given.startsWith(known)) return given.slice(known.length)
      return this.hasDeltas ? '' : given
    }
    const reasoning = fresh(this.reasoning, said.reasoning)
    const text = said.text === null ? null : fresh(this.text, said.text)
    this.keep(said.extras, text, isAll && this.hasDeltas)
    this.reasoning += reasoning
    this.refusal += fresh(this.refusal, said.refusal)
    if (text !== null) this.text = (this.text ?? '') + text
    if (reasoning) yield { type: 'reasoning', delta: reasoning }
    if (text) yield { type: 'token', delta: text }
  }

  /** Once a content has parts that are no text, its texts are parts as well. */
  private keep(given: ChoiceFields, text: string | null, isAgain: boolean): void {
    if (isAgain) {
      const fresh = Object.entries(given).filter(([key]) => !Object.hasOwn(this.extras, key))
      this.extras = mergeExtras(this.extras, Object.fromEntries(fresh))
      return
    }
    const partOf = (of: string | null) => (of ? [{ type: 'text', text: of }] : [])
    const { content: parts, ...rest } = given
    const known = this.extras.content ?? (parts === undefined ? undefined : partOf(this.text))
    this.extras = mergeExtras(this.extras, rest)
    if (known === undefined) return
    if (this.extras.content === undefined) this.extras = mergeExtras(this.extras, { content: known })
    this.extras = mergeExtras(this.extras, { content: parts ?? partOf(text) })
  }

  private *call(delta: ChoiceFields): Generator<ChoiceEvent> {
    const isLegacy = !isNonEmpty(delta.tool_calls)
    this.hasToolCalls ||= !isLegacy
    // Some say each call in both ways.
    if (!isLegacy || !this.hasToolCalls) yield* this.calls.add(toolCallsOf(delta))
  }
}

/** What tells whether two calls are one: the id, else all of it. */
const toolCallKey = ({ id, function: { name, arguments: text } }: ToolCall): string =>
  id || JSON.stringify([name, text])

/** What a choice has for a delta or a message, as one. */
function deltaMessage(given: unknown): ChoiceFields | undefined {
  if (isPlainObject(given)) return given
  return given === undefined || given === null ? undefined : { content: given }
}

const isNonEmpty = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value as object).length === 0)

const hasContent = (message: ChoiceFields): boolean =>
  Object.entries(message).some(([key, value]) => key !== 'role' && isNonEmpty(value))

const toolCallsOf = ({ tool_calls, function_call }: ChoiceFields): unknown =>
  isNonEmpty(tool_calls) ? tool_calls : isNonEmpty(function_call) ? function_call : undefined

/** Whether a piece of a choice says anything, or that it is over. */
export const isContentDelta = ({ delta, message, text, finish_reason }: ChoiceFields): boolean =>
  Boolean(finish_reason || text) || [delta, message].map(deltaMessage).some((of) => of !== undefined && hasContent(of))
