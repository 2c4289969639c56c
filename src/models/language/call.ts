import { attempt, ignoreRejection } from '../../border/shape.ts'
import type { ChatMessage, ProviderOptions, RefusalPart, ToolChoice, ToolSpec, UserPart } from '../../types.ts'
import { explained } from '../failure/explained.ts'
import { type Generated, readGenerated, type Speaker } from './answer.ts'
import type { CallSettings, LanguageModel, NamedProviderTool } from './model.ts'
import { type LanguagePrompt, promptOf } from './prompt.ts'
import { withResults } from './result-parts.ts'
import { inlinedPictures } from '../pictures/inlined.ts'
import { readStream, type StreamPart } from './stream.ts'
import type { Format, ModelProvider, Speaking } from '../provider.ts'
import { providerOf } from '../failure/providers.ts'
import { nameOfSchema, strict } from '../schema/strict.ts'
import { partsIn } from '../tool-pictures.ts'
import { type Asker, asker } from '../asker.ts'

type CallOptions = { prompt: LanguagePrompt; abortSignal: AbortSignal; [option: string]: unknown }
type Callable = Speaker & {
  doGenerate(options: CallOptions): PromiseLike<Generated>
  doStream(options: CallOptions): PromiseLike<{
    stream: ReadableStream<StreamPart>
    response?: { headers?: unknown }
  }>
}
type Settings = Omit<CallSettings, 'prices' | 'firstTokenTimeout' | 'idleTimeout'>

/** A model object of the AI SDK as whatever calls a model asks it. */
export const languageAsker = (
  model: LanguageModel,
  settings: Settings,
  speaking: Speaking,
  own?: readonly NamedProviderTool[],
): Asker => asker(languageProvider(model, settings, own), speaking)

/** A model object of the AI SDK, with its settings and the tools that its provider runs, as whatever calls a model asks one. */
function languageProvider(
  model: LanguageModel,
  { stream: streams = false, ...defaults }: Settings,
  own: readonly NamedProviderTool[] = [],
): ModelProvider {
  const callable = model as unknown as Callable
  return {
    owner: ownerOf(model),
    provider: model.provider,
    model: model.modelId,
    ask: async ({ messages, tools = [], toolChoice, format, settings }, { signal, heard, emit, key }) => {
      const given = { ...defaults, ...settings } as Settings
      const { stream = streams, headers, toolChoice: wished, imageDownload: download, ...others } = given
      const offered = [...tools.map(functionTool), ...own.map((tool) => providerTool(tool, model))]
      const pictures = { download, signal, placeOf: placeIn(messages) }
      const prompt = await inlinedPictures(promptOf(messages, model), model, pictures).catch((thrown) => {
        // It is the server of a picture that said so.
        throw signal.aborted ? thrown : explained(thrown, {})
      })
      const options: CallOptions = {
        ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
        prompt: withResults(prompt, model.specificationVersion),
        abortSignal: signal,
        headers: { 'idempotency-key': key, ...headers },
        ...(offered.length > 0 && { tools: offered, toolChoice: choiceOf(toolChoice ?? wished ?? 'auto') }),
        ...(format && formatOptions(format, model, others.providerOptions as ProviderOptions)),
      }
      try {
        if (!stream) return readGenerated(owned(await callable.doGenerate(options)), callable, emit)
        const { stream: parts, response } = owned(await callable.doStream(options))
        heard(false)
        return await readStream(parts, { signal, emit, heard }, callable, response?.headers)
      } catch (thrown) {
        throw signal.aborted ? thrown : explained(thrown, askedOf(model, headers))
      }
    },
  }
}

const functionTool = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function',
  name,
  description,
  inputSchema: parameters,
})

/** Version 2 calls it by another name. */
const providerTool = ({ id, name, args }: NamedProviderTool, { specificationVersion }: LanguageModel) => ({
  type: specificationVersion === 'v2' ? 'provider-defined' : 'provider',
  id,
  name,
  args,
})

const choiceOf = (choice: ToolChoice | { type: string }) => (typeof choice === 'string' ? { type: choice } : choice)

/** By which option of theirs packages that ask strictly are told not to, beside those that go by OpenAI's. */
const STRICT_BY_DEFAULT = ['azure', 'groq', 'deepseek']

/** How an answer by a schema is asked for: strictly, where all of the schema can be. */
function formatOptions({ name, schema }: Format, { provider }: LanguageModel, options: ProviderOptions = {}) {
  const closed = strict(schema)
  const responseFormat = { type: 'json', name: nameOfSchema(name), schema: closed ?? schema } as const
  if (closed) return { responseFormat }
  const own = STRICT_BY_DEFAULT.filter((family) => provider.startsWith(family))
  const loose = ['openai', 'openaiCompatible', ...own].map((key) => [key, { strictJsonSchema: false, ...options[key] }])
  return { responseFormat, providerOptions: { ...options, ...Object.fromEntries(loose) } }
}

/** What else is in a result may be promises, which are nobody's unless somebody listens. */
function owned<T extends object>(result: T): T {
  for (const part of Object.values(Object(result) as object)) ignoreRejection(part)
  return result
}

/** Where the picture of an address stands in a conversation. */
const placeIn =
  (messages: readonly ChatMessage[]) =>
  (address: URL): string | undefined => {
    for (const [index, { content, ...rest }] of messages.entries()) {
      const at = Array.isArray(content) ? content.findIndex((part) => hrefOf(part) === address.href) : -1
      if (at >= 0) return `messages[${index}].content[${at}]`
      const place = partsIn(Object(rest).result).findIndex((part) => hrefOf(part) === address.href)
      if (place >= 0) return `messages[${index}].result.value[${place}]`
    }
    return undefined
  }

const hrefOf = (part: UserPart | RefusalPart): string | undefined =>
  part.type === 'image_url' ? attempt(() => new URL(part.image_url.url).href) : undefined

const ownerOf = (model: LanguageModel): string => providerOf(model.provider) ?? 'the provider'

/** Who is asked; the model itself holds the keys that it sends. */
const askedOf = (model: LanguageModel, headers: unknown) => ({
  provider: ownerOf(model),
  model: model.modelId,
  secrets: [model, { headers }],
})
