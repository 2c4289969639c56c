import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import {
  numberBetween,
  checkNumber,
  POSITIVE_INTEGER,
  FINITE,
  NON_NEGATIVE,
  type NumberRange,
} from '../../border/ranges.ts'
import { checkStreamTimeouts, type StreamTimeouts } from '../stream-timeouts.ts'
import type { ImageDownload } from '../images/fetch-image.ts'
import { checkPrices, type Prices } from '../prices.ts'
import type { ToolChoice } from '../../types.ts'

/** A model object of the Vercel AI SDK, by its shape: specification 2, 3 or 4 (AI SDK 5, 6 and 7). */
export interface LanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<unknown>
  doStream(options: never): PromiseLike<unknown>
}

/** The call settings of an AI SDK model, under the AI SDK's names. */
export interface CallSettings extends StreamTimeouts {
  /** Emits tokens as events while they arrive. */
  stream?: boolean
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  presencePenalty?: number
  frequencyPenalty?: number
  stopSequences?: readonly string[]
  seed?: number
  toolChoice?: ToolChoice | { type: 'auto' | 'none' | 'required' }
  headers?: Readonly<Record<string, string>>
  /** By provider name; see the provider's package. */
  providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /**
   * An image whose URL the model does not accept is downloaded and sent as data: over `http` and `https`, up to
   * 20,000,000 bytes, from public hosts only. `false` disables downloads.
   */
  imageDownload?: false | ImageDownload
  /** By `modelId`. Without a price, usage has no cost. */
  prices?: Prices
}

/** The names of all settings; the last two exist in some specifications only, and are passed on unchanged. */
const knownSettings: Readonly<Record<keyof CallSettings | 'includeRawChunks' | 'reasoning', true>> = {
  stream: true,
  maxOutputTokens: true,
  temperature: true,
  topP: true,
  topK: true,
  presencePenalty: true,
  frequencyPenalty: true,
  stopSequences: true,
  seed: true,
  toolChoice: true,
  headers: true,
  providerOptions: true,
  imageDownload: true,
  prices: true,
  firstTokenTimeout: true,
  idleTimeout: true,
  includeRawChunks: true,
  reasoning: true,
}
export const CALL_SETTINGS: readonly string[] = Object.keys(knownSettings)

const numericSettings: readonly (readonly [keyof CallSettings, NumberRange])[] = [
  ['maxOutputTokens', POSITIVE_INTEGER],
  ['temperature', NON_NEGATIVE],
  ['topP', /* @__PURE__ */ numberBetween(0, 1)],
  ['topK', FINITE],
  ['presencePenalty', FINITE],
  ['frequencyPenalty', FINITE],
  ['seed', FINITE],
]

/** Throws a `TypeError` at the definition for an invalid setting. */
export function checkSettings(owner: string, given: CallSettings): void {
  for (const [field, range] of numericSettings) checkNumber(owner, field, given[field], range)
  checkStreamTimeouts(owner, given, given.stream)
  checkPrices(owner, given.prices)
  checkImageDownload(owner, given.imageDownload)
}

function checkImageDownload(owner: string, given: CallSettings['imageDownload']): void {
  if (given === undefined || given === false) return
  const option = `${owner}: imageDownload`
  checkOptions(option, given, ['maxBytes', 'allowPrivate'])
  checkNumber(option, 'maxBytes', given.maxBytes, POSITIVE_INTEGER)
  const { allowPrivate } = given
  if (allowPrivate !== undefined && typeof allowPrivate !== 'boolean')
    throw new TypeError(`${option}: allowPrivate is ${formatValue(allowPrivate)}. Give true or false, or leave it out.`)
}

export const isLanguageModel = (model: unknown): model is LanguageModel =>
  typeof model === 'object' && typeof (model as Partial<LanguageModel> | null)?.doGenerate === 'function'

/** A provider-executed tool, with the name under which the model calls it. */
export interface NamedProviderTool {
  readonly type: 'provider' | 'provider-defined'
  readonly id: `${string}.${string}`
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}
/**
 * A provider-executed tool, as the provider's package creates it: `anthropic.tools.webSearch_20250305()`. The AI SDK
 * has one type for all its tools, so the compiler accepts each; one that is not provider-executed is rejected at the
 * definition.
 */
export type ProviderTool =
  | Omit<NamedProviderTool, 'name'>
  | { readonly type?: 'function' | 'dynamic' | undefined; readonly inputSchema: unknown; readonly input?: never }

export const isProviderTool = (tool: unknown): boolean => {
  const { type, id } = Object(tool) as Partial<NamedProviderTool>
  return (type === 'provider' || type === 'provider-defined') && typeof id === 'string'
}

/** A client tool of the AI SDK: its `inputSchema` is not supported here, and its `execute` would not be called. */
export const isAiSdkTool = (tool: unknown): boolean =>
  typeof tool === 'object' && tool !== null && 'inputSchema' in tool && !isProviderTool(tool)

/** Splits the tools into provider-executed ones (`own`) and client tools (`asked`). */
export function splitTools<T>(tools: T): { own: NamedProviderTool[]; asked: T | undefined } {
  if (typeof tools !== 'object' || tools === null || Array.isArray(tools)) return { own: [], asked: tools }
  const all = Object.entries(tools as Record<string, unknown>)
  const own = all.flatMap(([name, tool]) => (isProviderTool(tool) ? [{ ...(tool as NamedProviderTool), name }] : []))
  if (own.length === 0) return { own, asked: tools }
  const asked = all.filter(([, tool]) => !isProviderTool(tool))
  return { own, asked: asked.length === 0 ? undefined : (Object.fromEntries(asked) as T) }
}

const SUPPORTED_VERSIONS: readonly string[] = ['v2', 'v3', 'v4']

/** Throws a `TypeError` at the definition for a model of an unsupported specification. */
export function checkLanguageModel(owner: string, { specificationVersion, doStream }: LanguageModel): void {
  if (SUPPORTED_VERSIONS.includes(specificationVersion) && typeof doStream === 'function') return
  throw new TypeError(
    `${owner}: the model has the specification ${String(specificationVersion)}, and ${SUPPORTED_VERSIONS.join(', ')} are supported. Use its package for AI SDK 5, 6 or 7.`,
  )
}
