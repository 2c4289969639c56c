import { NotWritable, write } from '../../models/writing.ts'
import { findForeign } from '../../border/saving.ts'
import { attempt } from '../../border/shape.ts'
import { parseJson } from '../../models/json.ts'
import { toolError } from '../../models/message.ts'
import type { ChatMessage, Json, RunContext, Settled, ToolResult } from '../../types.ts'
import type { AgentCall, Call } from './calls.ts'
import { isTranscript } from './conversation.ts'
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
