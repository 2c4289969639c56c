import { checkOptions } from '../../border/options.ts'
import { between, checkNumber, COUNT, FINITE, FROM_ZERO, type Range, said } from '../../border/ranges.ts'
import { checkStreamTimeouts, type StreamTimeouts } from '../stream-timeouts.ts'
import type { ImageDownload } from '../images/fetch-image.ts'
import { checkPrices, type Prices } from '../prices.ts'
import type { ToolChoice } from '../../types.ts'

/** A model object of the Vercel AI SDK, by shape: of specification 2, 3 or 4 (AI SDK 5, 6 and 7). */
export interface LanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<unknown>
  doStream(options: never): PromiseLike<unknown>
}

/** What can be set on a call of an AI SDK model, under the AI SDK's own names. */
export interface CallSettings extends StreamTimeouts {
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
  toolChoice?: ToolChoice | { type: 'auto' | 'none' | 'required' }
  headers?: Readonly<Record<string, string>>
  /** By provider, as its package says. */
  providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /**
   * A picture whose address the model does not take itself is fetched and sent as data: from `http` and `https`, of
   * 20,000,000 bytes at most, and from public addresses only. `false`: none is.
   */
  imageDownload?: false | ImageDownload
  /** By `modelId`; without one, cost is not counted. */
  prices?: Prices
}

/** What can be set; the last two are of some specifications only, and go on to the model as they are. */
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

const numericSettings: readonly (readonly [keyof CallSettings, Range])[] = [
  ['maxOutputTokens', COUNT],
  ['temperature', FROM_ZERO],
  ['topP', between(0, 1)],
  ['topK', FINITE],
  ['presencePenalty', FINITE],
  ['frequencyPenalty', FINITE],
  ['seed', FINITE],
]

/** Says at the definition what a model could not be asked with. */
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
  checkNumber(option, 'maxBytes', given.maxBytes, COUNT)
  const { allowPrivate } = given
  if (allowPrivate !== undefined && typeof allowPrivate !== 'boolean')
    throw new TypeError(`${option}: allowPrivate is ${said(allowPrivate)}. Give true or false, or leave it out.`)
}

export const isLanguageModel = (model: unknown): model is LanguageModel =>
  typeof model === 'object' && typeof (model as Partial<LanguageModel> | null)?.doGenerate === 'function'

/** A tool that the provider itself runs, under the name that it is called by. */
export interface NamedProviderTool {
  readonly type: 'provider' | 'provider-defined'
  readonly id: `${string}.${string}`
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}
/**
 * A tool that the provider itself runs, as its package makes it: `anthropic.tools.webSearch_20250305()`. The AI SDK has
 * one type for all its tools, so the compiler takes each; one that the provider does not run is rejected when it is given.
 */
export type ProviderTool =
  | Omit<NamedProviderTool, 'name'>
  | { readonly type?: 'function' | 'dynamic' | undefined; readonly inputSchema: unknown; readonly input?: never }

export const isProviderTool = (tool: unknown): boolean => {
  const { type, id } = Object(tool) as Partial<NamedProviderTool>
  return (type === 'provider' || type === 'provider-defined') && typeof id === 'string'
}

/** A tool of the AI SDK that the user runs: it takes its own kind of schema, and its `execute` would never be called. */
export const isAiSdkTool = (tool: unknown): boolean =>
  typeof tool === 'object' && tool !== null && 'inputSchema' in tool && !isProviderTool(tool)

/** The tools that the provider runs, under the names that they were given, and those that the model asks the user for. */
export function splitTools<T>(tools: T): { own: NamedProviderTool[]; asked: T | undefined } {
  if (typeof tools !== 'object' || tools === null || Array.isArray(tools)) return { own: [], asked: tools }
  const all = Object.entries(tools as Record<string, unknown>)
  const own = all.flatMap(([name, tool]) => (isProviderTool(tool) ? [{ ...(tool as NamedProviderTool), name }] : []))
  if (own.length === 0) return { own, asked: tools }
  const asked = all.filter(([, tool]) => !isProviderTool(tool))
  return { own, asked: asked.length === 0 ? undefined : (Object.fromEntries(asked) as T) }
}

const SUPPORTED_VERSIONS: readonly string[] = ['v2', 'v3', 'v4']

/** Says at the definition what would fail at every call. */
export function checkLanguageModel(owner: string, { specificationVersion, doStream }: LanguageModel): void {
  if (SUPPORTED_VERSIONS.includes(specificationVersion) && typeof doStream === 'function') return
  throw new TypeError(
    `${owner}: the model has the specification ${String(specificationVersion)}, and ${SUPPORTED_VERSIONS.join(', ')} are supported. Use its package for AI SDK 5, 6 or 7.`,
  )
}
