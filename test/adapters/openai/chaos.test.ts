import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { LLMock } from '@copilotkit/aimock'
import { type AnyFn, chain, llmCall, PipelineError } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAISystemMessage, openAIUserMessage } from 'tinyllm/openai'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openAIClients } from '../../tools/sdk-versions.ts'

// A thousand runs against a server that fails in every way that aimock knows: each ends, as one of two things.

const RUNS = 1000
const AT_ONCE = 16
const WATCHDOG = 15_000

/** Random, and the same each time. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

async function chaoticServer() {
  const chaos = { dropRate: 0.1, malformedRate: 0.1, rateLimitRate: 0.1, disconnectRate: 0.1 }
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent', chaos, journalMaxEntries: 0 })
  const roll = dice(7)
  const sometimes = (rate: number) => ({ predicate: () => roll() < rate })
  const content = '{"answer": "good"}'
  mock.on(sometimes(0.04), { content }, { streamingProfile: { ttft: 700 } })
  mock.on(sometimes(0.04), { content }, { chunkSize: 5, streamingProfile: { ttft: 1, tps: 3 } })
  mock.on(sometimes(0.06), { content }, { chunkSize: 5, truncateAfterChunks: 2 })
  mock.on(sometimes(0.06), { content }, { chunkSize: 5, disconnectAfterMs: 5 })
  mock.on(sometimes(0.04), { content }, { latency: 100 })
  mock.on(sometimes(0.06), { content: '{"ans', finishReason: 'length' })
  mock.on(sometimes(0.06), { content: '', finishReason: 'content_filter' })
  mock.on(sometimes(0.06), { content: 'I would rather not say' })
  mock.on(sometimes(0.06), { error: { message: 'quota', code: 'insufficient_quota' }, status: 429 })
  mock.on(sometimes(0.06), { error: { message: 'overloaded' }, status: 503, retryAfter: 30 })
  mock.on(
    { toolName: 'judge' },
    {
      toolCalls: [
        { name: 'judge', arguments: content },
        { name: 'judge', arguments: '{}' },
      ],
    },
  )
  mock.on({}, { content }, { chunkSize: 5 })
  await mock.start()
  onTestFinished(() => mock.stop())
  return mock
}

const judgement = z.object({ answer: z.enum(['good', 'bad']) })
const tools = { judge: { description: 'Judges', input: judgement.partial() } }
const retry = { attempts: 3, backoff: { initial: 1, max: 10 } }
const patience = { firstTokenTimeout: 500, idleTimeout: 300 }

function pipelines(baseURL: string): AnyFn[] {
  const access = { apiKey: 'key', baseURL }
  const [, NewestOpenAI] = openAIClients.at(-1)!
  const client = new NewestOpenAI(access)
  const language = createOpenAICompatible({
    name: 'test',
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...access,
  })
  const shared = { name: 'chat', retry, timeout: 1500 } as const
  const template = openAIPromptTemplate({
    name: 'template',
    sections: [
      openAISystemMessage('Judge.'),
      { examples: [{ user: 'a', assistant: 'b' }] },
      openAIUserMessage('{text}'),
    ],
  })
  const calls = [false, true].flatMap((stream) => {
    const streaming = stream ? { stream, ...patience } : {}
    const chat = { ...shared, ...streaming, ...access }
    const own = { ...shared, ...streaming }
    return [
      openAIChat({ ...chat, model: 'gpt-4o-mini', temperature: 0 }),
      openAIChat({ ...chat, model: 'gpt-4o', output: judgement, seed: 1, logprobs: true }),
      openAIChat({ ...chat, model: 'o4-mini', tools, temperature: 1, max_tokens: 99, tool_choice: 'auto' }),
      openAIChat({ ...own, model: 'gpt-4.1', client, output: judgement }),
      llmCall({ ...own, model: language('gpt-4o-mini') }),
      llmCall({ ...own, model: language('gpt-4o-mini'), output: judgement }),
      llmCall({ ...own, model: language('gpt-4o-mini'), tools }),
    ]
  })
  return calls.map((call) => chain({ name: 'all', children: [template, call as AnyFn] }))
}

type Outcome = 'output' | 'typed error' | 'hung' | { thrown: unknown }

async function outcomeOf(pipeline: AnyFn, index: number, chance: number): Promise<Outcome> {
  const stop = new AbortController()
  // One in ten is aborted, at some time.
  const abort = chance < 0.1 ? setTimeout(() => stop.abort(), chance * 1000) : undefined
  let watchdog: NodeJS.Timeout | undefined
  const hung = new Promise<Outcome>((resolve) => (watchdog = setTimeout(resolve, WATCHDOG, 'hung')))
  const run = pipeline.run({ text: `Case ${index}` }, { id: `run-${index}`, signal: stop.signal }).then(
    (): Outcome => 'output',
    (error: unknown): Outcome => (error instanceof PipelineError ? check(error) : { thrown: error }),
  )
  const outcome = await Promise.race([run, hung])
  clearTimeout(watchdog)
  clearTimeout(abort)
  return outcome
}

function check(error: PipelineError): Outcome {
  expect(['run', 'output_validation', 'timeout', 'aborted']).toContain(error.code)
  expect(error.message).not.toMatch(/undefined|\[object/)
  expect(() => JSON.stringify(error)).not.toThrow()
  return 'typed error'
}

test(
  'each of a thousand chaotic runs ends in an output or a typed error, and leaves nothing behind',
  { timeout: 90_000 },
  async () => {
    const rejections: unknown[] = []
    const onRejection = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', onRejection)
    onTestFinished(() => void process.off('unhandledRejection', onRejection))
    const mock = await chaoticServer()
    const all = pipelines(`${mock.url}/v1`)
    const roll = dice(3)
    const outcomes: Outcome[] = []
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()

    let next = 0
    const worker = async () => {
      while (next < RUNS) {
        const index = next++
        outcomes.push(await outcomeOf(all[index % all.length]!, index, roll()))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    await new Promise((resolve) => setTimeout(resolve, 500))

    expect(outcomes.filter((outcome) => outcome !== 'output' && outcome !== 'typed error')).toEqual([])
    const outputs = outcomes.filter((outcome) => outcome === 'output').length
    expect(outcomes).toHaveLength(RUNS)
    expect(outputs).toBeGreaterThan(RUNS / 10)
    expect(outputs).toBeLessThan(RUNS)
    expect(rejections).toEqual([])
    // What keep-alive connections hold is not ours.
    expect(timers()).toBeLessThanOrEqual(before + 5)

    const requests = mock.getRequests()
    expect(requests.length).toBeGreaterThan(RUNS * 0.9)
    for (const { body, headers } of requests) checkRequest(body as never, headers)
  },
)

/** What the server wrote down must be what OpenAI would take. */
function checkRequest(
  { _endpointType, _context, ...body }: Record<string, unknown>,
  headers: Record<string, string>,
): void {
  expect(headers['idempotency-key']).toMatch(/^run-\d+:all\.chat$/)
  expect(JSON.stringify(body)).not.toMatch(/undefined|\$schema/)
  expect(Object.values(body)).not.toContain(null)
  const { model, messages, tools, response_format, stream, ...options } = body as Record<string, any>
  const known = new Set(
    'temperature seed logprobs max_completion_tokens tool_choice stream_options reasoning_effort'.split(' '),
  )
  expect(Object.keys(options).filter((key) => !known.has(key))).toEqual([])
  expect(messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(messages.every((message: object) => Object.keys(message).length === 2)).toBe(true)
  if (model.startsWith('o')) expect(options).not.toHaveProperty('temperature')
  if (options.stream_options) expect(stream).toBe(true)
  if (options.tool_choice) expect(tools.length).toBeGreaterThan(0)
  for (const tool of tools ?? []) {
    expect(tool).toMatchObject({
      type: 'function',
      function: {
        name: expect.stringMatching(/^[\w-]{1,64}$/),
        parameters: { type: 'object', properties: expect.any(Object) },
      },
    })
  }
  if (response_format) {
    expect(response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { name: expect.stringMatching(/^[\w-]{1,64}$/), schema: { type: 'object', required: ['answer'] } },
    })
  }
}
