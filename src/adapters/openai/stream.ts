import { soon } from '../../border/pace.ts'
import { attempt } from '../../border/shape.ts'
import { cutOff } from '../../models/error.ts'
import type { Call } from '../../models/patience.ts'
import type { RunContext, ToolCall } from '../../types.ts'
import type { Choice, Completion } from './completion.ts'

type Chunk = { choices?: ChunkChoice[]; usage?: Completion['usage'] }
type ChunkChoice = Omit<Choice, 'message'> & { delta?: Delta | null }
type Delta = {
  content?: string | null
  refusal?: string | null
  tool_calls?: ToolDelta[] | null
  /** Servers other than OpenAI's tell what the model thinks, under one of two names. */
  reasoning_content?: string | null
  reasoning?: string | null
}
type ToolDelta = { index?: number; id?: string; function?: { name?: string; arguments?: string } }
type Told = Call & { emit: RunContext['emit']; n: number }

/**
 * Gathers the chunks of up to `n` streamed answers into one completion; each piece of text, of a tool call and of
 * reasoning leaves as an event.
 */
export async function collect(chunks: AsyncIterable<Chunk>, { signal, heard, emit, n }: Told): Promise<Completion> {
  const choices: Choice[] = []
  let usage: Completion['usage']
  try {
    for await (const chunk of chunks) {
      // A server that always has one more must not keep the run's own timeout from its turn.
      await soon()
      if (signal.aborted) break
      usage = chunk.usage ?? usage
      const pieces = chunk.choices ?? []
      heard(pieces.some(({ delta, finish_reason }) => saysSomething(delta) || finish_reason))
      for (const piece of pieces) {
        const choice = (choices[piece.index] ??= { index: piece.index, message: {} })
        for (const event of add(choice, piece)) emit({ ...event, ...(n > 1 && { index: piece.index }) })
      }
    }
  } catch (thrown) {
    // What the server itself says in the midst of a stream has a status (undefined); the rest is a broken line.
    if (signal.aborted || attempt(() => 'status' in Object(thrown))) throw thrown
    throw cutOff(thrown)
  }
  // The SDK ends the loop without an error when it is aborted.
  signal.throwIfAborted()
  const begun = choices.filter(Boolean)
  if (begun.length === 0 || begun.some((choice) => !choice.finish_reason)) throw cutOff()
  return { choices: begun, usage: usage ?? null }
}

const saysSomething = (delta: Delta | null | undefined): boolean =>
  Object.entries(delta ?? {}).some(
    ([key, value]) => key !== 'role' && (Array.isArray(value) ? value.length > 0 : value),
  )

type Piece = { type: string; [key: string]: unknown }

/** Adds a piece to its answer, and tells what was new. */
function add(choice: Choice, { delta, finish_reason, logprobs }: ChunkChoice): Piece[] {
  const { message } = choice
  const { content, refusal, tool_calls, reasoning_content, reasoning } = delta ?? {}
  if (typeof content === 'string') message.content = (message.content ?? '') + content
  if (refusal) message.refusal = (message.refusal ?? '') + refusal
  if (finish_reason) choice.finish_reason = finish_reason
  if (logprobs?.content) choice.logprobs = { content: [...(choice.logprobs?.content ?? []), ...logprobs.content] }
  const thought = reasoning_content ?? reasoning
  return [
    ...(thought ? [{ type: 'reasoning', delta: thought }] : []),
    ...(content ? [{ type: 'token', delta: content }] : []),
    ...(tool_calls ?? []).map((piece) => addCall((message.tool_calls ??= []), piece)),
  ]
}

/**
 * Calls are told apart by their index. A server without one begins a new call with a new id; one without either (or with
 * the same for all) by naming a function once the arguments before are whole: more text could not belong to those.
 */
function addCall(calls: ToolCall[], { index, id, function: { name, arguments: delta = '' } = {} }: ToolDelta): Piece {
  const at = index ?? Math.max(calls.length - 1, 0)
  const known = calls[at]
  const isNew = !known || (id && known.id && id !== known.id) || (name && delta.trim() && isWhole(known))
  const call = isNew ? { id: id ?? '', type: 'function' as const, function: { name: '', arguments: '' } } : known
  if (isNew) calls[known ? calls.length : at] = call
  call.id ||= id ?? ''
  call.function.name ||= name ?? ''
  call.function.arguments += delta
  return { type: 'tool_call_delta', id: call.id, name: call.function.name, delta }
}

const isWhole = ({ function: { arguments: text } }: ToolCall): boolean =>
  attempt(() => typeof JSON.parse(text) === 'object') === true
