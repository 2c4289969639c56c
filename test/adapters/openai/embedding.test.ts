import OpenAI from 'openai'
import { chain, map } from 'tinyllm'
import { openAIEmbedding } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { mockServer, rawServer } from './server.ts'

const model = 'text-embedding-3-small'

async function vectors() {
  const { mock, access } = await mockServer()
  mock.onEmbedding('one', { embedding: [1, 0] })
  mock.onEmbedding(/.*/, { embedding: [0, 1] })
  return { mock, access: { name: 'embed' as const, model, ...access } }
}

describe('openAIEmbedding', () => {
  test('makes a vector of a text', async () => {
    const { mock, access } = await vectors()
    expect(await openAIEmbedding(access).run('one')).toEqual([1, 0])
    expect(mock.getLastRequest()).toMatchObject({ path: '/v1/embeddings', body: { model } })
  })

  test('makes a list of vectors of a list of texts, in its order, in one request', async () => {
    const sent: any[] = []
    const { access } = await rawServer((response, request) => {
      sent.push(request.headers)
      response.setHeader('content-type', 'application/json')
      const data = [2, 0, 1].map((index) => ({ index, embedding: [index] }))
      response.end(JSON.stringify({ data, usage: { prompt_tokens: 1_000_000 } }))
    })
    const embed = openAIEmbedding({ name: 'embed', model, many: true, dimensions: 1, ...access })
    const actor = embed.start(['a', 'b', 'c'], { id: 'run' })
    await new Promise((resolve) => actor.subscribe({ complete: () => resolve(undefined) }))
    expect(actor.getSnapshot().output).toEqual([[0], [1], [2]])
    expect(actor.getSnapshot().context.usage).toEqual({ inputTokens: 1_000_000, outputTokens: 0, cost: 0.02 })
    expect(sent).toMatchObject([{ 'idempotency-key': 'run:embed' }])
  })

  test('asks for numbers, which every server knows, and sends its options', async () => {
    const { access } = await vectors()
    const sent: unknown[] = []
    // The journal of aimock does not keep these.
    const watched: typeof fetch = (url, init) => {
      sent.push(JSON.parse(String(init?.body)))
      return fetch(url, init)
    }
    const client = new OpenAI({ apiKey: 'key', baseURL: access.baseURL, fetch: watched })
    await openAIEmbedding({ name: 'embed', model, client, dimensions: 2 }).run('two')
    expect(sent).toEqual([{ model, input: ['two'], encoding_format: 'float', dimensions: 2 }])
  })

  test('a list of none asks nobody', async () => {
    const { mock, access } = await vectors()
    expect(await openAIEmbedding(access).run([])).toEqual([])
    expect(mock.getRequests()).toEqual([])
  })

  test('a long list goes in several requests, each with a key of its own', async () => {
    const keys: unknown[] = []
    const create = async ({ input }: { input: string[] }, { idempotencyKey }: { idempotencyKey: string }) => {
      keys.push([idempotencyKey, input.length])
      return { data: input.map((text, index) => ({ index, embedding: [Number(text)] })) }
    }
    const embed = openAIEmbedding({ name: 'embed', model, client: { embeddings: { create } } })
    const texts = Array.from({ length: 3000 }, (_, index) => `${index}`)
    expect(await embed.run(texts, { id: 'run' })).toEqual(texts.map((text) => [Number(text)]))
    expect(keys).toEqual([
      ['run:embed', 2048],
      ['run:embed:2048', 952],
    ])
  })

  test.each([[''], [3], [['a', '']], [{}]])('refuses %j before it asks anybody', async (input) => {
    const { access } = await vectors()
    expect(await openAIEmbedding(access).safeRun(input as never)).toMatchObject({ error: { code: 'input_validation' } })
  })

  test.each([[{ data: [] }], [{ data: [{ index: 1, embedding: [1] }] }], [{ data: [{ embedding: 'AAAA' }] }], [{}]])(
    '%j is no answer',
    async (body) => {
      const { access } = await rawServer((response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(body))
      })
      const result = await openAIEmbedding({ name: 'embed', model, ...access }).safeRun('Hi')
      expect(result).toMatchObject({ error: { code: 'run', cause: { problem: 'no_answer' } } })
    },
  )

  test('tries again what may pass', async () => {
    const { mock, access } = await vectors()
    mock.nextRequestError(503, { message: 'busy' })
    expect(await openAIEmbedding({ ...access, retry: { attempts: 2 } }).run('one')).toEqual([1, 0])
  })

  test('stands in a pipeline', async () => {
    const { access } = await vectors()
    const embed = openAIEmbedding(access)
    const length = chain({ name: 'length', children: [embed, (vector: number[]) => vector.length] })
    expect(await length.run('one')).toBe(2)
    expect(await map({ name: 'all', each: embed }).run(['one', 'two'])).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  test('is refused without a model', () => {
    expect(() => openAIEmbedding({ name: 'embed' } as never)).toThrow('openAIEmbedding embed: model is undefined. Give')
  })
})
