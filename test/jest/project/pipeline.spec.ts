import { chain, configure, fn, parallel, PipelineError } from 'tinyllm'
import { mcpTools } from 'tinyllm/mcp'
import { openAIChat, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { coverPaths, scriptedModel } from 'tinyllm/testing'
import { headline } from 'tinyllm/machines/chain'
import { createActor, toPromise } from 'xstate'
import { z } from 'zod'

// What a user writes, with the presets of ts-jest and @swc/jest, and nothing else.

const prompt = openAIPromptTemplate({
  name: 'prompt',
  input: z.object({ topic: z.string() }),
  sections: [openAIUserMessage('A word about {topic}.')],
})
const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', output: z.object({ word: z.string() }) })
const words = parallel({
  name: 'words',
  children: {
    loud: ({ word }: { word: string }) => word.toUpperCase(),
    size: ({ word }: { word: string }) => word.length,
  },
})
const poem = chain({ name: 'poem', children: [prompt, chat, words] })
const tested = poem.override(chat, scriptedModel(['{"word":"rose"}']))

afterEach(() => configure({ logger: undefined }))

test('a pipeline runs', async () => {
  await expect(tested.run({ topic: 'June' })).resolves.toEqual({ loud: 'ROSE', size: 4 })
})

test('its client is asked', async () => {
  const asked: unknown[] = []
  const client = {
    chat: {
      completions: {
        create: async (request: unknown) => {
          asked.push(request)
          const message = { role: 'assistant', content: '{"word":"moon"}', refusal: null }
          return { choices: [{ index: 0, finish_reason: 'stop', message }] }
        },
      },
    },
  }
  const own = openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    output: z.object({ word: z.string() }),
    client: client as never,
  })
  await expect(own.run([{ role: 'user', content: 'A word.' }])).resolves.toEqual({ word: 'moon' })
  expect(asked).toHaveLength(1)
})

test('without a key, the SDK of OpenAI is loaded and the error says what to do', async () => {
  const { error } = await openAIChat({
    name: 'chat',
    model: 'gpt-4o-mini',
    baseURL: 'http://127.0.0.1:9/v1',
    apiKey: 'none',
  }).safeRun('x')
  expect(error).toBeInstanceOf(PipelineError)
  expect(error?.message).toContain('127.0.0.1:9')
})

test('an error is a PipelineError', async () => {
  const { error } = await tested.safeRun({ topic: 1 as never })
  expect(error).toBeInstanceOf(PipelineError)
  expect(error).toMatchObject({ code: 'input_validation', path: 'poem.prompt' })
})

test('its machine is an actor of XState, with the timers of Jest', async () => {
  jest.useFakeTimers()
  try {
    const late = fn({ name: 'late', timeout: 60_000, run: () => new Promise<string>(() => {}) })
    const actor = createActor(late.machine, { input: undefined }).start()
    const end = toPromise(actor).catch((error: unknown) => error)
    await jest.advanceTimersByTimeAsync(60_000)
    await expect(end).resolves.toMatchObject({ code: 'timeout' })
  } finally {
    jest.useRealTimers()
  }
})

test('every path is covered', async () => {
  const report = await coverPaths(poem)
  expect([report.states, report.transitions]).toEqual([100, 100])
})

test('the other entry points load', async () => {
  expect(typeof mcpTools).toBe('function')
  await expect(headline.run('  hello  ')).resolves.toEqual(expect.any(String))
  const { startInspector } = await import('tinyllm/inspector')
  const inspector = await startInspector({ port: 0 })
  await headline.run('hello', { inspect: inspector.inspect })
  expect((await fetch(inspector.url)).status).toBe(200)
  await inspector.close()
})
