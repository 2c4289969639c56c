import { isPlainObject } from '../../../border/shape.ts'
import type { ToolCall } from '../../../types.ts'
import { Calls } from './call-pieces.ts'
import { moreExtras, saidExtras } from './extras.ts'
import { endOf, reasonOf } from './finish-reason.ts'
import { saidIn } from './said.ts'

type Given = Readonly<Record<string, unknown>>
export type Piece = { type: string; [key: string]: unknown }
/** One answer of a completion, read. */
export type Choice = {
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
export class ChoicePieces {
  private text: string | null = null
  private refusal = ''
  private reasoning = ''
  private extras: Given = {}
  private reason: string | undefined
  private rawReason: string | undefined
  private logprobs: unknown[] | undefined
  private readonly calls: Calls
  private hasDeltas = false
  private hasToolCalls = false

  constructor(names: ReadonlySet<string>) {
    this.calls = new Calls(names)
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
  *add(piece: Given): Generator<Piece> {
    const end = reasonOf(piece.finish_reason)
    const delta = messageOf(piece.delta)
    const message = messageOf(piece.message)
    if (delta && (!message || saysSomething(delta))) {
      this.hasDeltas ||= saysSomething(delta)
      yield* this.say(delta)
      yield* this.call(delta)
    } else if (message) {
      yield* this.say(message, end !== undefined || this.hasDeltas)
      if (!this.hasDeltas || this.calls.count === 0) yield* this.calls.addWhole(callsIn(message))
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
  *adopt(other: ChoicePieces, isNext: boolean, isUnplaced: boolean): Generator<Piece> {
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
      const known = new Set(this.calls.all().calls.map(sameness))
      const given = calls.map((call, at) => ({ ...Object((callExtras as object[])[at]), ...call }) as ToolCall)
      yield* this.calls.addWhole(given.filter((call) => !known.has(sameness(call))))
    }
    if (isRest && other.isEnded) {
      this.reason = reason ?? undefined
      this.rawReason = other.rawReason
    }
    if (isRest && other.logprobs) (this.logprobs ??= []).push(...other.logprobs)
  }

  /** The answer, so far. */
  read(): Choice {
    const { calls, extras: callExtras } = this.calls.all()
    const { text: content, rawReason } = this
    const refusal = this.refusal || null
    const reason = endOf({ reason: this.reason, content, refusal, calls })
    const extras = saidExtras(this.extras)
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
  private *say(message: Given, isAll = false): Generator<Piece> {
    const said = saidIn(message)
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
  private keep(given: Given, text: string | null, isAgain: boolean): void {
    if (isAgain) {
      const fresh = Object.entries(given).filter(([key]) => !Object.hasOwn(this.extras, key))
      this.extras = moreExtras(this.extras, Object.fromEntries(fresh))
      return
    }
    const partOf = (of: string | null) => (of ? [{ type: 'text', text: of }] : [])
    const { content: parts, ...rest } = given
    const known = this.extras.content ?? (parts === undefined ? undefined : partOf(this.text))
    this.extras = moreExtras(this.extras, rest)
    if (known === undefined) return
    if (this.extras.content === undefined) this.extras = moreExtras(this.extras, { content: known })
    this.extras = moreExtras(this.extras, { content: parts ?? partOf(text) })
  }

  private *call(delta: Given): Generator<Piece> {
    const isLegacy = !isSomething(delta.tool_calls)
    this.hasToolCalls ||= !isLegacy
    // Some say each call in both ways.
    if (!isLegacy || !this.hasToolCalls) yield* this.calls.add(callsIn(delta))
  }
}

/** What tells whether two calls are one: the id, else all of it. */
const sameness = ({ id, function: { name, arguments: text } }: ToolCall): string => id || JSON.stringify([name, text])

/** What a choice has for a delta or a message, as one. */
function messageOf(given: unknown): Given | undefined {
  if (isPlainObject(given)) return given
  return given === undefined || given === null ? undefined : { content: given }
}

const isSomething = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value as object).length === 0)

const saysSomething = (message: Given): boolean =>
  Object.entries(message).some(([key, value]) => key !== 'role' && isSomething(value))

const callsIn = ({ tool_calls, function_call }: Given): unknown =>
  isSomething(tool_calls) ? tool_calls : isSomething(function_call) ? function_call : undefined

/** Whether a piece of a choice says anything, or that it is over. */
export const isToken = ({ delta, message, text, finish_reason }: Given): boolean =>
  Boolean(finish_reason || text) || [delta, message].map(messageOf).some((of) => of !== undefined && saysSomething(of))
