import { attempt, isPlainObject } from '../../../border/shape.ts'
import type { ToolCall } from '../../../types.ts'
import { mergeToolName } from './tool-call-name.ts'
import { type ToolCallDelta, toolCallDeltas } from './tool-call-delta.ts'
import { JsonEndDetector } from './json-end.ts'

type PartialToolCall = {
  nth: number
  at: number
  id: string
  name: string
  text: string
  end: JsonEndDetector
  /** Whether its name was received before its arguments. */
  isNamedFirst: boolean
  isCustom: boolean
  extras: object
  /** A name that was repeated after the call was complete: of the same call, or of one whose arguments follow. */
  again: string
}
export type ToolCallDeltaEvent = { type: 'tool_call_delta'; id: string; name: string; delta: string }

/**
 * Accumulates the tool calls of one answer from deltas. Calls are distinguished by id and index if the server sends
 * both, by one of them otherwise, and by complete arguments, to which more text cannot belong.
 */
export class ToolCallAccumulator {
  private readonly drafts: PartialToolCall[] = []
  private readonly byId = new Map<string, PartialToolCall>()
  private readonly byIndex = new Map<number, PartialToolCall>()
  private readonly byBoth = new Map<string, PartialToolCall>()
  private readonly names: ReadonlySet<string>

  constructor(names: ReadonlySet<string>) {
    this.names = names
  }

  get count(): number {
    return this.drafts.length
  }

  /** Whether the arguments of all calls are complete. */
  get areWhole(): boolean {
    return this.drafts.every(({ text, end, isCustom }) => isCustom || text.trim() === '' || end.isWhole)
  }

  /** Adds the value of `tool_calls` or `function_call` of one chunk. */
  *add(given: unknown): Generator<ToolCallDeltaEvent> {
    const pieces = toolCallDeltas(given)
    const born = this.drafts.length
    for (const [place, piece] of pieces.entries()) {
      // Without id and index, several calls of one list are distinguished by their positions.
      if (pieces.length > 1 && piece.index === undefined && !piece.id) piece.index = place
      const found = this.find(piece)
      // A call that is twice in one list was made twice.
      const isTwice = found !== undefined && found.nth >= born && found.end.isWhole && piece.name !== ''
      const isOther = !found || isTwice || this.isNext(found, piece)
      yield* this.extend(isOther ? this.begin(piece, found) : found, piece)
    }
  }

  /** Adds the calls of a complete message. */
  *addWhole(given: unknown): Generator<ToolCallDeltaEvent> {
    for (const piece of toolCallDeltas(given)) yield* this.extend(this.begin(piece, undefined), piece)
  }

  /** The calls in order, and the provider's other keys on each. */
  all(): { calls: ToolCall[]; extras: object[] } {
    const meant = this.drafts.filter(({ name, text }) => name !== '' || text.trim() !== '')
    const sorted = meant.toSorted((one, other) => one.at - other.at)
    const calls = sorted.map(({ id, name, text, isCustom }): ToolCall => {
      return {
        id,
        type: 'function',
        function: { name, arguments: isCustom ? customToolArguments(text) : unquoteArguments(text) },
      }
    })
    return { calls, extras: sorted.map(({ extras }) => extras) }
  }

  private find({ id, index: at, name }: ToolCallDelta): PartialToolCall | undefined {
    const last = this.drafts.at(-1)
    const atIndex = at === undefined ? last : this.byIndex.get(at)
    // A new index without a name may belong to the last call, if that is incomplete.
    if (!id) return atIndex ?? (!name && last && isIncomplete(last) ? last : undefined)
    const same = (at === undefined ? undefined : this.byBoth.get(`${at} ${id}`)) ?? this.byId.get(id)
    if (same) return same
    // An id that arrives late, or another id in each delta of one call.
    return atIndex && (atIndex.id === '' || (!name && isIncomplete(atIndex))) ? atIndex : undefined
  }

  private isNext(known: PartialToolCall, piece: ToolCallDelta): boolean {
    if (known.end.isWhole && piece.arguments.trim() !== '')
      return !isRepeated(known, piece) && !isPlaceholderArguments(known, piece)
    // Some servers send the same id for all calls: a name at a new index begins another call.
    const isElsewhere = piece.index !== undefined && piece.index !== known.at && known.isNamedFirst && known.end.isWhole
    if (isElsewhere && piece.name !== '') return true
    return mergeToolName(known.name, piece.name, this.names, known.text !== '') === undefined
  }

  private begin({ index: at, name, isCustom }: ToolCallDelta, before: PartialToolCall | undefined): PartialToolCall {
    const place = at ?? this.drafts.at(-1)?.at ?? 0
    const again = name || before?.again || ''
    const rest = { text: '', end: new JsonEndDetector(!isCustom), isNamedFirst: false, isCustom, extras: {}, again: '' }
    const draft = { nth: this.drafts.length, at: place, id: '', name: name ? '' : again, ...rest }
    this.drafts.push(draft)
    return draft
  }

  private *extend(draft: PartialToolCall, piece: ToolCallDelta): Generator<ToolCallDeltaEvent> {
    const delta = appendDelta(draft, piece, this.names)
    const index = piece.index ?? draft.at
    const { id } = piece
    this.byIndex.set(index, draft)
    if (id) {
      this.byId.set(id, draft)
      this.byBoth.set(`${index} ${id}`, draft)
    }
    if (delta) yield { type: 'tool_call_delta', id: draft.id, name: draft.name, delta }
  }
}

/** A call without a name is not incomplete: its name may arrive after the start of another call. */
const isIncomplete = ({ text, end, isNamedFirst }: PartialToolCall): boolean =>
  isNamedFirst && text !== '' && !end.isWhole
/** Whether a delta certainly belongs to this call, by its id or else by its index. */
const belongsTo = (known: PartialToolCall, { index: at, id, name }: ToolCallDelta): boolean => {
  const isThere = (at ?? known.at) === known.at
  if (id === '') return name === '' && isThere
  return id === known.id && (name === '' || (name === known.name && isThere))
}
/** The complete call again, as some servers send it at the end. */
const isRepeated = (known: PartialToolCall, piece: ToolCallDelta): boolean =>
  piece.id !== '' && belongsTo(known, piece) && piece.arguments === known.text
/** Some servers begin with an empty object, and send the real arguments later. */
const isPlaceholderArguments = (known: PartialToolCall, piece: ToolCallDelta): boolean =>
  known.text.trim() === '{}' && known.isNamedFirst && belongsTo(known, piece)

/** Appends a delta, and returns the new text of the arguments. */
function appendDelta(draft: PartialToolCall, piece: ToolCallDelta, names: ReadonlySet<string>): string {
  const { id, name, arguments: text, isCustom, extras } = piece
  const isWhole = draft.end.isWhole && text.trim() !== ''
  const named = mergeToolName(draft.name, name, names, false) ?? draft.name
  if (name && named === draft.name && draft.end.isWhole) draft.again = name
  draft.id ||= id
  draft.name = named
  draft.isNamedFirst ||= draft.name !== '' && draft.text === ''
  draft.isCustom ||= isCustom
  draft.extras = { ...draft.extras, ...extras }
  if (isWhole && isRepeated(draft, piece)) return ''
  if (isWhole) {
    draft.text = ''
    draft.end = new JsonEndDetector(!isCustom)
  }
  draft.text += text
  draft.end.add(text)
  return text
}

/** Arguments that were encoded as JSON twice are decoded once. */
function unquoteArguments(text: string): string {
  if (!text.startsWith('"')) return text
  const inner = attempt(() => JSON.parse(text) as unknown)
  return typeof inner === 'string' && isJsonObjectText(inner) ? inner : text
}

/** The input of a custom tool is any text; arguments of a function are an object. */
const customToolArguments = (text: string): string => (isJsonObjectText(text) ? text : JSON.stringify({ input: text }))

export const isJsonObjectText = (text: string): boolean => attempt(() => isPlainObject(JSON.parse(text))) === true
