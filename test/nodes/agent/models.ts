import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ChatMessage, type ChatModel, llmCall } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { onTestFinished } from 'vitest'

/** A call as a server may write it: its id may be missing, or be anything. */
export type WrittenCall = { id?: unknown; name: string; input: object | string }
/** What a model does in each turn: a text, or calls. */
export type Script = (turn: number) => string | readonly WrittenCall[]

const written = ({ input }: WrittenCall) => (typeof input === 'string' ? input : JSON.stringify(input))
const wire = (call: WrittenCall) => ({
  ...('id' in call && { id: call.id }),
  type: 'function',
  function: { name: call.name, arguments: written(call) },
})
const turnOf = (messages: readonly ChatMessage[]) => messages.filter(({ role }) => role === 'assistant').length

type Made = { model: never; requests: ChatMessage[][] }

async function bodyOf(request: IncomingMessage): Promise<{ messages: ChatMessage[]; stream?: boolean }> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return JSON.parse(Buffer.concat(pieces).toString()) as { messages: ChatMessage[]; stream?: boolean }
}

/** The SDK of OpenAI against a server on this machine that writes ids as the script has them. */
async function overHttp(script: Script, stream: boolean): Promise<Made> {
  const requests: ChatMessage[][] = []
  const server = createServer(async (request, response) => {
    const { messages } = await bodyOf(request)
    requests.push(messages)
    const said = script(turnOf(messages))
    const message = typeof said === 'string' ? { content: said } : { content: null, tool_calls: said.map(wire) }
    const finish_reason = typeof said === 'string' ? 'stop' : 'tool_calls'
    if (!stream) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, finish_reason, message }] }))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    const deltas =
      typeof said === 'string' ? [message] : said.map((call, index) => ({ tool_calls: [{ index, ...wire(call) }] }))
    for (const delta of deltas) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason }] })}\n\n`)
    response.end('data: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const access = { apiKey: 'test-key', baseURL: `http://127.0.0.1:${port}/v1` }
  return { model: openAIChat({ name: 'chat', model: 'gpt-4o-mini', stream, ...access }) as never, requests }
}

/** A model object of the AI SDK. */
function ofAiSdk(script: Script): Made {
  const requests: ChatMessage[][] = []
  const model = {
    specificationVersion: 'v2' as const,
    provider: 'test',
    modelId: 'test',
    doStream: () => Promise.reject(new Error('not here')),
    doGenerate: async ({ prompt }: { prompt: { role: string; content: unknown }[] }) => {
      requests.push(prompt.flatMap(({ role, content }) => asChat(role, content)))
      const said = script(prompt.filter(({ role }) => role === 'assistant').length)
      const calls = typeof said === 'string' ? [] : said
      return {
        content: [
          ...(typeof said === 'string' ? [{ type: 'text', text: said }] : []),
          ...calls.map((call) => ({
            type: 'tool-call',
            toolCallId: call.id,
            toolName: call.name,
            input: written(call),
          })),
        ],
        finishReason: calls.length > 0 ? 'tool-calls' : 'stop',
        usage: {},
        warnings: [],
      }
    },
  }
  return { model: llmCall({ name: 'sdk', model: model as never }) as never, requests }
}

function asChat(role: string, content: unknown): ChatMessage[] {
  if (!Array.isArray(content)) return [{ role: 'system', content: String(content) }]
  if (role === 'tool') {
    return content.map(({ toolCallId, output }) => ({ role, tool_call_id: toolCallId, content: output.value }))
  }
  const tool_calls = content.flatMap(({ type, toolCallId: id, toolName: name, input }) =>
    type === 'tool-call'
      ? [{ id, type: 'function' as const, function: { name, arguments: JSON.stringify(input) } }]
      : [],
  )
  return [role === 'assistant' ? { role, content: null, tool_calls } : { role: 'user', content: 'text' }]
}

function ofOwn(script: Script): Made {
  const requests: ChatMessage[][] = []
  const model: ChatModel = async ({ messages }) => {
    requests.push([...messages])
    const said = script(turnOf(messages))
    return typeof said === 'string'
      ? { role: 'assistant', content: said }
      : { role: 'assistant', content: null, tool_calls: said.map(wire) as never }
  }
  return { model: model as never, requests }
}

/** Each way in which an agent may have a model. */
export const ways: Readonly<Record<string, (script: Script) => Made | Promise<Made>>> = {
  'the OpenAI SDK': (script) => overHttp(script, false),
  'the OpenAI SDK, streamed': (script) => overHttp(script, true),
  'a model of the AI SDK': ofAiSdk,
  'a model of its own': ofOwn,
}
export const own = ofOwn
