import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { openAIChat } from 'tinyllm/openai'
import { expect, onTestFinished, test } from 'vitest'
import { openAIClients } from '../../tools/sdk-versions.ts'
import { idOf, bodyOf, reasonOf } from './noisy-body.ts'
import { intended, type Intended, noise, type Noise, readable, TOOLS } from './noise.ts'

/** For hours, when the reader has changed: WIRE_RUNS=100000, with WIRE_SEED to see a failure again. */
const numRuns = Number(process.env.WIRE_RUNS ?? 150)
const seed = Number(process.env.WIRE_SEED ?? Date.now() % 1e9)

/** A server that says what it was last told to, in pieces. */
async function noisyServer() {
  let parts: Buffer[] = []
  let type: string | undefined
  const server = createServer((request, response) => {
    request.resume().on('end', async () => {
      if (type) response.setHeader('content-type', type)
      for (const part of parts) {
        response.write(part)
        await new Promise(setImmediate)
      }
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const say = ({ text, contentType }: ReturnType<typeof bodyOf>, cuts: number[]) => {
    const bytes = Buffer.from(text)
    const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((one, other) => one - other)
    parts = [...ends, bytes.length].map((end, at, all) => bytes.subarray(all[at - 1] ?? 0, end))
    type = contentType
  }
  return { say, access: { apiKey: 'key', baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` } }
}

const tools = TOOLS.map((name) => ({ name, description: 'd', parameters: { type: 'object', properties: {} } }))

function expectedOf({ text, calls }: Intended, noise: Noise) {
  const ids = noise.id === 'none' || noise.id === 'same' || noise.calls === 'function_call'
  return {
    role: 'assistant',
    content: calls.length > 0 ? text || null : text,
    tool_calls: calls.map(({ name, input }, at) => ({ name, arguments: input, ...(!ids && { id: idOf(at, noise) }) })),
  }
}

async function heardBy(chat: ReturnType<typeof openAIChat<'chat', 1, never, typeof tools>>) {
  const heard = { reasoning: '', text: '', usage: [] as unknown[], reasons: [] as unknown[], empty: 0 }
  let result: { output?: unknown; error?: unknown } = {}
  for await (const given of chat.stream('Hi')) {
    const event = (given.type === 'event' ? given.event : given) as { type: string; delta?: string; reason?: string }
    if (event.delta === '') heard.empty++
    if (event.type === 'reasoning') heard.reasoning += event.delta
    if (event.type === 'token') heard.text += event.delta
    if (event.type === 'usage') heard.usage.push(given)
    if (event.type === 'finish') heard.reasons.push(event.reason)
    if (given.type === 'output' || given.type === 'error') result = given
  }
  return { ...heard, result }
}

test.each(openAIClients.flatMap(([version, Client]) => [true, false].map((stream) => ({ version, Client, stream }))))(
  `what a model says is read right through any noise (openai $version, stream: $stream, seed ${seed})`,
  { timeout: 0 },
  async ({ Client, stream }) => {
    const { say, access } = await noisyServer()
    const chat = openAIChat({ name: 'chat', model: 'm', stream, tools, client: new Client(access) })
    await fc.assert(
      fc.asyncProperty(intended, noise, async (answer, given) => {
        const noisy = readable(given, answer)
        const body = bodyOf(answer, noisy)
        say(body, noisy.cuts)
        const { result, ...heard } = await heardBy(chat)
        const { usage } = answer
        expect(heard, body.text).toEqual({
          reasoning: answer.reasoning,
          text: stream ? answer.text : '',
          usage: usage
            ? [{ type: 'usage', path: 'chat', inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }]
            : [],
          reasons: [reasonOf(answer)],
          empty: 0,
        })
        if (answer.refusal) {
          expect(result, body.text).toMatchObject({ error: { cause: { problem: 'refusal' } } })
          expect(String((result.error as Error).message), body.text).toContain(answer.refusal)
        } else if (answer.isLong) expect(result, body.text).toMatchObject({ error: { cause: { problem: 'length' } } })
        else expect(result.output, body.text).toMatchObject(expectedOf(answer, noisy))
      }),
      { numRuns, seed },
    )
  },
)
