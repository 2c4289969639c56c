import { agent, type ChatMessage, flow, fn, llmCall } from 'tinyllm'
import { coverPaths } from 'tinyllm/testing'
import { chatMessage } from 'tinyllm/zod'
import { createActor, toPromise, waitFor } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { own } from '../nodes/agent/models.ts'

const providerOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } }
const call = { id: 'c', type: 'function' as const, function: { name: 'weather', arguments: '{}' }, providerOptions }
const parts = { provider: 'p', content: [{ type: 'reasoning', text: 'Hm', signature: 'x' }] }

const right: Record<string, ChatMessage> = {
  system: { role: 'system', content: 'Be brief.', providerOptions },
  developer: { role: 'developer', content: 'Be brief.' },
  user: { role: 'user', content: 'Hi' },
  'parts of a user': {
    role: 'user',
    content: [
      { type: 'text', text: 'Look:', providerOptions },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ],
  },
  assistant: { role: 'assistant', content: 'Hello.', parts, providerOptions },
  'calls of an assistant': { role: 'assistant', content: null, tool_calls: [call] },
  tool: { role: 'tool', tool_call_id: 'c', content: 'cold', result: { type: 'json', value: { celsius: [4, null] } } },
  'what a provider added': { role: 'assistant', content: '', annotations: [1], refusal: null } as ChatMessage,
  'keys at every level': {
    role: 'user',
    name: 'Ada',
    content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }],
  } as never,
  'a file': { role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] },
  'parts of a system': { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], name: 'rules' },
  'parts of an assistant': { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
  'parts of a tool': { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'cold' }] },
}

describe('chatMessage', () => {
  test.each(Object.entries(right))('gives back as it was: %s', (_, message) => {
    expect(chatMessage.parse(message)).toEqual(message)
    expect(z.object({ messages: z.array(chatMessage) }).parse({ messages: [message] })).toEqual({ messages: [message] })
    expect(mini.array(chatMessage)['~standard'].validate([message])).toEqual({ value: [message] })
    // What it takes, a model takes.
    const seen: unknown[] = []
    const model = llmCall({ name: 'chat', model: async (messages) => String(seen.push(messages)) })
    return expect(model.run([message])).resolves.toBe('1')
  })

  test('makes up for the content that servers leave out beside calls', () => {
    expect(chatMessage.parse({ role: 'assistant', tool_calls: [call] })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [call],
    })
  })

  test.each<[string, unknown, PropertyKey[], RegExp]>([
    ['no message', 'Hi', [], /object/],
    ['nothing', undefined, [], /object/],
    ['an unknown role', { role: 'usr', content: 'Hi' }, ['role'], /system, developer, user, assistant or tool/],
    ['no role', { content: 'Hi' }, ['role'], /a role/],
    ['no content', { role: 'user' }, ['content'], /a string, or an array of parts/],
    ['a content that is none', { role: 'user', content: 4 }, ['content'], /a string, or an array of parts/],
    ['no parts', { role: 'user', content: [] }, ['content'], /a string, or an array of parts/],
    ['a part that is none', { role: 'user', content: ['Hi'] }, ['content', 0], /object/],
    ['a part without a text', { role: 'user', content: [{ type: 'text' }] }, ['content', 0, 'text'], /string/],
    ['an unknown part', { role: 'user', content: [{ type: 'smell' }] }, ['content', 0, 'type'], /text, image_url/],
    [
      'a picture without an address',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: '' } }] },
      ['content', 0, 'image_url', 'url'],
      /URL of an image/,
    ],
    ['no words of an assistant', { role: 'assistant', content: 4 }, ['content'], /string/],
    [
      'a call without arguments',
      { role: 'assistant', content: null, tool_calls: [{ ...call, function: { name: 'weather' } }] },
      ['tool_calls', 0, 'function', 'arguments'],
      /string/,
    ],
    [
      'parts of no provider',
      { role: 'assistant', content: '', parts: { content: [] } },
      ['parts', 'provider'],
      /string/,
    ],
    ['an answer to no call', { role: 'tool', content: '' }, ['tool_call_id'], /string/],
    [
      'a result of no type',
      { role: 'tool', tool_call_id: 'c', content: '', result: { value: 1 } },
      ['result', 'type'],
      /json/,
    ],
    [
      'a result without a value',
      { role: 'tool', tool_call_id: 'c', content: '', result: { type: 'json' } },
      ['result', 'value'],
      /JSON/,
    ],
    ['options of no provider', { role: 'system', content: '', providerOptions: 4 }, ['providerOptions'], /record/],
  ])('refuses, and says where: %s', async (_, message, path, words) => {
    const issues = chatMessage.safeParse(message).error?.issues
    expect(issues).toMatchObject([{ path, message: expect.stringMatching(words) }])
    const it = fn({ name: 'it', input: z.object({ messages: z.array(chatMessage) }), run: () => 1 })
    expect(await it.safeRun({ messages: [message as ChatMessage] })).toMatchObject({
      error: { code: 'input_validation', issues: [{ path: ['messages', 0, ...path] }] },
    })
  })

  test('has a JSON Schema, whose words are those of the schema', () => {
    const schema = z.toJSONSchema(z.array(chatMessage), { io: 'input' })
    expect(JSON.stringify(schema)).not.toContain('$ref')
    const { oneOf, anyOf } = schema.items as Record<string, object[]>
    const members = oneOf ?? anyOf
    expect(members).toHaveLength(4)
    expect(members?.[0]).toMatchObject({
      type: 'object',
      properties: {
        role: { const: 'user' },
        content: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: expect.anything() }] },
      },
      required: ['role', 'content'],
    })
    expect(JSON.stringify(members?.[2])).toContain('"arguments":{"type":"string"}')
  })

  test('lets every path of a conversation be found', async () => {
    const { model } = own(() => 'Hi.')
    const talk = agent({ name: 'talk', model, tools: [], transcript: true })
    const input = z.object({ messages: z.array(chatMessage), question: z.string().min(1) })
    const conversation = flow({
      name: 'conversation',
      input,
      steps: (s) =>
        s
          .step(talk, ({ input }) => [...input.messages, { role: 'user', content: input.question } as const])
          .step(
            fn({
              name: 'told',
              output: z.object({ reply: z.string(), messages: z.array(chatMessage).min(2) }),
              run: ({ output, messages }: { output: string; messages: readonly ChatMessage[] }) => ({
                reply: output,
                messages: [...messages],
              }),
            }),
          ),
    })
    const report = await coverPaths(conversation)
    expect([report.states, report.transitions]).toEqual([100, 100])
    expect(await conversation.run({ messages: Object.values(right), question: 'And?' })).toMatchObject({ reply: 'Hi.' })
  })

  test('is the input of an agent, and of one that is a tool', async () => {
    const { model, requests } = own(() => 'Hi.')
    const input = z.object({ messages: z.array(chatMessage).min(1) })
    const inner = agent({ name: 'inner', description: 'Talks.', model, tools: [], input })
    const outer = own((turn) =>
      turn === 0 ? [{ id: 'c', name: 'inner', input: { messages: [{ role: 'user', content: 'Hi' }] } }] : 'Done.',
    )
    expect(await agent({ name: 'outer', model: outer.model, tools: [inner] }).run('Go')).toBe('Done.')
    expect(requests).toEqual([[{ role: 'user', content: 'Hi' }]])
  })

  test('holds in a run that is saved', async () => {
    let isSlow = true
    const messages = z.array(chatMessage)
    const it = fn({
      name: 'it',
      input: messages,
      output: messages,
      run: (given) => (isSlow ? new Promise<never>(() => {}) : given),
    })
    const before = it.start(Object.values(right))
    await waitFor(before, (state) => state.matches('running'))
    const snapshot = JSON.parse(JSON.stringify(before.getPersistedSnapshot()))
    before.stop()
    isSlow = false
    expect(await toPromise(createActor(it.machine, { snapshot, input: [] }).start())).toEqual(Object.values(right))
  })
})
