import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Part } from './pipeline.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Inside the repository a chat may run without a key: a server on this machine then plays the model, over real HTTP.
 * It is a development dependency, so in an installed package a missing key stays what it is, an error.
 */
export async function offlineModel(
  parts: readonly Part[],
  note: (text: string) => void,
): Promise<{ stop(): Promise<void> } | undefined> {
  const asks = parts.some(({ kind }) => kind === 'openAIChat' || kind === 'openAIEmbedding')
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = process.env
  if (!asks || key?.trim() || url?.trim() || !isCheckout()) return undefined
  const { LLMock } = await import('@copilotkit/aimock')
  const server = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  // Embeddings are the server's own: vectors that depend on the text, and mean nothing.
  server.on({ endpoint: 'chat' }, ({ messages, tools, response_format: format }) => {
    const texts = messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
    // An agent gets to see its first tool at work, once.
    const [tool] = messages.at(-1)?.role === 'user' ? (tools ?? []) : []
    if (!tool) return { content: answer(texts, format) }
    const given = instance((tool.function.parameters ?? {}) as JsonSchema, (texts.at(-1) ?? '').slice(0, 60))
    return { toolCalls: [{ name: tool.function.name, arguments: JSON.stringify(given) }] }
  })
  await server.start()
  process.env.OPENAI_API_KEY = 'offline'
  process.env.OPENAI_BASE_URL = `${server.url}/v1`
  note(
    'Without OPENAI_API_KEY the model is offline, and its answers are scripted: missed payments, unemployed, default or debt → bad, else good.',
  )
  return {
    stop: async () => {
      delete process.env.OPENAI_API_KEY
      delete process.env.OPENAI_BASE_URL
      await server.stop()
    },
  }
}

function isCheckout(): boolean {
  if (!existsSync(`${root}src`)) return false
  try {
    createRequire(`${root}package.json`).resolve('@copilotkit/aimock')
    return true
  } catch {
    return false
  }
}

const worry = 'missed (?:\\w+ )?payments?|unemploy(?:ed|ment)|default(?:s|ed)?|(?:\\w+ )?debts?'
const reassurance = new RegExp(`\\b(?:no|not|never|without|free of)\\s+(?:\\w+\\s+){0,2}?(?:${worry})\\b`, 'gi')

type Format = { type: string; json_schema?: { schema?: JsonSchema } } | undefined
type JsonSchema = { type?: string; enum?: unknown[]; properties?: Record<string, JsonSchema> }

function answer(texts: readonly string[], format: Format): string {
  const said = texts.at(-1) ?? ''
  const worries = said.replaceAll(reassurance, '').match(new RegExp(`\\b(?:${worry})\\b`, 'gi')) ?? []
  const verdict = worries.length > 0 ? 'bad' : 'good'
  if (format?.json_schema?.schema) return JSON.stringify(instance(format.json_schema.schema, verdict))
  const all = texts.join('\n')
  if (/\bgood\b/i.test(all) && /\bbad\b/i.test(all)) return verdict
  const found = worries.length > 0 ? `These words stand out: ${worries.join(', ')}.` : 'Nothing stands out.'
  return `(Scripted answer.) ${found}`
}

/** A value of a JSON Schema, with the verdict (or another text) wherever it is allowed. */
function instance({ type, enum: values, properties = {} }: JsonSchema, verdict: string): unknown {
  if (values) return values.includes(verdict) ? verdict : values[0]
  if (type === 'string') return verdict
  if (type === 'number' || type === 'integer') return 0
  if (type === 'boolean') return verdict === 'good'
  if (type === 'array') return []
  if (type === 'null') return null
  return Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, instance(part, verdict)]))
}
