import { attempt, hear } from '../border/shape.ts'
import type { ChatMessage, RunContext, ToolSpec } from '../types.ts'
import type { Answer } from './answer.ts'
import type { JsonSchema } from './json-schema.ts'
import { explained } from './explained.ts'
import { type Generated, readGenerated, readStream, type StreamPart } from './language-answer.ts'
import type { CallSettings, LanguageModel } from './language-model.ts'
import { type LanguagePrompt, promptOf } from './language-prompt.ts'
import { calling, headerKey } from './patience.ts'
import { withCost } from './prices.ts'
import { providerOf } from './providers.ts'
import { nameOfSchema, strict } from './strict-schema.ts'

/** One turn: what is said, which tools there are, and what the answer must be. */
export type LanguageTurn = {
  messages: readonly ChatMessage[]
  tools?: readonly ToolSpec[] | undefined
  format?: { name: string; schema: JsonSchema } | undefined
}

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
      ...(format && { responseFormat: responseFormat(format) }),
    }
    if (tools.length === 0) delete options.toolChoice
    const callable = model as unknown as Callable
    try {
      if (!stream) return readGenerated(owned(await callable.doGenerate(options)), emit)
      const { stream: parts } = owned(await callable.doStream(options))
      heard(false)
      return await readStream(parts, { signal, emit, heard })
    } catch (thrown) {
      throw signal.aborted ? thrown : explained(thrown, askedOf(model, headers))
    }
  })
}

const functionTool = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function',
  name,
  description,
  inputSchema: parameters,
})

const responseFormat = ({ name, schema }: NonNullable<LanguageTurn['format']>) =>
  ({ type: 'json', name: nameOfSchema(name), schema: strict(schema) ?? schema }) as const

/** What else is in a result may be promises, which are nobody's unless somebody listens. */
function owned<T extends object>(result: T): T {
  for (const part of Object.values(Object(result) as object)) hear(part)
  return result
}

/** Who is asked. Most packages keep a function that gives the headers, and so the key, in their model's `config`. */
function askedOf(model: LanguageModel, headers: unknown) {
  const { config } = model as { config?: { headers?: unknown } }
  const own = attempt(() => (typeof config?.headers === 'function' ? (config.headers() as unknown) : config?.headers))
  return { provider: providerOf(model.provider) ?? 'the provider', model: model.modelId, secrets: [own, headers] }
}
