import { llmCall, type RunContext, type ToolSpec } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { MockLanguageModelV3 } from 'ai/test'
import { describe, expect, test } from 'vitest'

const usage = {
  inputTokens: { total: 5, noCache: 5, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 4, text: 4, reasoning: 0 },
}
const answering = (...content: object[]) =>
  new MockLanguageModelV3({
    doGenerate: { content, finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] } as never,
  })
const text = { type: 'text', text: 'Hello' }
const call = { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Oslo"}' }
const messages = [{ role: 'user', content: 'Hi' }] as const
const emitted: object[] = []
const ctx = {
  signal: new AbortController().signal,
  emit: (event: object) => void emitted.push(event),
  log: () => {},
  idempotencyKey: 'key',
} as unknown as RunContext

describe('aiSdkModel', () => {
  test('is a function that returns the text', async () => {
    expect(await aiSdkModel(answering(text))([...messages], ctx)).toBe('Hello')
  })

  test('returns a message where the model calls tools', async () => {
    const tools: ToolSpec[] = [{ name: 'weather', description: 'd', parameters: { type: 'object' } }]
    const model = answering(call)
    expect(await aiSdkModel(model)([...messages], ctx, { tools })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
    })
    expect(model.doGenerateCalls[0]?.tools).toMatchObject([{ type: 'function', name: 'weather' }])
  })

  test('asks with its settings, and the settings of the request win', async () => {
    const model = answering(text)
    const ask = aiSdkModel(model, { temperature: 0.2, topK: 3 })
    await ask([...messages], ctx)
    await ask([...messages], ctx, { settings: { temperature: 0.9 } })
    expect(model.doGenerateCalls).toMatchObject([
      { temperature: 0.2, topK: 3 },
      { temperature: 0.9, topK: 3 },
    ])
  })

  test('emits the usage, with the cost by its prices', async () => {
    emitted.length = 0
    await aiSdkModel(answering(text), { prices: { 'mock-model-id': { input: 1e6, output: 2e6 } } })([...messages], ctx)
    expect(emitted).toContainEqual(
      expect.objectContaining({ type: 'usage', inputTokens: 5, outputTokens: 4, cost: 13 }),
    )
  })

  test('fails with what the model fails with', async () => {
    const broken = new MockLanguageModelV3({
      doGenerate: async () => {
        throw new RangeError('no luck')
      },
    })
    const wrapped = llmCall({ name: 'wrapped', model: (messages, ctx) => aiSdkModel(broken)(messages, ctx) as never })
    const { error } = await wrapped.safeRun('Hi')
    expect(error).toMatchObject({ code: 'run', path: 'wrapped' })
    expect(String(error?.message)).toContain('no luck')
  })

  test.each([undefined, 'gpt-4o', {}, async () => 'x'])('rejects what is not a model object: %o', (model) => {
    expect(() => aiSdkModel(model as never)).toThrow(TypeError)
  })

  test('rejects a setting that it does not know', () => {
    expect(() => aiSdkModel(answering(text), { temperatur: 0 } as never)).toThrow('temperatur')
  })
})
