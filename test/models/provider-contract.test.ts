import type { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { type ChatMessage, type ChatModel, llmCall, type RunEvent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { rawServer } from '../adapters/openai/server.ts'
import { compatibleProviders } from '../tools/sdk-versions.ts'

// What holds of every provider that stands behind `openAIChat` and `llmCall`: the same server, the same requests, the
// same answers, whole and streamed.

type Access = { apiKey: string; baseURL: string }
type Chat = ReturnType<typeof llmCall> & { ask: ChatModel }
const model = 'gpt-4o-mini'
const language = (make: typeof createOpenAICompatible) => (access: Access, stream: boolean) => {
  const object = make({
    name: 'test',
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...access,
  })(model)
  return llmCall({ name: 'chat', model: object, stream, temperature: 0.5 }) as unknown as Chat
}
type Provider = [string, (access: Access, stream: boolean) => Chat]
const providers: readonly Provider[] = [
  [
    'openAIChat',
    (access, stream) => openAIChat({ name: 'chat', model, stream, temperature: 0.5, ...access }) as unknown as Chat,
  ],
  ...compatibleProviders.map(([version, make]): Provider => [
    `llmCall with a model of specification ${version}`,
    language(make),
  ]),
]

type Message = { content: string | null; tool_calls?: object[]; reasoning_content?: string }
const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 }

/** A server that gives this message, whole or in pieces, and remembers what it was asked. */
async function serverOf(message: Message, finish_reason = 'stop') {
  const asked: { body: any; key: unknown }[] = []
  const { access } = await rawServer((response, request, text) => {
    const body = JSON.parse(text)
    asked.push({ body, key: request.headers['idempotency-key'] })
    response.setHeader('x-request-id', 'req_1')
    if (!body.stream) {
      response.setHeader('content-type', 'application/json')
      const choice = { index: 0, finish_reason, message: { role: 'assistant', ...message } }
      response.end(JSON.stringify({ id: 'r1', object: 'chat.completion', model, choices: [choice], usage }))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    const send = (delta: object, finish: string | null = null, rest: object = {}) => {
      const choices = [{ index: 0, delta, finish_reason: finish }]
      response.write(`data: ${JSON.stringify({ id: 'r1', model, choices, ...rest })}\n\n`)
    }
    if (message.reasoning_content) send({ role: 'assistant', reasoning_content: message.reasoning_content })
    for (const content of message.content?.match(/.{1,4}/gs) ?? []) send({ content })
    if (message.tool_calls) send({ tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) })
    send({}, finish_reason)
    response.write(`data: ${JSON.stringify({ id: 'r1', model, choices: [], usage })}\n\n`)
    response.end('data: [DONE]\n\n')
  })
  return { access, asked }
}

const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } } as const
const spec = { name: 'weather', description: 'd', parameters: { type: 'object', properties: {} } }
const contextOf = (emitted: object[]) =>
  ({
    signal: new AbortController().signal,
    emit: (event: object) => emitted.push(event),
    log: () => {},
    idempotencyKey: 'k',
  }) as never

describe.each(providers)('%s', (_, make) => {
  describe.each([[false], [true]])('stream: %s', (stream) => {
    test('gives the text, and tells all that is known of it', async () => {
      const { access, asked } = await serverOf({ content: 'Hello there', reasoning_content: 'Hm' })
      const events: RunEvent[] = []
      for await (const event of make(access, stream).stream('Hi', { id: 'run' }))
        if (event.type !== 'state') events.push(event)
      const told = events.map((event) => (event.type === 'event' ? event.event : event)) as any[]
      const kinds = [...new Set(told.map(({ type }) => type))]
      expect(kinds).toEqual(['reasoning', ...(stream ? ['token'] : []), 'usage', 'finish', 'response', 'output'])
      expect(
        told
          .filter(({ type }) => type === 'token')
          .map(({ delta }) => delta)
          .join(''),
      ).toBe(stream ? 'Hello there' : '')
      expect(told.find(({ type }) => type === 'usage')).toMatchObject({ inputTokens: 7, outputTokens: 2 })
      expect(told.find(({ type }) => type === 'finish')).toMatchObject({ reason: 'stop' })
      expect(told.find(({ type }) => type === 'response')).toMatchObject({
        id: 'r1',
        headers: { 'x-request-id': 'req_1' },
      })
      expect(told.at(-1)).toEqual({ type: 'output', output: 'Hello there' })
      expect(asked).toMatchObject([
        { key: 'run:chat', body: { model, temperature: 0.5, messages: [{ role: 'user', content: 'Hi' }] } },
      ])
    })

    test('asks for tools, a schema and settings of one turn, and gives a message with its calls', async () => {
      const { access, asked } = await serverOf({ content: 'Let me look.', tool_calls: [call] }, 'tool_calls')
      const schema = {
        type: 'object',
        properties: { a: { type: 'string' } },
        required: ['a'],
        additionalProperties: false,
      }
      const messages: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
      const request = { messages, tools: [spec], toolChoice: 'required', schema, settings: { temperature: 0 } } as const
      expect(await make(access, stream).ask(request, contextOf([]))).toMatchObject({
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: [call],
      })
      expect(asked[0]!.body).toMatchObject({
        temperature: 0,
        tool_choice: 'required',
        tools: [{ type: 'function', function: spec }],
        response_format: { type: 'json_schema', json_schema: { schema } },
      })
    })

    test('takes the results of tools, and what it thought, back', async () => {
      const first = await serverOf({ content: null, reasoning_content: 'Hm', tool_calls: [call] }, 'tool_calls')
      const asks = await make(first.access, stream).ask(
        { messages: [{ role: 'user', content: 'Hi' }], tools: [spec] },
        contextOf([]),
      )
      const result = { role: 'tool', tool_call_id: 'c1', content: '{"rain":true}' } as const
      // The same server: what it said of itself goes to no other.
      await make(first.access, stream).ask(
        {
          messages: [
            { role: 'user', content: 'Hi' },
            asks,
            { ...result, result: { type: 'json', value: { rain: true } } },
          ],
          tools: [spec],
        },
        contextOf([]),
      )
      expect(first.asked[1]!.body.messages).toMatchObject([
        { role: 'user' },
        { role: 'assistant', reasoning_content: 'Hm', tool_calls: [call] },
        result,
      ])
      expect(Object.keys(first.asked[1]!.body.messages[2]).toSorted()).toEqual(['content', 'role', 'tool_call_id'])
    })

    test.each([
      ['length', 'Once', 'length'],
      ['content_filter', '', 'content_filter'],
      ['tool_calls', null, 'tool_calls'],
    ])('fails with a problem where the answer ends with %j', async (reason, content, problem) => {
      const calls = reason === 'tool_calls' ? { tool_calls: [call] } : {}
      const { access } = await serverOf({ content, ...calls }, reason)
      const result = await make(access, stream).safeRun('Hi')
      expect(result).toMatchObject({
        error: { code: 'run', cause: { problem }, message: expect.stringContaining(`for ${model}: `) },
        usage: { inputTokens: 7, outputTokens: 2 },
      })
    })
  })
})
