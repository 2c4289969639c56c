import type { Patience } from './patience.ts'
import type { Prices } from './prices.ts'

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
export const isLanguageModel = (model: unknown): model is LanguageModel =>
  typeof model === 'object' && typeof (model as Partial<LanguageModel> | null)?.doGenerate === 'function'

const KNOWN: readonly string[] = ['v2', 'v3', 'v4']

/** Says at the definition what would fail at every call. */
export function checkLanguageModel(owner: string, { specificationVersion, doStream }: LanguageModel): void {
  if (KNOWN.includes(specificationVersion) && typeof doStream === 'function') return
  throw new TypeError(
    `${owner}: the model is of specification ${String(specificationVersion)}, and ${KNOWN.join(', ')} are known. Use its package for AI SDK 5, 6 or 7.`,
  )
}
