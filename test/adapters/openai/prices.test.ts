import { chain, parallel } from 'tinyllm'
import { openAIChat, openAIPrices } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { completionServer } from './server.ts'

const usage = {
  prompt_tokens: 1_000_000,
  completion_tokens: 1_000_000,
  prompt_tokens_details: { cached_tokens: 400_000 },
}
const said = [{ index: 0, finish_reason: 'stop', message: { content: 'ok' } }]

async function costOf(config: object, rest: object = { usage }): Promise<number | undefined> {
  const { access } = await completionServer(said, rest)
  for await (const event of openAIChat({ name: 'chat', ...access, ...config } as never).stream('Hi')) {
    if (event.type === 'usage') return event.cost
  }
  return -1
}

describe('what a call costs', () => {
  test('is by the prices of OpenAI, cached input apart', async () => {
    expect(await costOf({ model: 'gpt-4o' })).toBe(0.6 * 2.5 + 0.4 * 1.25 + 10)
    expect(await costOf({ model: 'gpt-4o-2024-08-06' })).toBe(12)
  })

  test('is by prices of your own before', async () => {
    const prices = { mine: { input: 1, output: 2 }, 'gpt-4o': { input: 0, output: 0 } }
    expect(await costOf({ model: 'mine', prices })).toBe(3)
    expect(await costOf({ model: 'gpt-4o', prices })).toBe(0)
    expect(await costOf({ model: 'gpt-4.1', prices: { ...openAIPrices, ...prices } })).toBeCloseTo(9.4)
  })

  test('is what the server says, if it does', async () => {
    expect(await costOf({ model: 'gpt-4o' }, { usage: { ...usage, cost: 0.5 } })).toBe(0.5)
  })

  test.each(['not-known', 'gpt-4o-audio-preview', 'constructor'])('is not known of %s', async (model) => {
    expect(await costOf({ model })).toBeUndefined()
  })

  test('is summed for the run, and told for each path', async () => {
    const { access } = await completionServer(said, { usage })
    const chat = openAIChat({ name: 'chat', model: 'gpt-4o', ...access })
    const own = openAIChat({ name: 'own', model: 'mine', prices: { mine: { input: 1, output: 1 } }, ...access })
    const all = parallel({
      name: 'all',
      children: { first: chat, both: chain({ name: 'both', children: [chat, own] }) },
    })
    const costs: Record<string, number | undefined> = {}
    const actor = all.start('Hi')
    actor.on('usage', (event) => (costs[event.path] = event.cost))
    await new Promise((resolve) => actor.subscribe({ complete: () => resolve(undefined) }))
    expect(costs).toEqual({ 'all.first': 12, 'all.both.chat': 12, 'all.both.own': 2 })
    expect(actor.getSnapshot().context.usage).toEqual({
      inputTokens: 3_000_000,
      outputTokens: 3_000_000,
      cost: 26,
    })
  })

  test.each([[{ mine: 3 }], [{ mine: { input: 1 } }], [{ mine: { input: -1, output: 0 } }]])(
    'prices such as %j are refused',
    (prices) => {
      expect(() => openAIChat({ name: 'chat', model: 'mine', prices: prices as never })).toThrow(
        'openAIChat chat: the price of mine is not a price: ',
      )
    },
  )
})
