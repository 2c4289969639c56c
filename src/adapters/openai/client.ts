import { OpenAIChatError } from './error.ts'

/** What a chat needs of a client of the `openai` package, whichever version it is of. */
export interface OpenAIClient {
  readonly chat: { readonly completions: { create(body: never, options: never): unknown } }
}

export type Access = { client?: OpenAIClient; apiKey?: string; baseURL?: string }

/** One client an account and server, so that all chats share its connections. */
const clients = new Map<string, Promise<OpenAIClient>>()

/** The given client, or one made on first use: a module that defines a chat needs neither a key nor the SDK. */
export async function clientOf({ client, apiKey, baseURL }: Access): Promise<OpenAIClient> {
  if (client) return client
  const key = apiKey || environment('OPENAI_API_KEY')
  if (!key) {
    throw new OpenAIChatError(
      'no_api_key',
      'there is no API key. Set OPENAI_API_KEY, or give apiKey or client to openAIChat',
    )
  }
  const url = baseURL || environment('OPENAI_BASE_URL')
  const id = JSON.stringify([key, url])
  const known = clients.get(id)
  if (known) return known
  const made = import('openai').then(({ OpenAI }) => new OpenAI({ apiKey: key, ...(url && { baseURL: url }) }))
  clients.set(id, made)
  made.catch(() => clients.delete(id))
  return made
}

const environment = (name: string): string | undefined => globalThis.process?.env[name]?.trim()
