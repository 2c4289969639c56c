import { isPlainObject } from '../../../border/shape.ts'
import type { ToolCall } from '../../../types.ts'
import { ToolCallAccumulator } from './tool-call-accumulator.ts'
import { mergeExtras, nonEmptyExtras } from './message-extras.ts'
import { inferFinishReason, normalizeFinishReason } from './finish-reason.ts'
import { readMessageContent } from './message-content.ts'

type ChoiceFields = Readonly<Record<string, unknown>>
export type ChoiceEvent = { type: string; [key: string]: unknown }
/** One parsed answer of a completion. */
export type ChatChoice = {
  content: string | null
  refusal: string | null
  calls: ToolCall[]
  /** The finish reason in OpenAI's terms; `rawReason`: the server's, if it differs. */
  reason: string | null
  rawReason?: string
  logprobs?: readonly unknown[]
  /** Other keys of the provider on the message. */
  extras: Record<string, unknown>
}

/** Accumulates one answer from a complete message or from deltas. */
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

  /** Whether a finish reason was received. */
  get isEnded(): boolean {
    return this.reason !== undefined
  }

  /** Whether the answer is usable after `[DONE]` without a finish reason. */
  get isUsable(): boolean {
    return this.calls.areWhole && Boolean(this.text || this.refusal || this.calls.count > 0)
  }

  /** Adds a chunk's choice, and yields events for what is new. */
  *add(piece: ChoiceFields): Generator<ChoiceEvent> {
    const end = normalizeFinishReason(piece.finish_reason)
    const delta = deltaMessage(piece.delta)
    const message = deltaMessage(piece.message)
    if (delta && (!message || hasContent(delta))) {
      this.hasDeltas ||= hasContent(delta)
      yield* this.addMessage(delta)
      yield* this.addToolCalls(delta)
    } else if (message) {
      yield* this.addMessage(message, end !== undefined || this.hasDeltas)
      if (!this.hasDeltas || this.calls.count === 0) yield* this.calls.addWhole(toolCallsOf(message))
    } else if (typeof piece.text === 'string') {
      yield* this.addMessage({ content: piece.text })
    }
    // A later "stop" does not override another reason.
    if (end !== undefined && (this.reason === undefined || end !== 'stop')) {
      this.reason = end
      this.rawReason = String(piece.finish_reason)
    }
    const { content } = Object(piece.logprobs) as { content?: unknown }
    if (Array.isArray(content)) (this.logprobs ??= []).push(...(content as unknown[]))
  }

  /**
   * Merges another choice that belongs to the same answer: all of it if this one did not end and that one continues it
   * (`isNext`), otherwise what this one lacks. If that one had no index (`isUnplaced`), tool calls without text are
   * merged too.
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
      const body = takesText ? { content: parts ?? content, refusal } : {}
      yield* this.addMessage({ ...Object.fromEntries(fresh), ...body })
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

  /** The answer so far. */
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

  /** A complete message at the end, or among deltas, may repeat the deltas (`isAll`). */
  private *addMessage(message: ChoiceFields, isAll = false): Generator<ChoiceEvent> {
    const content = readMessageContent(message)
    const fresh = (known: string | null, given: string): string => {
      if (!isAll || !known) return given
      if (given.startsWith(known)) return given.slice(known.length)
      return this.hasDeltas ? '' : given
    }
    const reasoning = fresh(this.reasoning, content.reasoning)
    const text = content.text === null ? null : fresh(this.text, content.text)
    this.keepExtras(content.extras, text, isAll && this.hasDeltas)
    this.reasoning += reasoning
    this.refusal += fresh(this.refusal, content.refusal)
    if (text !== null) this.text = (this.text ?? '') + text
    if (reasoning) yield { type: 'reasoning', delta: reasoning }
    if (text) yield { type: 'token', delta: text }
  }

  /** If a content has parts other than text, its text is kept as parts as well. */
  private keepExtras(given: ChoiceFields, text: string | null, isAgain: boolean): void {
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

  private *addToolCalls(delta: ChoiceFields): Generator<ChoiceEvent> {
    const isLegacy = !isNonEmpty(delta.tool_calls)
    this.hasToolCalls ||= !isLegacy
    // Some servers send each call in both keys.
    if (!isLegacy || !this.hasToolCalls) yield* this.calls.add(toolCallsOf(delta))
  }
}

/** Identifies a tool call: by its id, else by name and arguments. */
const toolCallKey = ({ id, function: { name, arguments: text } }: ToolCall): string =>
  id || JSON.stringify([name, text])

/** The delta or message of a choice as an object; a plain value is its content. */
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

/** Whether a choice of a chunk has content or a finish reason. */
export const isContentDelta = ({ delta, message, text, finish_reason }: ChoiceFields): boolean =>
  Boolean(finish_reason || text) || [delta, message].map(deltaMessage).some((of) => of !== undefined && hasContent(of))
