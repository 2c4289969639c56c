import { LLMock } from '@copilotkit/aimock'
import type { LanguageModel } from 'tinyllm/ai-sdk'
import { describe, expect, test } from 'vitest'
import { differences } from './difference.ts'
import { specimens } from './models.ts'
import { ourAgent, ourPrompt, toolForm } from './ours.ts'
import { one } from './scenario.ts'
import { askTheirs } from './yardstick.ts'

// The same measure against a server that is not of this repository.

const scenario = one('', {})
const reasoning = 'I should look at the weather.'
const calls = [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }]

/** What aimock was asked while a conversation went on. */
async function recorded(ask: (url: string) => Promise<unknown>): Promise<{ requests: unknown[]; output: unknown }> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  await mock.start()
  mock.on({}, ({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? { content: 'Take an umbrella.' }
      : { content: 'Let me look.', reasoning, toolCalls: calls },
  )
  try {
    const output = await ask(mock.url)
    return { requests: mock.getRequests().map(({ path, body }) => ({ path, body })), output }
  } finally {
    await mock.stop()
  }
}

/**
 * aimock serves Azure under other addresses, ends a call of Gemini with a word that Gemini does not have, and streams
 * Cohere's thoughts in a form that its package refuses.
 */
const served = specimens.filter(({ key, wire }) => !['azure', 'cohere'].includes(key) && wire.reasons.done !== 'STOP')

describe.each(served)('$name', (specimen) => {
  const { providerOptions } = specimen
  const settings = providerOptions ? { providerOptions } : {}
  const made = (url: string): LanguageModel => {
    let ids = 0
    return specimen.model(url, () => `id_${ids++}`)
  }

  test.each([
    ['whole', false],
    ['streamed', true],
  ] as const)('%s: the requests are those of the AI SDK', async (_, stream) => {
    const tool = await toolForm()
    const mine = await recorded((url) => ourAgent(made(url), scenario, { stream, settings }).run(ourPrompt(scenario)))
    const yardstick = await recorded((url) => askTheirs(specimen, made(url), scenario, { stream, tool, settings }))
    expect(mine.output).toBe('Take an umbrella.')
    expect(mine.requests).toHaveLength(2)
    const found = differences(mine.requests, yardstick.requests, 'requests')
    if (found.length > 0) expect.fail(found.join('\n'))
  })
})
