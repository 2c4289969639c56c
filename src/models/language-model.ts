import type { ChatMessage, RunContext, ToolSpec } from '../types.ts'
import type { Answer } from './answer.ts'
import type { JsonSchema } from './json-schema.ts'
import { type Generated, readGenerated, readStream, type StreamPart } from './language-answer.ts'
import { type LanguagePrompt, promptOf } from './language-prompt.ts'
import { calling, headerKey, type Patience } from './patience.ts'
import { type Prices, withCost } from './prices.ts'
import { withRetryAfter } from './retry-after.ts'

/** A model object of the Vercel AI SDK, by shape: of specification 2, 3 or 4 (AI SDK 5, 6 and 7). */
export interface LanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<unknown>
  doStream(options: never): PromiseLike<unknown>
}

/** What can be set on a call of an AI SDK model, under the AI SDK's own names. */
export interface CallSettings extends Patience {
  /** Tokens leave as events while they come. */
  stream?: boolean
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  presencePenalty?: number
  frequencyPenalty?: number
  stopSequences?: readonly string[]
  seed?: number
  toolChoice?: { type: 'auto' | 'none' | 'required' } | { type: 'tool'; toolName: string }
  headers?: Readonly<Record<string, string>>
  /** By provider, as its package says. */
  providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** By `modelId`; without one, cost is not counted. */
  prices?: Prices
}
/** One turn: what is said, which tools there are, and what the answer must be. */
export type LanguageTurn = {
  messages: readonly ChatMessage[]
  tools?: readonly ToolSpec[] | undefined
  format?: { name: string; schema: JsonSchema } | undefined
}

export const isLanguageModel = (model: unknown): model is LanguageModel =>
  typeof model === 'object' && typeof (model as Partial<LanguageModel> | null)?.doGenerate === 'function'

type CallOptions = { prompt: LanguagePrompt; abortSignal: AbortSignal; [option: string]: unknown }
type Callable = {
  doGenerate(options: CallOptions): PromiseLike<Generated>
  doStream(options: CallOptions): PromiseLike<{ stream: ReadableStream<StreamPart> }>
}

/** Asks an AI SDK model once. Tokens, usage and finish reason leave through `ctx`. */
export function askLanguageModel(
  model: LanguageModel,
  { stream, firstTokenTimeout, idleTimeout, prices = {}, headers, ...settings }: CallSettings,
  { messages, tools = [], format }: LanguageTurn,
  ctx: RunContext,
): Promise<Answer> {
  const emit: RunContext['emit'] = (event) =>
    ctx.emit(event.type === 'usage' ? withCost(event as never, model.modelId, prices) : event)
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return calling(ctx, { firstTokenTimeout, idleTimeout }, async ({ signal, heard }) => {
    const options: CallOptions = {
      ...Object.fromEntries(given),
      prompt: promptOf(messages, model.specificationVersion),
      abortSignal: signal,
      headers: { 'idempotency-key': headerKey(ctx), ...headers },
      ...(tools.length > 0 && { tools: tools.map(functionTool) }),
      ...(format && { responseFormat: { type: 'json', ...format } }),
    }
    if (tools.length === 0) delete options.toolChoice
    const callable = model as unknown as Callable
    try {
      if (!stream) return readGenerated(await callable.doGenerate(options), emit)
      const { stream: parts } = await callable.doStream(options)
      heard(false)
      return await readStream(parts, { signal, emit, heard })
    } catch (thrown) {
      throw withRetryAfter(thrown)
    }
  })
}

const functionTool = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function',
  name,
  description,
  inputSchema: parameters,
})

const KNOWN: readonly string[] = ['v2', 'v3', 'v4']

/** Says at the definition what would fail at every call. */
export function checkLanguageModel(owner: string, { specificationVersion, doStream }: LanguageModel): void {
  if (KNOWN.includes(specificationVersion) && typeof doStream === 'function') return
  throw new TypeError(
    `${owner}: the model is of specification ${String(specificationVersion)}, and ${KNOWN.join(', ')} are known. Use its package for AI SDK 5, 6 or 7.`,
  )
}
