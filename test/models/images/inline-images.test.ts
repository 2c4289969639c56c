import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { isUrlSupported } from '@ai-sdk/provider-utils'
import fc from 'fast-check'
import { agent, fn, type LanguageModel, llmCall } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { supportsUrl } from '../../../src/models/images/inline-images.ts'
import { mockServer } from '../../adapters/openai/server.ts'
import { compatibleProviders } from '../../tools/sdk-versions.ts'
import { giving, JPEG, pictureServer, PNG } from './image-server.ts'

type Settings = { apiKey: string; baseURL: string; supportedUrls?: () => Record<string, RegExp[]> }
const versions = compatibleProviders.map(
  ([version, create]) =>
    [version, (settings: Settings): LanguageModel => create({ name: 'test', ...settings })('model')] as const,
)
const picture = (url: string) => ({ type: 'image_url', image_url: { url } }) as const
const asking = (...urls: string[]) => [{ role: 'user' as const, content: urls.map(picture) }]
const png = `data:image/png;base64,${PNG.toString('base64')}`
const jpeg = `data:image/jpeg;base64,${JPEG.toString('base64')}`
const imageDownload = { allowPrivate: true }

describe.each(versions)('a model of specification %s, over HTTP', (_, modelOf) => {
  async function served(settings: Partial<Settings> = {}) {
    const { mock, access } = await mockServer()
    mock.on({}, { content: 'A cat' })
    const sent = () => (mock.getLastRequest()?.body as { messages: object[] } | undefined)?.messages
    return { model: modelOf({ ...access, ...settings }), sent, mock }
  }

  test('gets a picture that it does not take by its address as data, with its true type', async () => {
    const { origin, asked } = await pictureServer({ '/a.jpg': giving(PNG), '/b': giving(JPEG) })
    const { model, sent } = await served()
    const chat = llmCall({ name: 'chat', model, imageDownload })
    const urls = [`${origin}/a.jpg?size=1`, png, `${origin}/b`, `${origin}/a.jpg?size=1`]
    expect(await chat.run([...asking(...urls), ...asking(`${origin}/b`)])).toBe('A cat')
    expect(sent()).toEqual([...asking(png, png, jpeg, png), ...asking(jpeg)])
    // Each only once, wherever it stands.
    expect(asked.toSorted()).toEqual(['/a.jpg?size=1', '/b'])
  })

  test('gets the address itself where it takes it', async () => {
    const { origin, asked } = await pictureServer({ '/b': giving(JPEG) })
    const { model, sent } = await served({ supportedUrls: () => ({ 'image/*': [/^https:\/\/.*\.png$/g] }) })
    const urls = ['https://example.org/a.png', `${origin}/b`, 'https://example.org/b.png']
    await llmCall({ name: 'chat', model, imageDownload }).run(asking(...urls))
    expect(sent()).toEqual(asking('https://example.org/a.png', jpeg, 'https://example.org/b.png'))
    expect(asked).toEqual(['/b'])
  })

  test('gets what a data: URL holds, however it is written', async () => {
    const { model, sent } = await served()
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    const written = [`data:image/svg+xml,${encodeURIComponent(svg)}`, png.replace('image/png', 'image/*;x=1')]
    await llmCall({ name: 'chat', model }).run(asking(...written))
    expect(sent()).toEqual(asking(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`, png))
  })

  test('is not asked when a picture cannot be had', async () => {
    const { origin, asked } = await pictureServer({ '/a': giving('<p>Log in') })
    const { model, mock } = await served()
    const said = async (url: string, settings: object) => {
      const retry = { attempts: 3, backoff: { initial: 1 } }
      const result = await llmCall({ name: 'chat', model, retry, ...settings }).safeRun([
        { role: 'system', content: 'Look.' },
        ...asking(png, url),
      ])
      if (result.success) throw new Error('it was asked')
      expect(result.error).toMatchObject({ code: 'run', attempts: 1 })
      return (result.error.cause as Error).message
    }
    expect(await said(`${origin}/a?key=secret`, { imageDownload })).toContain(`${origin}/a was not fetched: it is no`)
    expect(await said(`${origin}/a`, {})).toContain('127.0.0.1 is not on the public internet')
    expect(await said('https://example.org/a.png?key=secret', { imageDownload: false })).toBe(
      `messages[1].content[1]: the image https://example.org/a.png cannot be sent: ${model.provider} does not accept its URL for model, and imageDownload is false. Give it as a data: URL, or leave imageDownload out`,
    )
    expect(await said('data:image/png;base64,a*', {})).toContain('messages[1].content[1]: "data:image')
    const wrong = await llmCall({ name: 'chat', model }).safeRun(asking('cat.png'))
    expect(wrong.error).toMatchObject({ code: 'input_validation', message: expect.stringContaining('image_url.url') })
    expect([asked, mock.getRequests()]).toEqual([['/a?key=secret'], []])
  })

  test('is asked again where the server of the image was busy', async () => {
    let busy = 2
    const { origin } = await pictureServer({
      '/a': (response) => (busy-- > 0 ? response.writeHead(503).end() : response.end(PNG)),
    })
    const { model, sent } = await served()
    const retry = { attempts: 3, backoff: { initial: 1 } }
    expect(await llmCall({ name: 'chat', model, retry, imageDownload }).run(asking(`${origin}/a`))).toBe('A cat')
    expect(sent()).toEqual(asking(png))
  })

  test('gets the image with each turn, fetched again only when its server says that it changes', async () => {
    const { origin, asked } = await pictureServer({
      '/camera': giving(PNG, { 'cache-control': 'no-store' }),
      '/logo': giving(PNG, { 'cache-control': 'max-age=60' }),
    })
    const { mock, access } = await mockServer()
    mock.on({ hasToolResult: false }, { toolCalls: [{ id: 'call_1', name: 'look', arguments: '{}' }] })
    mock.on({ hasToolResult: true }, { content: 'A cat' })
    const look = fn({ name: 'look', description: 'Looks again.', input: z.object({}), run: () => 'a cat' })
    const model = llmCall({ name: 'model', model: modelOf(access), imageDownload })
    const it = agent({ name: 'it', model, tools: [look] })
    expect(await it.run(asking(`${origin}/camera`, `${origin}/logo`))).toBe('A cat')
    expect(asked.toSorted()).toEqual(['/camera', '/camera', '/logo'])
    const bodies = mock.getRequests().map(({ body }) => (body as unknown as { messages: object[] }).messages)
    expect(
      bodies.map((messages) => messages.find((message) => 'content' in message && Array.isArray(message.content))),
    ).toEqual([asking(png, png)[0], asking(png, png)[0]])
  })
})

test('what one call may have, another that may not does not get from it', async () => {
  const { origin } = await pictureServer({ '/a': giving(PNG, { 'cache-control': 'max-age=60' }) })
  const { mock, access } = await mockServer()
  mock.on({}, { content: 'A cat' })
  const model = createOpenAICompatible({ name: 'test', ...access })('model')
  const messages = asking(`${origin}/a`)
  expect(await llmCall({ name: 'one', model: aiSdkModel(model, { imageDownload }) }).run(messages)).toBe('A cat')
  expect(await llmCall({ name: 'two', model }).safeRun(messages)).toMatchObject({ success: false })
})

test('at most four pictures are fetched at a time, and none after one could not be had', async () => {
  let [now, most] = [0, 0]
  const { origin, asked } = await pictureServer({
    '/a': (response) => {
      most = Math.max(most, ++now)
      setTimeout(() => (now--, response.end(PNG)), 20)
    },
  })
  const { mock, access } = await mockServer()
  mock.on({}, { content: 'A cat' })
  const model = createOpenAICompatible({ name: 'test', ...access })('model')
  const chat = llmCall({ name: 'chat', model, imageDownload })
  const urls = Array.from({ length: 10 }, (_, index) => `${origin}/a?${index}`)
  await chat.run(asking(...urls))
  expect([most, asked.length]).toEqual([4, 10])
  expect(await chat.safeRun(asking(`${origin}/gone`, ...urls))).toMatchObject({ success: false })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(asked.length).toBeLessThan(20)
})

describe('which addresses a model takes', () => {
  test.each([
    ['image/*', { 'image/*': [/^https:/] }, true],
    ['image/png', { 'image/*': [/^https:/] }, true],
    ['IMAGE/PNG', { 'Image/*': [/^https:/] }, true],
    ['image', { 'image/*': [/^https:/] }, true],
    ['image/*', { '*': [/a\.png/] }, true],
    ['image/*', { '*/*': [/./] }, true],
    ['image/png', { 'image/png': [/./] }, true],
    ['image/*', { 'image/png': [/./] }, false],
    ['image/*', { 'application/pdf': [/./], 'image/*': [/^gs:/] }, false],
    ['imagery/x', { 'image/*': [/./] }, false],
    ['image/*', {}, false],
    ['image/*', { 'image/*': [] }, false],
  ])('%s by %j: %s', (mediaType, supported, taken) => {
    for (const url of ['https://a.org/a.png', new URL('https://a.org/a.png')])
      expect(supportsUrl(url, mediaType, supported as never)).toBe(taken)
  })

  test('are those that the AI SDK would give to it', () => {
    const type = fc.constantFrom('image/*', 'image/png', 'IMAGE/jpeg', 'application/pdf', 'audio/*', 'text/plain')
    const pattern = fc.oneof(type, fc.constantFrom('*', '*/*', 'Image/*', 'application/*'))
    const regex = fc.constantFrom(/^https:/, /^http:/, /\.png$/, /example/)
    const supported = fc.dictionary(pattern, fc.array(regex, { maxLength: 3 }))
    const property = fc.property(type, supported, fc.webUrl(), (mediaType, supportedUrls, url) => {
      expect(supportsUrl(url, mediaType, supportedUrls)).toBe(isUrlSupported({ url, mediaType, supportedUrls }))
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('imageDownload', () => {
  const model = createOpenAICompatible({ name: 'test', apiKey: '', baseURL: 'http://a.org' })('model')
  test.each([
    [true, 'llmCall chat: imageDownload takes an object of options, and was given true. Give { maxBytes: … }.'],
    ['no', 'llmCall chat: imageDownload takes an object of options, and was given "no". Give { maxBytes: … }.'],
    [{ maxByte: 1 }, 'llmCall chat: imageDownload has no option "maxByte". Did you mean maxBytes?'],
    [{ maxBytes: 0 }, 'llmCall chat: imageDownload: maxBytes is 0. Give a whole number from 1 up, or leave it out.'],
    [{ maxBytes: '9' }, 'llmCall chat: imageDownload: maxBytes is 9. Give a whole number from 1 up, as a number'],
    [
      { allowPrivate: 'yes' },
      'llmCall chat: imageDownload: allowPrivate is "yes". Give true or false, or leave it out.',
    ],
  ])('%j is refused at the definition', (imageDownload, message) => {
    expect(() => llmCall({ name: 'chat', model, imageDownload: imageDownload as never })).toThrow(message)
  })

  test('is false, or says what may be fetched', () => {
    for (const imageDownload of [undefined, false, {}, { maxBytes: 9, allowPrivate: false }] as const)
      expect(() =>
        llmCall({ name: 'chat', model, ...(imageDownload !== undefined && { imageDownload }) }),
      ).not.toThrow()
  })
})
