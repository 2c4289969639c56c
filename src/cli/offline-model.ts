import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../observe/inspector/server/package-folder.ts'
import type { AnswerSchema } from './offline/scripted-answer.ts'
import type { PipelinePart } from './pipeline.ts'

/**
 * Inside the repository a chat may run without a key: a server on this machine then plays the model, over real HTTP.
 * It is a development dependency, so in an installed package a missing key stays what it is, an error.
 */
export async function offlineModel(
  parts: readonly PipelinePart[],
  note: (text: string) => void,
): Promise<{ stop(): Promise<void> } | undefined> {
  const asks = parts.some(({ service }) => service === 'openai')
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = process.env
  if (!asks || key?.trim() || url?.trim() || !isCheckout()) return undefined
  const { LLMock } = await import('@copilotkit/aimock')
  const { scriptedAnswer: answer, sampleValue: instance, RULE, textOf } = await import('./offline/scripted-answer.ts')
  const server = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  // Embeddings are the server's own: vectors that depend on the text, and mean nothing.
  server.on({ endpoint: 'chat' }, ({ messages, tools, response_format: format }) => {
    // An agent gets to see its first tool at work, once.
    const [tool] = messages.at(-1)?.role === 'user' ? (tools ?? []) : []
    if (!tool) return { content: answer(messages, format) }
    const given = instance((tool.function.parameters ?? {}) as AnswerSchema, textOf(messages.at(-1)).slice(0, 60))
    return { toolCalls: [{ name: tool.function.name, arguments: JSON.stringify(given) }] }
  })
  await server.start()
  process.env.OPENAI_API_KEY = 'offline'
  process.env.OPENAI_BASE_URL = `${server.url}/v1`
  note(`Without OPENAI_API_KEY the model is offline, and its answers are scripted: ${RULE}`)
  return {
    stop: async () => {
      delete process.env.OPENAI_API_KEY
      delete process.env.OPENAI_BASE_URL
      await server.stop()
    },
  }
}

function isCheckout(): boolean {
  const folder = packageFolder()
  const root = folder && fileURLToPath(folder)
  if (!root || !existsSync(`${root}src`)) return false
  try {
    createRequire(`${root}package.json`).resolve('@copilotkit/aimock')
    return true
  } catch {
    return false
  }
}
