import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI, { AzureOpenAI } from 'openai'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { mockServer } from './server.ts'

/** What the server was sent. */
async function sentBy(config: object): Promise<Record<string, unknown>> {
  const { mock, access } = await mockServer()
  mock.onMessage(/.*/, { content: 'ok' })
  await openAIChat({ name: 'chat', ...access, ...config } as never).run('Hi')
  const { _endpointType, ...body } = mock.getLastRequest()!.body as unknown as Record<string, unknown>
  return body
}

const messages = [{ role: 'user', content: 'Hi' }]
const all = {
  temperature: 0,
  top_p: 0.5,
  presence_penalty: 1,
  frequency_penalty: 1,
  logprobs: true,
  top_logprobs: 2,
  logit_bias: { 1: 2 },
}

describe('what is sent', () => {
  test.each(['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-mini', 'gpt-5.1', 'openai/o3', 'ft:o4-mini:me'])(
    'to %s leaves out what a reasoning model does not take',
    async (model) => {
      expect(await sentBy({ model, ...all, seed: 1, max_tokens: 9, reasoning_effort: 'low' })).toEqual({
        model,
        messages,
        seed: 1,
        max_completion_tokens: 9,
        reasoning_effort: 'low',
      })
    },
  )

  test('what was left out is logged', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    const info = vi.fn()
    const logger = { info, debug: () => {}, warn: () => {}, error: () => {} }
    await openAIChat({ name: 'chat', model: 'o3', temperature: 0, top_p: 1, ...access }).run('Hi', { logger })
    expect(info).toHaveBeenCalledWith('[chat]', 'left out temperature, top_p: not supported by o3')
  })

  test('what was left out is told, as warnings of other providers are', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'ok' })
    const warnings: unknown[] = []
    for await (const event of openAIChat({ name: 'chat', model: 'o3', temperature: 0, ...access }).stream('Hi'))
      if (event.type === 'event' && event.event.type === 'warning') warnings.push(event.event.message)
    expect(warnings).toEqual(['temperature: not supported by o3'])
  })

  test('to a reasoning model that is told not to reason keeps all', async () => {
    expect(await sentBy({ model: 'gpt-5.2', ...all, reasoning_effort: 'none' })).toMatchObject(all)
  })

  test.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest'])('to %s has no reasoning effort', async (model) => {
    expect(await sentBy({ model, ...all, max_tokens: 9, reasoning_effort: 'low' })).toEqual({
      model,
      messages,
      ...all,
      max_tokens: 9,
    })
  })

  test.each(['llama3.2', 'my-deployment', 'deepseek-r1', 'foo3'])(
    'to %s, which is not known, is what was given',
    async (model) => {
      const given = { ...all, max_tokens: 9, reasoning_effort: 'low', of_its_own: { a: 1 } }
      expect(await sentBy({ model, ...given })).toEqual({ model, messages, ...given })
    },
  )

  test('has one limit of tokens', async () => {
    expect(await sentBy({ model: 'gpt-4o', max_tokens: 9, max_completion_tokens: 5 })).toEqual({
      model: 'gpt-4o',
      messages,
      max_completion_tokens: 5,
    })
  })

  test('has no option without the one that it belongs to, and nothing undefined or empty', async () => {
    const lonely = {
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      stream_options: { include_usage: true },
      top_logprobs: 2,
      stop: [],
      temperature: undefined,
    }
    expect(await sentBy({ model: 'gpt-4o', ...lonely })).toEqual({ model: 'gpt-4o', messages })
  })

  test('may hold pictures', async () => {
    const { mock, access } = await mockServer()
    mock.on({}, { content: 'A cat' })
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ] as const
    expect(await openAIChat({ name: 'chat', model: 'gpt-4o', ...access }).run([{ role: 'user', content }])).toBe(
      'A cat',
    )
    expect(mock.getLastRequest()!.body).toMatchObject({ messages: [{ role: 'user', content }] })
  })
})

describe('clients and servers', () => {
  test('a client of Azure is accepted, whose model is a deployment', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    const endpoint = access.baseURL.replace('/v1', '')
    const client = new AzureOpenAI({ apiKey: 'key', endpoint, apiVersion: '2024-10-21' })
    expect(await openAIChat({ name: 'chat', model: 'mine', client, temperature: 0 }).run('Hi')).toBe('Hello')
    expect(mock.getLastRequest()).toMatchObject({
      path: expect.stringContaining('/openai/deployments/mine/chat/completions'),
      body: { temperature: 0 },
    })
  })

  test('a server of your own needs no key', async () => {
    vi.stubEnv('OPENAI_API_KEY', '')
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    expect(await openAIChat({ name: 'chat', model: 'llama3.2', baseURL: access.baseURL }).run('Hi')).toBe('Hello')
  })

  test('a server that does not know n is an error, never a short list', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: 'Hello' })
    const result = await openAIChat({ name: 'chat', model: 'llama3.2', n: 3, ...access }).safeRun('Hi')
    expect(result).toMatchObject({
      error: { cause: { problem: 'no_answer', message: expect.stringContaining('1 of 3') } },
    })
  })

  test('a connection that ends in the midst of an answer is an error', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const client = new OpenAI({ apiKey: 'key', baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    expect(await openAIChat({ name: 'chat', model: 'gpt-4o', client }).safeRun('Hi')).toMatchObject({
      error: { code: 'run' },
    })
  })
})
