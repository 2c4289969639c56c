import { agent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { allOf, ofType } from './heard.ts'
import { weather } from './ours.ts'
import { call } from './scenario.ts'
import {
  compatibleWire,
  deepseekWire,
  groqWire,
  mistralWire,
  openaiWire,
  openrouterWire,
  signedCallsWire,
} from './servers/dialects.ts'
import { serve } from './servers/http.ts'
import type { Turn, Wire } from './servers/turn.ts'

// Servers that speak like OpenAI's Chat Completions, each in its own dialect, asked by the SDK of OpenAI.

const dialects: Readonly<Record<string, Wire>> = {
  OpenAI: openaiWire,
  reasoning_content: compatibleWire,
  'signed calls': signedCallsWire,
  DeepSeek: deepseekWire,
  Groq: groqWire,
  OpenRouter: openrouterWire,
  Mistral: mistralWire,
}

const turns: Readonly<Record<string, Turn>> = {
  'a call': { calls: [call(1)] },
  'a text beside two calls': { text: 'Let me look.', calls: [call(1), call(2, { city: 'Rome' })] },
  'a thought and a call': { thoughts: [{ text: 'I should look.', signature: 'c2lnbmF0dXJl' }], calls: [call(1)] },
  'a thought, a text and a call': {
    thoughts: [{ text: 'I should look.', signature: 'c2lnbmF0dXJl' }],
    text: 'Let me look.',
    calls: [call(1)],
  },
}

async function asked(wire: Wire, turn: Turn, stream: boolean) {
  const server = await serve((asked, place) => {
    const said = place === 0 ? turn : { text: 'Take an umbrella.' }
    return wire.wantsStream(asked) ? wire.stream(said) : wire.whole(said)
  })
  try {
    const model = openAIChat({
      name: 'chat',
      model: 'a-model',
      apiKey: 'test-key',
      baseURL: `${server.url}/v1`,
      stream,
    })
    const assistant = agent({ name: 'assistant', model, tools: [weather(async () => 'rain')] })
    const told = await allOf(assistant.stream('Do I need an umbrella in Oslo?'))
    return { told, requests: server.asked.map(({ body }) => body) }
  } finally {
    await server.close()
  }
}

/** The message as the server says it where it does not stream. */
function messageOf(wire: Wire, turn: Turn): Record<string, unknown> {
  const { choices } = JSON.parse(String(wire.whole(turn).pieces[0]))
  return choices[0].message
}

describe.each(Object.entries(dialects))('%s', (_, wire) => {
  describe.each([
    ['whole', false],
    ['streamed', true],
  ] as const)('%s', (_, stream) => {
    test.each(Object.entries(turns))('%s goes back as it came', async (_, turn) => {
      const { told, requests } = await asked(wire, turn, stream)
      expect(told.error).toBe(undefined)
      expect(requests).toHaveLength(2)
      const [user, assistant, ...results] = requests[1].messages
      expect(user).toEqual({ role: 'user', content: 'Do I need an umbrella in Oslo?' })
      expect(withoutGaps(assistant)).toEqual(withoutGaps(messageOf(wire, turn)))
      expect(results).toEqual(turn.calls?.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'rain' })))
    })

    test('a thought is told', async () => {
      const { told } = await asked(wire, turns['a thought, a text and a call']!, stream)
      const pieces = ofType(told, 'reasoning').map(({ delta }) => delta)
      expect(pieces.join('')).toBe(wire === openaiWire ? '' : 'I should look.')
    })

    test('all that the server counted is told', async () => {
      const used = { input: 100, cached: 40, output: 30, reasoning: 20 }
      const { told } = await asked(wire, { ...turns['a call'], used }, stream)
      expect(ofType(told, 'usage')[0]).toEqual({
        type: 'usage',
        path: 'assistant.think',
        inputTokens: 100,
        outputTokens: 30,
        cachedInputTokens: 40,
        reasoningTokens: 20,
      })
    })
  })
})

test('hidden thoughts go back as they came', async () => {
  const turn: Turn = { thoughts: [{ text: '', hidden: 'aGlkZGVu' }], calls: [call(1)] }
  for (const stream of [false, true]) {
    const { requests } = await asked(openrouterWire, turn, stream)
    expect(withoutGaps(requests[1].messages[1])).toEqual(withoutGaps(messageOf(openrouterWire, turn)))
  }
})

test('a server that names its cost is believed', async () => {
  for (const stream of [false, true]) {
    const used = { input: 100, output: 30, cost: 0.0123 }
    const { told } = await asked(openrouterWire, { ...turns['a call'], used }, stream)
    expect(ofType(told, 'usage')[0]).toMatchObject({ inputTokens: 100, outputTokens: 30, cost: 0.0123 })
  }
})

/** No content may be an empty one. */
const withoutGaps = ({ content, ...message }: Record<string, unknown>) => ({ ...message, content: content || null })
