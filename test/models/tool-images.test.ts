import { type ChatMessage, llmCall } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { withToolImagesAsUserMessages } from '../../src/models/tool-images.ts'
import { mockServer } from '../adapters/openai/server.ts'
import { compatibleProviders } from '../tools/sdk-versions.ts'
import { giving, pictureServer, PNG as BYTES } from './images/image-server.ts'

const PNG = BYTES.toString('base64')
const url = `data:image/png;base64,${PNG}`
const picture = { type: 'image_url', image_url: { url } } as const
const text = { type: 'text', text: 'A map.' } as const
const call = (id: string, name: string) => ({ id, type: 'function' as const, function: { name, arguments: '{}' } })
const content = (...value: object[]) => ({ type: 'content', value: value as never }) as const
const said = (...names: string[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: names.map((name, place) => call(`c${place}`, name)),
})

describe('pictures of tools, for a wire that has none there', () => {
  const told = (id: string, result?: object): ChatMessage =>
    ({ role: 'tool', tool_call_id: id, content: 'x', ...(result && { result }) }) as ChatMessage
  const lead = (words: string) => ({ type: 'text', text: `The image that ${words} returned:` })

  test('follow in one message, after all results of the turn', () => {
    const messages = [
      said('map', 'time', 'photo'),
      told('c0', content(text, picture)),
      told('c1', { type: 'json', value: 1 }),
      told('c2', content(picture, picture)),
      said('map'),
      told('c0', content(picture)),
      { role: 'user', content: 'And?' } as const,
    ]
    const before = structuredClone(messages)
    expect(withToolImagesAsUserMessages(messages)).toEqual([
      messages[0],
      told('c0'),
      messages[2],
      told('c2'),
      {
        role: 'user',
        content: [lead('the tool map'), picture, lead('the tool photo'), picture, lead('the tool photo'), picture],
      },
      messages[4],
      told('c0'),
      { role: 'user', content: [lead('the tool map'), picture] },
      messages[6],
    ])
    expect(messages).toEqual(before)
  })

  test('are of a tool without a name, where its call is not there', () => {
    expect(withToolImagesAsUserMessages([told('c0', content(picture))])[1]).toEqual({
      role: 'user',
      content: [lead('a tool'), picture],
    })
  })

  test.each<[string, object | undefined]>([
    ['none', undefined],
    ['data', { type: 'json', value: [picture] }],
    ['what another SDK wrote', content({ type: 'media', data: PNG, mediaType: 'image/png' })],
  ])('leave messages as they are that have %s', (_, result) => {
    const messages = [said('map'), told('c0', result)]
    expect(withToolImagesAsUserMessages(messages)).toBe(messages)
  })
})

test.each(compatibleProviders)('packages that speak Chat send them as pictures: %s', async (_, create) => {
  const { mock, access } = await mockServer()
  mock.on({}, () => ({ content: 'I see.' }))
  const model = create({ name: 'here', ...access })('m') as never
  const result = content(text, picture)
  await llmCall({ name: 'chat', model }).run([
    { role: 'user', content: 'Look.' },
    said('map'),
    { role: 'tool', tool_call_id: 'c0', content: 'A map.\n[image]', result },
  ])
  const { messages } = mock.getRequests()[0]!.body as unknown as { messages: unknown[] }
  expect(messages.slice(2)).toEqual([
    { role: 'tool', tool_call_id: 'c0', content: 'A map.\n[image]' },
    { role: 'user', content: [{ type: 'text', text: 'The image that the tool map returned:' }, picture] },
  ])
})

test("over OpenAI's wire a picture is in a message of the user, and the conversation stays", async () => {
  const { mock, access } = await mockServer()
  const contents: unknown[] = []
  mock.on({}, ({ messages }) => {
    contents.push(messages)
    return { content: 'I see.' }
  })
  const chat = openAIChat({ name: 'chat', model: 'gpt-4o', ...access })
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Look.' },
    said('map', 'time'),
    { role: 'tool', tool_call_id: 'c0', content: 'A map.\n[image]', result: content(text, picture) },
    { role: 'tool', tool_call_id: 'c1', content: '12:00' },
  ]
  const before = structuredClone(messages)
  expect(await chat.run(messages)).toBe('I see.')
  expect(messages).toEqual(before)
  expect(contents[0]).toEqual([
    { role: 'user', content: 'Look.' },
    { role: 'assistant', content: null, tool_calls: [call('c0', 'map'), call('c1', 'time')] },
    { role: 'tool', tool_call_id: 'c0', content: 'A map.\n[image]' },
    { role: 'tool', tool_call_id: 'c1', content: '12:00' },
    { role: 'user', content: [{ type: 'text', text: 'The image that the tool map returned:' }, picture] },
  ])
})

type Version = 'v2' | 'v3' | 'v4'
/** A model of the AI SDK that keeps the prompts that it is asked with. */
function scripted(specificationVersion: Version, provider = 'anthropic.messages', supportedUrls: object = {}) {
  const prompts: { role: string; content: { output?: unknown }[] }[][] = []
  const model = {
    specificationVersion,
    provider,
    modelId: 'm',
    supportedUrls,
    doStream: () => Promise.reject(new Error('not here')),
    doGenerate: async ({ prompt }: { prompt: never }) => {
      prompts.push(prompt)
      return {
        content: [{ type: 'text', text: 'I see.' }],
        finishReason: specificationVersion === 'v2' ? 'stop' : { unified: 'stop', raw: undefined },
        usage: {},
        warnings: [],
      }
    },
  }
  return { model: model as never, prompts }
}
const asked = async (made: ReturnType<typeof scripted>, result: object, settings: object = {}) => {
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Look.' },
    said('map'),
    { role: 'tool', tool_call_id: 'c0', content: 'A map.\n[image]', result: result as never },
  ]
  await llmCall({ name: 'chat', model: made.model, ...settings }).run(messages)
  return made.prompts[0]!.slice(2)
}

describe('pictures of tools, for a model of the AI SDK', () => {
  test.each<[Version, object]>([
    ['v2', { type: 'media', data: PNG, mediaType: 'image/png' }],
    ['v3', { type: 'image-data', data: PNG, mediaType: 'image/png' }],
    ['v4', { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } }],
  ])('are in the result, in the words of %s', async (version, part) => {
    const [tool, ...others] = await asked(scripted(version), content(text, picture))
    expect(others).toEqual([])
    expect(tool?.content).toEqual([
      { type: 'tool-result', toolCallId: 'c0', toolName: 'map', output: { type: 'content', value: [text, part] } },
    ])
  })

  test.each<[Version, object]>([
    ['v3', { type: 'image-url', url: 'https://a.b/c.png' }],
    ['v4', { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL('https://a.b/c.png') } }],
  ])('stay an address where the model takes it: %s', async (version, part) => {
    const made = scripted(version, 'anthropic.messages', { 'image/*': [/^https:/] })
    const [tool] = await asked(made, content({ type: 'image_url', image_url: { url: 'https://a.b/c.png' } }))
    expect(tool?.content[0]?.output).toEqual({ type: 'content', value: [part] })
  })

  test.each<[Version, object, object]>([
    ['v2', { 'image/*': [/^http:/] }, { type: 'media', data: PNG, mediaType: 'image/png' }],
    ['v3', {}, { type: 'image-data', data: PNG, mediaType: 'image/png' }],
    ['v4', {}, { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } }],
  ])('are fetched where it does not, and for an older one always: %s', async (version, urls, part) => {
    const { origin } = await pictureServer({ '/a.png': giving(BYTES) })
    const parts = content({ type: 'image_url', image_url: { url: `${origin}/a.png` } })
    const [tool] = await asked(scripted(version, 'anthropic.messages', urls), parts, {
      imageDownload: { allowPrivate: true },
    })
    expect(tool?.content[0]?.output).toEqual({ type: 'content', value: [part] })
  })

  test('are named by their place where they cannot be fetched', async () => {
    const parts = content(text, { type: 'image_url', image_url: { url: 'http://127.0.0.1:9/a.png' } })
    await expect(asked(scripted('v3'), parts)).rejects.toThrow('messages[2].result.value[1]: ')
    await expect(asked(scripted('v2'), parts, { imageDownload: false })).rejects.toThrow('imageDownload is false')
  })

  test.each(['openai.chat', 'groq.chat', 'azure.chat'])(
    'follow in a message of the user where %s would send the text of its bytes',
    async (provider) => {
      const [tool, user] = await asked(scripted('v3', provider), content(text, picture))
      expect(tool?.content[0]?.output).toEqual({ type: 'text', value: 'A map.\n[image]' })
      expect(user).toEqual({
        role: 'user',
        content: [
          { type: 'text', text: 'The image that the tool map returned:' },
          { type: 'file', mediaType: 'image/png', data: PNG },
        ],
      })
    },
  )

  test("are in the result for Google's", async () => {
    const [tool] = await asked(scripted('v3', 'google.vertex.chat'), content(picture))
    expect(tool?.content[0]?.output).toEqual({
      type: 'content',
      value: [{ type: 'image-data', data: PNG, mediaType: 'image/png' }],
    })
  })

  test('leave what was written for another SDK as it is', async () => {
    const result = content({ type: 'file-id', fileId: 'f1' })
    const [tool] = await asked(scripted('v3'), result)
    expect(tool?.content[0]?.output).toEqual(result)
  })
})
