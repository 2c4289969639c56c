import type { RunContext } from '../../types.ts'
import type { Choice, Completion } from './completion.ts'
import { OpenAIChatError } from './error.ts'

type Chunk = { choices?: ChunkChoice[]; usage?: Completion['usage'] }
type ChunkChoice = Omit<Choice, 'message'> & { delta?: Choice['message'] | null }

/** Gathers the chunks of up to `n` streamed answers into one completion; each piece of text leaves as a `token` event. */
export async function collect(chunks: AsyncIterable<Chunk>, n: number, ctx: RunContext): Promise<Completion> {
  const choices: Choice[] = []
  let usage: Completion['usage']
  try {
    for await (const chunk of chunks) {
      usage = chunk.usage ?? usage
      for (const piece of chunk.choices ?? []) {
        const choice = (choices[piece.index] ??= { index: piece.index, message: {} })
        add(choice, piece)
        const delta = piece.delta?.content
        if (delta) ctx.emit({ type: 'token', delta, ...(n > 1 && { index: piece.index }) })
      }
    }
  } catch (thrown) {
    // What the server itself says in the midst of a stream has a status (undefined); the rest is a broken line.
    if (ctx.signal.aborted || 'status' in Object(thrown)) throw thrown
    throw cutOff(thrown)
  }
  // The SDK ends the loop without an error when it is aborted.
  ctx.signal.throwIfAborted()
  const begun = choices.filter(Boolean)
  if (begun.length === 0 || begun.some((choice) => !choice.finish_reason)) throw cutOff()
  return { choices: begun, usage: usage ?? null }
}

function add(choice: Choice, { delta, finish_reason, logprobs }: ChunkChoice): void {
  const { message } = choice
  if (typeof delta?.content === 'string') message.content = (message.content ?? '') + delta.content
  if (delta?.refusal) message.refusal = (message.refusal ?? '') + delta.refusal
  if (finish_reason) choice.finish_reason = finish_reason
  if (logprobs?.content) choice.logprobs = { content: [...(choice.logprobs?.content ?? []), ...logprobs.content] }
}

const cutOff = (cause?: unknown): OpenAIChatError =>
  new OpenAIChatError(
    'cut_off',
    'the connection ended before the answer did (no finish reason came). Run it again, or set retry: { attempts: 3 }',
    cause === undefined ? undefined : { cause },
  )
