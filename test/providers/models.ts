import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createAzure } from '@ai-sdk/azure'
import { createCohere } from '@ai-sdk/cohere'
import { createDeepSeek } from '@ai-sdk/deepseek'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createGroq } from '@ai-sdk/groq'
import { createMistral } from '@ai-sdk/mistral'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { createAnthropic as createAnthropic5 } from 'ai-sdk5-anthropic'
import { createGoogleGenerativeAI as createGoogle5 } from 'ai-sdk5-google'
import { createOpenAI as createOpenAI5 } from 'ai-sdk5-openai'
import { createOpenAICompatible as createCompatible5 } from 'ai-sdk5-openai-compatible'
import { createAnthropic as createAnthropic7 } from 'ai-sdk7-anthropic'
import { createGoogleGenerativeAI as createGoogle7 } from 'ai-sdk7-google'
import { createOpenAI as createOpenAI7 } from 'ai-sdk7-openai'
import { createOpenAICompatible as createCompatible7 } from 'ai-sdk7-openai-compatible'
import { createOllama } from 'ollama-ai-provider-v2'
import type { LanguageModel } from 'tinyllm/ai-sdk'
import { anthropicWire } from './servers/anthropic.ts'
import { bedrockWire } from './servers/bedrock.ts'
import { cohereWire } from './servers/cohere.ts'
import {
  compatibleWire,
  deepseekWire,
  groqWire,
  mistralWire,
  openaiWire,
  openrouterWire,
  signedCallsWire,
} from './servers/dialects.ts'
import { googleWire } from './servers/google.ts'
import { ollamaWire } from './servers/ollama.ts'
import { responsesWire } from './servers/responses.ts'
import type { Wire } from './servers/turn.ts'

/** The AI SDK whose models these are. */
export type Sdk = 5 | 6 | 7

/** A model of a real package, and a server that speaks its language. */
export type Specimen = {
  readonly name: string
  /** The name that its package reads `providerOptions` under. */
  readonly key: string
  readonly sdk: Sdk
  readonly wire: Wire
  /** `newId` is for packages that make up the ids of calls. */
  model(url: string, newId: () => string): LanguageModel
  readonly providerOptions?: Record<string, Record<string, string | number | boolean | object>>
  /** How its package is told the `detail` of a picture, where it can be. */
  detail?(level: string): Record<string, Record<string, string>>
  /** The tool by which its provider searches the web. */
  search?(): object
  /** Whether it takes pictures by their address; by default it does. */
  readonly takesAddresses?: boolean
  /** What its server can do: say a thought without a signature, with one, or hidden; and see. */
  readonly can: { readonly sign?: true; readonly hide?: true; readonly think?: true; readonly see?: true }
  /** What of a turn its package tells, beside input and output. */
  readonly tells: {
    readonly cached?: true
    readonly written?: true
    readonly reasoning?: true
    readonly cost?: true
    readonly sources?: true
    readonly pictures?: true
    readonly refusal?: true
    /** What the server did not count is not told as 0. */
    readonly nothing?: true
  }
}

const apiKey = 'test-key'
type Make<T> = (settings: T) => unknown
const as = (model: unknown) => model as LanguageModel

const anthropic = (sdk: Sdk, make: Make<any>): Specimen => ({
  name: `anthropic ${sdk}`,
  key: 'anthropic',
  sdk,
  wire: anthropicWire,
  model: (url) => as((make({ apiKey, baseURL: `${url}/v1` }) as any)('claude-sonnet-4-5')),
  search: () => (make({ apiKey }) as any).tools.webSearch_20250305({ maxUses: 2 }),
  providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
  can: { sign: true, hide: true, see: true },
  tells: { cached: true, written: true, refusal: true },
})

const google = (sdk: Sdk, make: Make<any>, withIds: boolean): Specimen => ({
  name: `google ${sdk}${withIds ? ', calls with ids' : ''}`,
  key: 'google',
  sdk,
  wire: googleWire(withIds),
  model: (url, generateId) =>
    as((make({ apiKey, baseURL: `${url}/v1beta`, generateId }) as any)('gemini-3-pro-preview')),
  takesAddresses: false,
  can: { sign: true, think: true, see: true },
  tells: { cached: true, reasoning: true, sources: true, pictures: true, nothing: true },
})

const responses = (sdk: Sdk, make: Make<any>, store: boolean): Specimen => ({
  name: `openai responses ${sdk}${store ? '' : ', not stored'}`,
  key: 'openai',
  sdk,
  wire: responsesWire,
  model: (url) => as((make({ apiKey, baseURL: `${url}/v1` }) as any).responses('gpt-5-mini')),
  ...(!store && { providerOptions: { openai: { store } } }),
  search: () => (make({ apiKey }) as any).tools.webSearch({}),
  detail: (level) => ({ openai: { imageDetail: level } }),
  can: { sign: true, think: true, see: true },
  tells: { cached: true, reasoning: true, sources: true, ...(sdk > 5 && { refusal: true, nothing: true }) },
})

const openaiChat = (sdk: Sdk, make: Make<any>): Specimen => ({
  name: `openai chat ${sdk}`,
  key: 'openai',
  sdk,
  wire: openaiWire,
  model: (url) => as((make({ apiKey, baseURL: `${url}/v1` }) as any).chat('gpt-4o-mini')),
  detail: (level) => ({ openai: { imageDetail: level } }),
  can: { see: true },
  tells: { cached: true, reasoning: true, sources: true, ...(sdk > 5 && { refusal: true }), nothing: true },
})

const compatible = (sdk: Sdk, make: Make<any>): Specimen => ({
  name: `openai-compatible ${sdk}`,
  key: 'openaiCompatible',
  sdk,
  wire: compatibleWire,
  takesAddresses: false,
  model: (url) => as((make({ name: 'local', apiKey, baseURL: `${url}/v1`, includeUsage: true }) as any)('a-model')),
  can: { think: true, see: true },
  tells: { cached: true, reasoning: true, nothing: true },
})

/** Gemini behind an interface like OpenAI's: calls carry what signs the thoughts. */
const signedCalls = (sdk: Sdk, make: Make<any>): Specimen => ({
  ...compatible(sdk, make),
  name: `openai-compatible ${sdk}, signed calls`,
  key: 'google',
  wire: signedCallsWire,
  model: (url) => as((make({ name: 'google', apiKey, baseURL: `${url}/v1` }) as any)('gemini-3-pro-preview')),
  can: { think: true, sign: true, see: true },
})

/** Providers of which one version is here. */
const others: readonly Specimen[] = [
  {
    name: 'mistral 6',
    key: 'mistral',
    sdk: 6,
    wire: mistralWire,
    model: (url) => as(createMistral({ apiKey, baseURL: `${url}/v1` })('magistral-medium-latest')),
    takesAddresses: false,
    can: { think: true, see: true },
    tells: { cached: true },
  },
  {
    name: 'bedrock 6',
    key: 'bedrock',
    sdk: 6,
    wire: bedrockWire,
    model: (url) =>
      as(
        createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL: url })('anthropic.claude-sonnet-4-5-20250929-v1:0'),
      ),
    takesAddresses: false,
    can: { think: true, sign: true, hide: true, see: true },
    tells: { cached: true, written: true },
  },
  {
    name: 'groq 6',
    key: 'groq',
    sdk: 6,
    wire: groqWire,
    model: (url) => as(createGroq({ apiKey, baseURL: `${url}/v1` })('openai/gpt-oss-20b')),
    can: { think: true, see: true },
    tells: { cached: true, reasoning: true, nothing: true },
  },
  {
    name: 'deepseek 6',
    key: 'deepseek',
    sdk: 6,
    wire: deepseekWire,
    model: (url) => as(createDeepSeek({ apiKey, baseURL: `${url}/v1` })('deepseek-v4-pro')),
    detail: (level) => ({ deepseek: { imageDetail: level } }),
    can: { think: true, see: true },
    tells: { cached: true, reasoning: true, nothing: true },
  },
  {
    name: 'cohere 6',
    key: 'cohere',
    sdk: 6,
    wire: cohereWire,
    model: (url, generateId) =>
      as(createCohere({ apiKey, baseURL: `${url}/v2`, generateId })('command-a-reasoning-08-2025')),
    detail: (level) => ({ cohere: { detail: level } }),
    can: { think: true, see: true },
    tells: {},
  },
  {
    name: 'azure chat 6',
    key: 'azure',
    sdk: 6,
    wire: openaiWire,
    model: (url) => as(createAzure({ apiKey, baseURL: `${url}/openai` }).chat('gpt-4o-mini')),
    detail: (level) => ({ openai: { imageDetail: level } }),
    can: { see: true },
    tells: { cached: true, reasoning: true, sources: true, nothing: true },
  },
  {
    name: 'azure responses 6',
    key: 'azure',
    sdk: 6,
    wire: responsesWire,
    model: (url) => as(createAzure({ apiKey, baseURL: `${url}/openai` }).responses('gpt-5-mini')),
    providerOptions: { azure: { store: false } },
    detail: (level) => ({ azure: { imageDetail: level } }),
    can: { sign: true, see: true },
    tells: { cached: true, reasoning: true, sources: true },
  },
  {
    name: 'openrouter 6',
    key: 'openrouter',
    sdk: 6,
    wire: openrouterWire,
    model: (url) =>
      as(
        createOpenRouter({ apiKey, baseURL: `${url}/v1`, compatibility: 'strict' }).chat('anthropic/claude-sonnet-4.5'),
      ),
    can: { sign: true, hide: true, see: true },
    tells: { cached: true, written: true, reasoning: true, cost: true, sources: true, pictures: true, nothing: true },
  },
  {
    name: 'ollama 6',
    key: 'ollama',
    sdk: 6,
    wire: ollamaWire,
    model: (url) => as(createOllama({ baseURL: `${url}/api` })('qwen3')),
    can: { think: true, see: true },
    tells: { nothing: true },
  },
]

export const specimens: readonly Specimen[] = [
  anthropic(5, createAnthropic5),
  anthropic(6, createAnthropic),
  anthropic(7, createAnthropic7),
  google(5, createGoogle5, false),
  google(6, createGoogleGenerativeAI, false),
  google(6, createGoogleGenerativeAI, true),
  google(7, createGoogle7, true),
  responses(5, createOpenAI5, false),
  responses(6, createOpenAI, false),
  responses(6, createOpenAI, true),
  responses(7, createOpenAI7, false),
  openaiChat(5, createOpenAI5),
  openaiChat(6, createOpenAI),
  openaiChat(7, createOpenAI7),
  compatible(5, createCompatible5),
  compatible(6, createOpenAICompatible),
  compatible(7, createCompatible7),
  signedCalls(6, createOpenAICompatible),
  ...others,
]
