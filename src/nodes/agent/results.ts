import { describe } from '../../errors.ts'
import { NotWritable, write } from '../../models/writing.ts'
import { findForeign } from '../../border/saving.ts'
import { attempt, isLate } from '../../border/shape.ts'
import { parseJson } from '../../models/json.ts'
import { toolError } from '../../models/message.ts'
import type { ChatMessage, ErrorData, Json, RunContext, Settled, ToolResult } from '../../types.ts'
import type { AgentCall, Call } from './calls.ts'
import { isTranscript } from './conversation.ts'
import { cutParts, cutText } from './cutting.ts'
import { partsOf, type ResultPart, wordsOf } from './parts.ts'
import type { Tool } from './tools.ts'
import { failureWords } from './words.ts'

/**
 * What a call came to, as the model reads it: `content` in words, `result` for providers that tell data from text and
 * errors from results.
 */
export type Told = {
  readonly id: string
  readonly name: string
  readonly success: boolean
  readonly content: string
  readonly result?: ToolResult
}
type Outcome = Pick<Told, 'success' | 'content' | 'result'>

/**
 * The results of the calls that ran, which came by tool and in the order of the calls. A tool that has run must never be
 * run again because of how its result is told: whatever is wrong with that is a text for the model.
 */
export function toldOf(
  calls: readonly AgentCall[],
  results: unknown,
  tools: ReadonlyMap<string, Tool>,
  at: string,
): Told[] {
  const taken = new Map<string, number>()
  return calls.map(({ id, name }) => {
    const place = taken.get(name) ?? 0
    taken.set(name, place + 1)
    const result = attempt(() => (results as Record<string, readonly Settled<unknown>[]>)[name]?.[place])
    const tool = tools.get(name)
    const told = attempt(() => result && settledWords(result, tool, `${at}.${name}[${place}]${tool?.at ?? ''}`))
    return { id, name, ...(told ?? failed('Error: the tool returned no readable result.')) }
  })
}

/** The model must not take what ran for what it asked for. */
export const withChanges = (told: readonly Told[], changed: readonly Call[]): Told[] =>
  told.map((one) => {
    const call = changed.find(({ id }) => id === one.id)
    if (!call) return one
    const content = `A person changed the arguments of this call to ${JSON.stringify(call.input)}. ${one.content}`
    return { ...one, content, result: { type: one.success ? 'text' : 'error-text', value: content } }
  })

/** What all calls of a turn came to, in their order: those that ran, and those that did not. */
export function toldInOrder(calls: readonly Call[], told: readonly Told[]): Told[] {
  const byId = new Map(told.map((one) => [one.id, one]))
  return calls.map(({ id, name, problem }) => {
    const ran = byId.get(id)
    if (ran) return ran
    return { id, name, ...failed(problem ?? 'Error: this call was not made.') }
  })
}

/** The messages that answer a turn's calls, each of which is an event, too. */
export function tell(told: readonly Told[], ctx: RunContext): ChatMessage[] {
  for (const { result: _, ...one } of told) attempt(() => ctx.emit({ type: 'toolResult', ...one }))
  return messagesOf(told)
}

export const messagesOf = (told: readonly Told[]): ChatMessage[] =>
  told.map(({ id, content, result }) => ({ role: 'tool', tool_call_id: id, content, ...(result && { result }) }))

function settledWords(result: Settled<unknown>, tool: Tool | undefined, path: string): Outcome {
  if (!result.success) {
    const { inputAt = [''], timeout } = tool ?? {}
    const inputs = inputAt.map((below) => path + below)
    return failed(`Error: ${failureWords(result.error, { inputs, timeout })}`)
  }
  try {
    const { output } = result
    return succeeded(tool?.isTranscribed && isTranscript(output) ? output.output : output)
  } catch (thrown) {
    const what = thrown instanceof NotWritable ? `: it holds ${thrown.message}` : ''
    return failed(`Error: the tool succeeded, but its result cannot be written as text${what}.`)
  }
}

/** What a model reads of a tool that has run: `cut` is the length of its text, in characters, where that was too long. */
export type Success = {
  readonly success: true
  readonly content: string
  readonly result?: ToolResult
  readonly cut?: number
}
export type Failure = { readonly success: false; readonly content: string; readonly result: ToolResult }
/** `maxLength`: how many characters of its text a model reads at most. */
export type Shortening = { readonly maxLength: number }

/**
 * What a model reads of the output of a tool: what its `toModel` makes of it, or the output itself; a text, data or texts
 * with pictures. Never throws: the tool has run, and whatever is wrong with telling of it is a text for the model.
 *
 * @example
 * outcomeOf({ rain: true }, weather, { maxLength: 100_000 }) // { success: true, content: '{"rain":true}', result: … }
 */
export function outcomeOf(output: unknown, tool: Tool | undefined, { maxLength }: Shortening): Success {
  try {
    const shown = tool?.toModel ? dressed(tool.toModel, output) : undressed(output, tool)
    const parts = partsOf(shown, tool?.toModel !== undefined)
    return { success: true, ...(parts ? shortParts(parts, maxLength) : shortened(succeeded(shown), maxLength)) }
  } catch (thrown) {
    const what =
      thrown instanceof NotShown
        ? `shown${thrown.message}`
        : `written as text${thrown instanceof NotWritable ? `: it holds ${thrown.message}` : ''}`
    return { success: true, ...toolError(`Error: the tool succeeded, but its result cannot be ${what}.`) }
  }
}

/** What a model reads of a tool that failed; `path` is that of the tool in this run. */
export function failureOf(error: ErrorData, tool: Tool | undefined, path: string): Failure {
  const { inputAt = [''], timeout } = tool ?? {}
  const inputs = inputAt.map((below) => path + below)
  return { success: false, ...toolError(`Error: ${failureWords(error, { inputs, timeout })}`) }
}

const undressed = (output: unknown, tool: Tool | undefined): unknown =>
  tool?.isTranscribed && isTranscript(output) ? output.output : output

/** Thrown where the user's own `toModel` gives nothing to show. */
class NotShown extends Error {}

function dressed(toModel: (output: never) => unknown, output: unknown): unknown {
  let shown: unknown
  try {
    shown = toModel(output as never)
  } catch (thrown) {
    const { message } = describe(thrown)
    throw new NotShown(message && `: ${message.replace(/\.$/, '')}`)
  }
  if (isLate(shown)) throw new NotShown(': toModel returned a promise')
  return shown
}

function shortened({ content, result }: Outcome, maxLength: number): Omit<Success, 'success'> {
  if (content.length <= maxLength) return { content, ...(result && { result }) }
  const text = cutText(content, maxLength)
  // Of data, a part is a text.
  return { content: text, ...(result && { result: { type: 'text', value: text } }), cut: content.length }
}

/** Of a list, the texts that come first; all pictures. */
function shortParts(parts: readonly ResultPart[], maxLength: number): Omit<Success, 'success'> {
  const { parts: kept, cut } = cutParts(parts, maxLength)
  const value = kept as unknown as Json
  return { content: wordsOf(kept), result: { type: 'content', value }, ...(cut !== undefined && { cut }) }
}

/** A text is its own result. */
function succeeded(output: unknown): Outcome {
  if (output === undefined) return { success: true, content: 'done', result: { type: 'json', value: null } }
  const content = write(output)
  if (typeof output === 'string') return { success: true, content }
  // What is written as a text without quotes (a date) is a text as data, too.
  const { value } = attempt(() => ({ value: parseJson(content) })) ?? { value: content }
  if (findForeign(value, 'result')) return { success: true, content }
  return { success: true, content, result: { type: 'json', value: value as Json } }
}

const failed = (content: string): Outcome => ({ success: false, ...toolError(content) })
