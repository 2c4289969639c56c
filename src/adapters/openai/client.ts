import { attempt } from '../../border/shape.ts'
import { ModelError } from '../../models/failure/model-error.ts'
import { sdkTimeout } from '../../models/request-timeout.ts'
import type { Policy } from '../../types.ts'
import { normalizingFetch } from './wire/normalizing-fetch.ts'

/** What a chat needs of a client of the `openai` package, whichever version it is of. */
export interface OpenAIClient {
  readonly chat: { readonly completions: { create(body: never, options: never): unknown } }
}
/** What an embedding needs of one. */
export interface OpenAIEmbeddingClient {
  readonly embeddings: { create(body: never, options: never): unknown }
}
type SdkClient = OpenAIClient & OpenAIEmbeddingClient

/** Which account of which server. */
export interface ClientOptions<C> {
  /** A client of the `openai` package (`new OpenAI`, `new AzureOpenAI`); its own retries are not used. */
  client?: C | undefined
  /** `OPENAI_API_KEY` by default; a server of your own (`baseURL`) may need none. */
  apiKey?: string | undefined
  /** `OPENAI_BASE_URL` by default, else OpenAI's own. */
  baseURL?: string | undefined
}

/** Options of the SDK, which may be `undefined` as ours may. */
export type OrUndefined<T> = { [K in keyof T]: T[K] | undefined }

/** One client an account and server, so that all chats share its connections. */
const clients = new Map<string, Promise<SdkClient>>()

/** The given client, or one made on first use: a module that defines a chat needs neither a key nor the SDK. */
export async function resolveClient<C>({ client, apiKey, baseURL }: ClientOptions<C>): Promise<C | SdkClient> {
  if (client) return client
  const url = baseURL || environmentVariable('OPENAI_BASE_URL')
  const key = apiKey || environmentVariable('OPENAI_API_KEY') || (url && !url.includes('api.openai.com') ? 'none' : '')
  if (!key) {
    throw new ModelError(
      'no_api_key',
      'there is no API key. Set OPENAI_API_KEY, or give apiKey or client to openAIChat',
    )
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

/** Whose server a client asks: OpenAI's own by its name, another one by its host. */
export function serverName(client: object): string {
  const { baseURL } = client as { baseURL?: unknown }
  const host = attempt(() => new URL(String(baseURL)).host)
  return host === undefined || /(?:^|\.)api\.openai\.com$/.test(host) ? 'openai' : host
}

/** The retries are the node's own, so that they are states that can be seen, stopped and resumed. */
export const requestOptions = (key: string, signal: AbortSignal, timeout: Policy['timeout']) => ({
  signal,
  maxRetries: 0,
  // The SDK has the option, yet no name for the header.
  idempotencyKey: key,
  headers: { 'Idempotency-Key': key },
  // The SDK's default of ten minutes must not end a longer one.
  ...sdkTimeout(timeout),
})
