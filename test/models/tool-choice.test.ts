import { type ChatModel, llmCall, type ModelRequest, type ToolChoice } from 'tinyllm'
import { aiSdkModel } from 'tinyllm/ai-sdk'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { mockServer } from '../adapters/openai/server.ts'

const tools = [{ name: 'pay', description: 'Pays.', parameters: { type: 'object', properties: {} } }]
const ctx = { signal: new AbortController().signal, emit: () => {}, log: () => {}, idempotencyKey: 'k' } as never
const messages = () => [{ role: 'user' as const, content: 'Hi' }]
const named = { type: 'tool', toolName: 'pay' } as const
const choices: readonly ToolChoice[] = ['auto', 'none', 'required', named]

type Asks = (request: Omit<ModelRequest, 'messages'>) => Promise<unknown>

/** What a model was told of its choice: by a request for one turn, and by the settings of its own. */
const askOf = (model: unknown): Asks => {
  const { ask } = model as { ask: ChatModel }
  return (request) => ask({ ...request, messages: messages() }, ctx)
}

describe('the choice of tools that a request asks for', () => {
  test.each(choices)('goes before that of openAIChat: %j', async (toolChoice) => {
    const { mock, access } = await mockServer()
    mock.on({}, () => ({ content: 'Hi' }))
    const chat = openAIChat({ name: 'chat', model: 'gpt-4o', tool_choice: 'required', ...access })
    await askOf(chat)({ tools, toolChoice })
    await askOf(chat)({ tools, toolChoice, settings: { tool_choice: 'required' } })
    await askOf(chat)({ tools })
    const sent = typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: { name: 'pay' } }
    expect(mock.getRequests().map(({ body }) => (body as { tool_choice?: unknown }).tool_choice)).toEqual([
      sent,
      sent,
      'required',
    ])
  })

  const scripted = () => {
    const asked: unknown[] = []
    const model = {
      specificationVersion: 'v3',
      provider: 'test',
      modelId: 'm',
      doStream: () => Promise.reject(new Error('not here')),
      doGenerate: async ({ toolChoice }: { toolChoice: unknown }) => {
        asked.push(toolChoice)
        return {
          content: [{ type: 'text', text: 'Hi' }],
          finishReason: { unified: 'stop', raw: undefined },
          usage: {},
          warnings: [],
        }
      },
    }
    return { model: model as never, asked }
  }

  test.each(choices)('goes before that of an llmCall with a model of the AI SDK: %j', async (toolChoice) => {
    const { model, asked } = scripted()
    const chat = llmCall({ name: 'chat', model, toolChoice: { type: 'required' } })
    await askOf(chat)({ tools, toolChoice })
    await askOf(chat)({ tools, toolChoice, settings: { toolChoice: 'required' } })
    await askOf(chat)({ tools })
    const sent = typeof toolChoice === 'string' ? { type: toolChoice } : toolChoice
    expect(asked).toEqual([sent, sent, { type: 'required' }])
  })

  test('goes before that of a wrapped model of the AI SDK', async () => {
    const { model, asked } = scripted()
    const inner = aiSdkModel(model, { toolChoice: 'required' })
    const wrapped = llmCall({ name: 'chat', model: (said, ctx, request) => inner(said, ctx, request), toolChoice: 'required' }) // prettier-ignore
    await askOf(wrapped)({ tools, toolChoice: 'auto' })
    await askOf(wrapped)({ tools })
    expect(asked).toEqual([{ type: 'auto' }, { type: 'required' }])
  })

  test.each(choices)("is what a function of one's own sees, in the settings too: %j", async (toolChoice) => {
    const seen: ModelRequest[] = []
    const own = llmCall({
      name: 'own',
      toolChoice: 'required',
      temperature: 0,
      model: async (_, __, request) => {
        seen.push(request)
        return 'Hi'
      },
    })
    await askOf(own)({ tools, toolChoice })
    await askOf(own)({ tools, toolChoice, settings: { toolChoice: 'required' } })
    await askOf(own)({ tools })
    for (const request of seen.slice(0, 2)) {
      expect(request.toolChoice).toEqual(toolChoice)
      expect(request.settings).toEqual({ temperature: 0, toolChoice })
    }
    expect(seen[2]?.settings).toEqual({ temperature: 0, toolChoice: 'required' })
    expect(seen[2]).not.toHaveProperty('toolChoice')
  })

  test('brings no settings where there are none', async () => {
    const seen: ModelRequest[] = []
    const own = llmCall({ name: 'own', model: async (_, __, request) => (seen.push(request), 'Hi') })
    await askOf(own)({ tools, toolChoice: 'auto' })
    expect(seen[0]).not.toHaveProperty('settings')
  })
})
