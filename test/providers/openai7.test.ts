import OpenAI7 from 'openai7'
import { openAIChat } from 'tinyllm/openai'
import { expect, test } from 'vitest'
import { mockServer } from '../adapters/openai/server.ts'

test('a client of version 7 is accepted', async () => {
  const { mock, access } = await mockServer()
  mock.onMessage('Hi', { content: 'Hello there' }, { chunkSize: 5 })
  const client = new OpenAI7(access)
  expect(await openAIChat({ name: 'chat', model: 'gpt-4o', client }).run('Hi')).toBe('Hello there')
  expect(await openAIChat({ name: 'chat', model: 'gpt-4o', client, stream: true }).run('Hi')).toBe('Hello there')
  mock.clearFixtures().onMessage('Hi', { error: { message: 'busy' }, status: 429, retryAfter: 0 })
  const result = await openAIChat({ name: 'chat', model: 'gpt-4o', client }).safeRun('Hi')
  expect(result).toMatchObject({ error: { retryAfter: 0, cause: { status: 429 } } })
  expect(mock.getRequests()).toHaveLength(3)
})
