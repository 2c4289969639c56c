import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LLMock } from '@copilotkit/aimock'
import { onTestFinished } from 'vitest'

/** A model server of aimock on a free port, and what `openAIChat` needs to talk to it. */
export async function mockServer() {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  await mock.start()
  // A test may have stopped it already.
  onTestFinished(() => mock.stop().catch(() => {}))
  return { mock, access: { apiKey: 'test-key', baseURL: `${mock.url}/v1` } }
}

/** A server that answers each request as it is told, for the answers that aimock has no words for. */
export async function rawServer(answer: (response: ServerResponse, request: IncomingMessage, body: string) => void) {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => answer(response, request, String(Buffer.concat(pieces))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { access: { apiKey: 'test-key', baseURL: `http://127.0.0.1:${port}/v1` } }
}

/** A server whose completions have these choices. */
export const completionServer = (choices: object[], rest: object = {}) =>
  rawServer((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: 'x', object: 'chat.completion', choices, ...rest }))
  })

/** A server that streams these chunks, and then ends the stream, or the connection with `cut`. */
export const streamServer = (chunks: object[], { cut = false } = {}) =>
  rawServer((response) => {
    response.setHeader('content-type', 'text/event-stream')
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
    // What was written must be on its way before the connection is gone.
    if (cut) setTimeout(() => response.destroy(), 20)
    else response.end('data: [DONE]\n\n')
  })

/** The text, finish reason and so on of one chunk. */
export const chunk = (content: string | undefined, finish_reason: string | null = null, index = 0) => ({
  choices: [{ index, delta: content === undefined ? {} : { content }, finish_reason }],
})

/** A server that answers with what it is told last, whole or streamed in two pieces. */
export const sayingServer = () =>
  rawServer((response, _, body) => {
    const { messages, stream } = JSON.parse(body) as {
      messages: { content: string }[]
      stream?: boolean
    }
    const content = messages.at(-1)?.content ?? ''
    response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json')
    if (!stream) {
      const message = { role: 'assistant', content }
      response.end(
        JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop', message }] }),
      )
      return
    }
    const middle = Math.ceil(content.length / 2)
    for (const each of [chunk(content.slice(0, middle)), chunk(content.slice(middle)), chunk(undefined, 'stop')])
      response.write(`data: ${JSON.stringify(each)}\n\n`)
    response.end('data: [DONE]\n\n')
  })
