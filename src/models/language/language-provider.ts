import { attempt, ignoreRejection } from '../../border/shape.ts'
import type { ChatMessage, ProviderOptions, RefusalPart, ToolChoice, ToolSpec, UserPart } from '../../types.ts'
import { annotateError } from '../failure/annotate-error.ts'
import { type GenerateResult, readGenerateResult, type AnsweringModel } from './generate-result.ts'
import type { CallSettings, LanguageModel, NamedProviderTool } from './language-model.ts'
import { type LanguagePrompt, toLanguagePrompt } from './language-prompt.ts'
import { convertResultFiles } from './result-parts.ts'
import { inlineImages } from '../images/inline-images.ts'
import { readStream, type StreamPart } from './language-stream.ts'
import type { ResponseFormat, ModelProvider, ProviderCallOptions } from '../provider.ts'
import { providerName } from '../failure/providers.ts'
import { schemaName, toStrictSchema } from '../schema/strict-mode.ts'
import { toolResultParts } from '../tool-images.ts'
import { type ModelCaller, providerCaller } from '../provider-caller.ts'

type GenerateOptions = { prompt: LanguagePrompt; abortSignal: AbortSignal; [option: string]: unknown }
type CallableModel = AnsweringModel & {
  doGenerate(options: GenerateOptions): PromiseLike<GenerateResult>
  doStream(options: GenerateOptions): PromiseLike<{
    stream: ReadableStream<StreamPart>
    response?: { headers?: unknown }
  }>
}
type ModelSettings = Omit<CallSettings, 'prices' | 'firstTokenTimeout' | 'idleTimeout'>

/** A model object of the AI SDK as a `ModelCaller`. */
export const languageModelCaller = (
  model: LanguageModel,
  settings: ModelSettings,
  options: ProviderCallOptions,
  own?: readonly NamedProviderTool[],
): ModelCaller => providerCaller(languageProvider(model, settings, own), options)

/** A model object of the AI SDK as a `ModelProvider`, with its settings and the tools that its provider executes. */
function languageProvider(
  model: LanguageModel,
  { stream: streams = false, ...defaults }: ModelSettings,
  own: readonly NamedProviderTool[] = [],
): ModelProvider {
  const callable = model as unknown as CallableModel
  return {
    label: providerLabel(model),
    provider: model.provider,
    model: model.modelId,
    generate: async ({ messages, tools = [], toolChoice, format, settings }, { signal, onActivity, emit, key }) => {
      const given = { ...defaults, ...settings } as ModelSettings
      const { stream = streams, headers, toolChoice: wished, imageDownload: download, ...others } = given
      const offered = [...tools.map(toFunctionTool), ...own.map((tool) => toProviderTool(tool, model))]
      const images = { download, signal, placeOf: imageLocator(messages) }
      const prompt = await inlineImages(toLanguagePrompt(messages, model), model, images).catch((thrown) => {
        // The error is of an image's server, not of the model's.
        throw signal.aborted ? thrown : annotateError(thrown, {})
      })
      const options: GenerateOptions = {
        ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
        prompt: convertResultFiles(prompt, model.specificationVersion),
        abortSignal: signal,
        headers: { 'idempotency-key': key, ...headers },
        ...(offered.length > 0 && { tools: offered, toolChoice: toToolChoice(toolChoice ?? wished ?? 'auto') }),
        ...(format && responseFormatOptions(format, model, others.providerOptions as ProviderOptions)),
      }
      try {
        if (!stream) return readGenerateResult(handleRejections(await callable.doGenerate(options)), callable, emit)
        const { stream: parts, response } = handleRejections(await callable.doStream(options))
        onActivity(false)
        return await readStream(parts, { signal, emit, onActivity }, callable, response?.headers)
      } catch (thrown) {
        throw signal.aborted ? thrown : annotateError(thrown, requestTarget(model, headers))
      }
    },
  }
}

const toFunctionTool = ({ name, description, parameters }: ToolSpec) => ({
  type: 'function',
  name,
  description,
  inputSchema: parameters,
})

/** Specification 2 has another type name. */
const toProviderTool = ({ id, name, args }: NamedProviderTool, { specificationVersion }: LanguageModel) => ({
  type: specificationVersion === 'v2' ? 'provider-defined' : 'provider',
  id,
  name,
  args,
})

const toToolChoice = (choice: ToolChoice | { type: string }) => (typeof choice === 'string' ? { type: choice } : choice)

/** Providers with strict structured output by default, beside OpenAI's packages; each reads `strictJsonSchema`. */
const STRICT_BY_DEFAULT = ['azure', 'groq', 'deepseek']

/** The options for structured output: strict if strict mode supports the whole schema. */
function responseFormatOptions(
  { name, schema }: ResponseFormat,
  { provider }: LanguageModel,
  options: ProviderOptions = {},
) {
  const closed = toStrictSchema(schema)
  const responseFormat = { type: 'json', name: schemaName(name), schema: closed ?? schema } as const
  if (closed) return { responseFormat }
  const own = STRICT_BY_DEFAULT.filter((family) => provider.startsWith(family))
  const loose = ['openai', 'openaiCompatible', ...own].map((key) => [key, { strictJsonSchema: false, ...options[key] }])
  return { responseFormat, providerOptions: { ...options, ...Object.fromEntries(loose) } }
}

/** Handles rejections of other promises in a result, which would be unhandled rejections. */
function handleRejections<T extends object>(result: T): T {
  for (const part of Object.values(Object(result) as object)) ignoreRejection(part)
  return result
}

/** Finds the path of an image in a conversation, by its URL. */
const imageLocator =
  (messages: readonly ChatMessage[]) =>
  (address: URL): string | undefined => {
    for (const [index, { content, ...rest }] of messages.entries()) {
      const at = Array.isArray(content) ? content.findIndex((part) => imageHref(part) === address.href) : -1
      if (at >= 0) return `messages[${index}].content[${at}]`
      const place = toolResultParts(Object(rest).result).findIndex((part) => imageHref(part) === address.href)
      if (place >= 0) return `messages[${index}].result.value[${place}]`
    }
    return undefined
  }

const imageHref = (part: UserPart | RefusalPart): string | undefined =>
  part.type === 'image_url' ? attempt(() => new URL(part.image_url.url).href) : undefined

const providerLabel = (model: LanguageModel): string => providerName(model.provider) ?? 'the provider'

/** The target of a request; the model object contains its API key. */
const requestTarget = (model: LanguageModel, headers: unknown) => ({
  provider: providerLabel(model),
  model: model.modelId,
  secrets: [model, { headers }],
})
