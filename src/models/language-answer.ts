import { nextTurn, soon } from '../border/pace.ts'
import { attempt, isError } from '../border/shape.ts'
import type { RunContext, ToolCall } from '../types.ts'
import type { Answer } from './answer.ts'
import { cutOff } from './error.ts'
import { brokenOff, midway } from './explained.ts'
import type { Call } from './patience.ts'
import { write } from './writing.ts'

type Finish = string | { unified: string; raw?: string | undefined }
type Count = number | undefined | { total?: number; cacheRead?: number; reasoning?: number }
type Tokens = { inputTokens?: Count; outputTokens?: Count; cachedInputTokens?: number; reasoningTokens?: number }
type CalledTool = { toolCallId: string; toolName: string; input: string; providerExecuted?: boolean }
/** What an AI SDK model gives, of any version, as far as it is read here. */
export type Generated = { content: readonly Part[]; finishReason: Finish; usage?: Tokens }
type Part = { type: string; text?: string } & Partial<CalledTool>
export type StreamPart = {
  type: string
  id?: string
  delta?: string
  error?: unknown
  finishReason?: Finish
  usage?: Tokens
} & Partial<CalledTool>
type Emit = RunContext['emit']

export function readGenerated({ content, finishReason, usage }: Generated, emit: Emit): Answer {
  const texts = content.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
  return ended(finishReason, usage, emit, {
    content: texts.length > 0 ? texts.join('') : null,
    tool_calls: content.filter(({ type }) => type === 'tool-call').flatMap(wire),
  })
}

/** Reads a stream to its end. Some providers make up a finish when the line broke: a reason that nobody gave is a cut. */
export async function readStream(
  parts: ReadableStream<StreamPart>,
  { signal, emit, heard }: Call & { emit: Emit },
): Promise<Answer> {
  let content: string | null = null
  const tool_calls: ToolCall[] = []
  const names = new Map<string, string>()
  for await (const part of read(parts, signal)) {
    const { type, id = '', delta = '' } = part
    heard(/-delta$|^tool-call$/.test(type))
    if (type === 'text-delta') {
      content = (content ?? '') + delta
      if (delta) emit({ type: 'token', delta })
    } else if (type === 'reasoning-delta') {
      emit({ type: 'reasoning', delta })
    } else if (type === 'tool-input-start') {
      names.set(id, part.toolName ?? '')
    } else if (type === 'tool-input-delta') {
      emit({ type: 'tool_call_delta', id, name: names.get(id), delta })
    } else if (type === 'tool-call') {
      tool_calls.push(...wire(part))
    } else if (type === 'error') {
      throw told(part.error)
    } else if (type === 'finish') {
      if (isUnknown(part.finishReason)) throw cutOff()
      return ended(part.finishReason as Finish, part.usage, emit, { content, tool_calls })
    }
  }
  throw cutOff()
}

/** A stream is an async iterable in Node, yet not in every browser; leaving it early cancels it. */
async function* read<T>(stream: ReadableStream<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const reader = stream.getReader()
  // Later: with its request, a stream ends by itself. Some packages begin something when it is canceled, too, that would
  // then fail, and be nobody's. What does not hear of the abort is canceled.
  const cancel = () => nextTurn(() => void attempt(() => reader.cancel().catch(() => {})))
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      // One that came too late, too, is left at once.
      signal.throwIfAborted()
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        throw signal.aborted ? thrown : brokenOff(thrown)
      })
      await soon()
      signal.throwIfAborted()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

/** What the provider ran itself is no call for us. */
const wire = ({ toolCallId: id, toolName: name = '', input = '', providerExecuted }: Partial<CalledTool>): ToolCall[] =>
  providerExecuted
    ? []
    : [{ id: typeof id === 'string' ? id : '', type: 'function', function: { name, arguments: text(input) } }]
const text = (input: unknown): string => (typeof input === 'string' ? input : write(input))

function ended(finish: Finish, usage: Tokens | undefined, emit: Emit, answer: Omit<Answer, 'reason'>): Answer {
  const reason = (typeof finish === 'string' ? finish : finish.unified).replaceAll('-', '_')
  if (usage) emit({ type: 'usage', ...tokensOf(usage) })
  emit({ type: 'finish', reason })
  if (reason === 'interrupted') throw cutOff()
  return { ...answer, reason }
}

const isUnknown = (finish: Finish | undefined): boolean =>
  typeof finish === 'object'
    ? finish.unified === 'other' && finish.raw === undefined
    : finish === undefined || finish === 'unknown'

function tokensOf({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Tokens) {
  const [input, output] = [inputTokens, outputTokens].map((count) =>
    typeof count === 'object' ? count : { total: count },
  ) as [Exclude<Count, number | undefined>, Exclude<Count, number | undefined>]
  const cachedTokens = input.cacheRead ?? cachedInputTokens
  const reasoned = output.reasoning ?? reasoningTokens
  return {
    inputTokens: input.total ?? 0,
    outputTokens: output.total ?? 0,
    ...(cachedTokens && { cachedTokens }),
    ...(reasoned && { reasoningTokens: reasoned }),
  }
}

/** Some providers see themselves that the line broke before the answer was whole. */
const told = (error: unknown): Error =>
  isError(error) && /without a finish reason/i.test(error.message) ? cutOff(error) : midway(error)
