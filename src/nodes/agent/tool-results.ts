import { toCause } from '../../errors.ts'
import { NotSerializable, stringify } from '../../models/stringify.ts'
import { findNonJson } from '../../border/json-data.ts'
import { attempt, isUnexpectedPromise } from '../../border/shape.ts'
import { parseJson } from '../../models/parsing/parse-json.ts'
import { toolError } from '../../models/assistant-message.ts'
import type { ErrorData, Json, ToolResult } from '../../types.ts'
import { isTranscript } from './conversation.ts'
import { cutParts, cutText } from './truncate.ts'
import { resultPartsOf, type ResultPart, textOfParts } from './result-parts.ts'
import type { AgentTool } from './tools.ts'
import { toolFailureText } from './failure-messages.ts'

type Written = { readonly content: string; readonly result?: ToolResult }

/** The result of a tool for the model: `cut` is the original length of a truncated text, in characters. */
export type Success = {
  readonly success: true
  readonly content: string
  readonly result?: ToolResult
  readonly cut?: number
}
export type Failure = { readonly success: false; readonly content: string; readonly result: ToolResult }
/** `maxLength`: the maximum length of the text, in characters. */
export type ResultLimit = { readonly maxLength: number }

/**
 * The output of a tool for the model: the result of its `toModel`, or the output itself, as text, data or parts. Never
 * throws: the tool has run, so an error of `toModel` or of serialization becomes a text for the model.
 *
 * @example
 * outcomeOf({ rain: true }, weather, { maxLength: 100_000 }) // { success: true, content: '{"rain":true}', result: … }
 */
export function outcomeOf(output: unknown, tool: AgentTool | undefined, { maxLength }: ResultLimit): Success {
  try {
    const shown = tool?.toModel ? dressed(tool.toModel, output) : undressed(output, tool)
    const parts = resultPartsOf(shown, tool?.toModel !== undefined)
    return { success: true, ...(parts ? shortParts(parts, maxLength) : shortened(written(shown), maxLength)) }
  } catch (thrown) {
    const what =
      thrown instanceof ToModelError
        ? `shown${thrown.message}`
        : `written as text${thrown instanceof NotSerializable ? `: it holds ${thrown.message}` : ''}`
    return { success: true, ...toolError(`Error: the tool succeeded, but its result cannot be ${what}.`) }
  }
}

/** The error of a tool for the model; `path` is that of the tool in this run. */
export function failureOf(error: ErrorData, tool: AgentTool | undefined, path: string): Failure {
  const { inputAt = [''], timeout } = tool ?? {}
  const inputs = inputAt.map((below) => path + below)
  return { success: false, ...toolError(`Error: ${toolFailureText(error, { inputs, timeout })}`) }
}

const undressed = (output: unknown, tool: AgentTool | undefined): unknown =>
  tool?.isTranscribed && isTranscript(output) ? output.output : output

/** Thrown where the user's `toModel` throws or returns a promise. */
class ToModelError extends Error {}

function dressed(toModel: (output: never) => unknown, output: unknown): unknown {
  let shown: unknown
  try {
    shown = toModel(output as never)
  } catch (thrown) {
    const { message } = toCause(thrown)
    throw new ToModelError(message && `: ${message.replace(/\.$/, '')}`)
  }
  if (isUnexpectedPromise(shown)) throw new ToModelError(': toModel returned a promise')
  return shown
}

function shortened({ content, result }: Written, maxLength: number): Omit<Success, 'success'> {
  if (content.length <= maxLength) return { content, ...(result && { result }) }
  const text = cutText(content, maxLength)
  // Truncated JSON is text.
  return { content: text, ...(result && { result: { type: 'text', value: text } }), cut: content.length }
}

/** Truncates the texts of a list of parts; keeps all images. */
function shortParts(parts: readonly ResultPart[], maxLength: number): Omit<Success, 'success'> {
  const { parts: kept, cut } = cutParts(parts, maxLength)
  const value = kept as unknown as Json
  return { content: textOfParts(kept), result: { type: 'content', value }, ...(cut !== undefined && { cut }) }
}

/** A text has no separate `result`. */
function written(output: unknown): Written {
  if (output === undefined) return { content: 'done', result: { type: 'json', value: null } }
  const content = stringify(output)
  if (typeof output === 'string') return { content }
  // A value that is serialized as a text without quotes (a date) is a JSON string.
  const { value } = attempt(() => ({ value: parseJson(content) })) ?? { value: content }
  if (findNonJson(value, 'result')) return { content }
  return { content, result: { type: 'json', value: value as Json } }
}
