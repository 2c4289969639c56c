import { attempt } from '../../border/shape.ts'
import { ModelError } from '../../models/failure/model-error.ts'
import { sdkTimeout } from '../../models/request-timeout.ts'
import type { Policy } from '../../types.ts'
import { normalizingFetch } from './wire/normalizing-fetch.ts'

/** The part of a client of the `openai` package (any version) that a chat uses. */
export interface OpenAIClient {
  readonly chat: { readonly completions: { create(body: never, options: never): unknown } }
}
/** The part that an embedding uses. */
export interface OpenAIEmbeddingClient {
  readonly embeddings: { create(body: never, options: never): unknown }
}
type SdkClient = OpenAIClient & OpenAIEmbeddingClient

/** The server and the account. */
export interface ClientOptions<C> {
  /** A client of the `openai` package (`new OpenAI`, `new AzureOpenAI`); its own retries are not used. */
  client?: C | undefined
  /** `OPENAI_API_KEY` by default; a server of your own (`baseURL`) may need none. */
  apiKey?: string | undefined
  /** `OPENAI_BASE_URL` by default, else OpenAI's own. */
  baseURL?: string | undefined
}

/** Options of the SDK, each of which may be `undefined`. */
export type OrUndefined<T> = { [K in keyof T]: T[K] | undefined }

/** One client for each account and server, so that chats share its connections. */
const clients = new Map<string, Promise<SdkClient>>()

/**
 * The given client, or one that is created at the first call: the definition of a chat needs neither a key nor the SDK.
 */
export async function resolveClient<C>({ client, apiKey, baseURL }: ClientOptions<C>): Promise<C | SdkClient> {
  if (client) return client
  const url = baseURL || environmentVariable('OPENAI_BASE_URL')
  const key = apiKey || environmentVariable('OPENAI_API_KEY') || (url && !url.includes('api.openai.com') ? 'none' : '')
  if (!key) {
    throw new ModelError('no_api_key', 'no API key is set. Set OPENAI_API_KEY, or give apiKey or client')
  }
  const id = JSON.stringify([key, url])
  const known = clients.get(id)
  if (known) return known
  const made = import('openai').then(
    ({ OpenAI }) => new OpenAI({ apiKey: key, fetch: normalizingFetch, ...(url && { baseURL: url }) }),
  )
  clients.set(id, made)
  made.catch(() => clients.delete(id))
  return made
}

const environmentVariable = (name: string): string | undefined => globalThis.process?.env[name]?.trim()

/** The name of a client's server: `openai`, or the host of another one. */
export function serverName(client: object): string {
  const { baseURL } = client as { baseURL?: unknown }
  const host = attempt(() => new URL(String(baseURL)).host)
  return host === undefined || /(?:^|\.)api\.openai\.com$/.test(host) ? 'openai' : host
}

/** Retries are disabled: those of the policy are states, which can be inspected, stopped and resumed. */
export const requestOptions = (key: string, signal: AbortSignal, timeout: Policy['timeout']) => ({
  signal,
  maxRetries: 0,
  // The SDK has the option, but sends no header without a configured name.
  idempotencyKey: key,
  headers: { 'Idempotency-Key': key },
  // The SDK's default timeout of ten minutes must not end a longer call.
  ...sdkTimeout(timeout),
})
