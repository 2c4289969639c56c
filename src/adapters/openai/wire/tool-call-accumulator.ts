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
  /** Whether its name came before its arguments. */
  isNamedFirst: boolean
  isCustom: boolean
  extras: object
  /** A name that came once more when all was whole: of the same call, or of one whose arguments are still to come. */
  again: string
}
export type ToolCallDeltaEvent = { type: 'tool_call_delta'; id: string; name: string; delta: string }

/**
 * The calls of one answer, from pieces. Calls are told apart by id and index together, where servers give both; by what
 * they have of it where not; and by arguments that are whole: more text could not belong to those.
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

  /** Whether no call ends in the midst of its arguments. */
  get areWhole(): boolean {
    return this.drafts.every(({ text, end, isCustom }) => isCustom || text.trim() === '' || end.isWhole)
  }

  /** Adds what stands in `tool_calls` or `function_call` of one chunk. */
  *add(given: unknown): Generator<ToolCallDeltaEvent> {
    const pieces = toolCallDeltas(given)
    const born = this.drafts.length
    for (const [place, piece] of pieces.entries()) {
      // Without anything else, a list of several tells them apart by their places.
      if (pieces.length > 1 && piece.index === undefined && !piece.id) piece.index = place
      const found = this.find(piece)
      // What stands twice in one list was called twice.
      const isTwice = found !== undefined && found.nth >= born && found.end.isWhole && piece.name !== ''
      const isOther = !found || isTwice || this.isNext(found, piece)
      yield* this.extend(isOther ? this.begin(piece, found) : found, piece)
    }
  }

  /** Adds the calls of a whole message, each of which is one. */
  *addWhole(given: unknown): Generator<ToolCallDeltaEvent> {
    for (const piece of toolCallDeltas(given)) yield* this.extend(this.begin(piece, undefined), piece)
  }

  /** The calls in their order, and by place what the provider keeps on each beside. */
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
    // An index that nobody began may be that of the same call, once that has its name.
    if (!id) return atIndex ?? (!name && last && isIncomplete(last) ? last : undefined)
    const same = (at === undefined ? undefined : this.byBoth.get(`${at} ${id}`)) ?? this.byId.get(id)
    if (same) return same
    // An id that comes late; or another with each piece of one call.
    return atIndex && (atIndex.id === '' || (!name && isIncomplete(atIndex))) ? atIndex : undefined
  }

  private isNext(known: PartialToolCall, piece: ToolCallDelta): boolean {
    if (known.end.isWhole && piece.arguments.trim() !== '')
      return !isRepeated(known, piece) && !isPlaceholderArguments(known, piece)
    // Some give the same id to all: a name at a place of its own begins another.
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

/** Without a name it may as well wait for that while another call begins. */
const isIncomplete = ({ text, end, isNamedFirst }: PartialToolCall): boolean =>
  isNamedFirst && text !== '' && !end.isWhole
/** Whether a piece can belong to no other call, by its id or else by its place. */
const belongsTo = (known: PartialToolCall, { index: at, id, name }: ToolCallDelta): boolean => {
  const isThere = (at ?? known.at) === known.at
  if (id === '') return name === '' && isThere
  return id === known.id && (name === '' || (name === known.name && isThere))
}
/** All of it once more, as some servers send at the end. */
const isRepeated = (known: PartialToolCall, piece: ToolCallDelta): boolean =>
  piece.id !== '' && belongsTo(known, piece) && piece.arguments === known.text
/** Some begin with an empty object, and send what it really is after that. */
const isPlaceholderArguments = (known: PartialToolCall, piece: ToolCallDelta): boolean =>
  known.text.trim() === '{}' && known.isNamedFirst && belongsTo(known, piece)

/** Gives what is new of the arguments. */
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

/** A text that is itself JSON of an object was written as JSON twice. */
function unquoteArguments(text: string): string {
  if (!text.startsWith('"')) return text
  const inner = attempt(() => JSON.parse(text) as unknown)
  return typeof inner === 'string' && isJsonObjectText(inner) ? inner : text
}

/** The input of a custom tool is any text; that of a function is an object. */
const customToolArguments = (text: string): string => (isJsonObjectText(text) ? text : JSON.stringify({ input: text }))

export const isJsonObjectText = (text: string): boolean => attempt(() => isPlainObject(JSON.parse(text))) === true
