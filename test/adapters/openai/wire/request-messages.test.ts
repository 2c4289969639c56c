import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { toWireMessages } from '../../../../src/adapters/openai/wire/request-messages.ts'
import { mockServer } from '../server.ts'

const call = (text: unknown, rest: object = {}) => ({
  id: 'a',
  type: 'function',
  function: { name: 't', arguments: text },
  ...rest,
})
const sent = (message: object, provider = 'here') => toWireMessages([message as never], provider)[0]

describe("messages over OpenAI's wire", () => {
  test.each<[unknown, string]>([
    ['{"a":1}', '{"a":1}'],
    [' {"a": 1} ', ' {"a": 1} '],
    ['', '{}'],
    ['  ', '{}'],
    ['{"a":', '{}'],
    ['[1]', '{}'],
    ['null', '{}'],
    ['"{}"', '{}'],
    ['3', '{}'],
    [undefined, '{}'],
    [null, '{}'],
    [{ a: 1 }, '{"a":1}'],
    [[1], '{}'],
  ])('arguments %j are sent as %s', (given, text) => {
    expect(sent({ role: 'assistant', content: null, tool_calls: [call(given)] })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [call(text)],
    })
  })

  test('what is ours stays here, whatever else stays as it is', () => {
    const ours = { providerOptions: { here: { cacheControl: 1 } } }
    expect(
      toWireMessages(
        [
          { role: 'developer', content: 'a', ...ours },
          { role: 'user', content: [{ type: 'text', text: 'b', ...ours }, 'c'], name: 'Ann', ...ours },
          {
            role: 'assistant',
            content: null,
            tool_calls: [call('{}', ours), { id: 'b', type: 'custom', custom: { name: 'x', input: 'y' }, ...ours }],
            parts: { provider: 'there', content: [{ reasoning_content: 'Hm' }] },
          },
          { role: 'tool', tool_call_id: 'a', content: 'd', result: { type: 'json', value: 1 }, ...ours },
        ] as never,
        'here',
      ),
    ).toEqual([
      { role: 'developer', content: 'a' },
      { role: 'user', content: [{ type: 'text', text: 'b' }, 'c'], name: 'Ann' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call('{}'), { id: 'b', type: 'custom', custom: { name: 'x', input: 'y' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'd' },
    ])
  })

  test('what a provider kept on its message goes back to it, and to no other', () => {
    const signature = { extra_content: { google: { thought_signature: 's' } } }
    const kept = {
      reasoning_content: 'Hm',
      content: [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Hi' },
      ],
      audio: { id: 'x', data: 'long', transcript: 'Hi' },
      tool_calls: [signature],
    }
    const message = {
      role: 'assistant',
      content: 'Hi',
      tool_calls: [call('{}')],
      parts: { provider: 'here', content: [kept] },
    }
    const before = structuredClone(message)
    expect(sent(message)).toEqual({
      role: 'assistant',
      reasoning_content: 'Hm',
      content: kept.content,
      audio: { id: 'x' },
      tool_calls: [call('{}', signature)],
    })
    expect(sent(message, 'there')).toEqual({ role: 'assistant', content: 'Hi', tool_calls: [call('{}')] })
    expect(message).toEqual(before)
  })

  test.each([
    [{ provider: 'here', content: 'x' }],
    [{ provider: 'here', content: [] }],
    [{ provider: 'here', content: [3] }],
    [null],
    ['x'],
  ])('parts %j are none', (parts) => {
    expect(sent({ role: 'assistant', content: 'Hi', parts })).toEqual({ role: 'assistant', content: 'Hi' })
  })

  test('a chat sends them so', async () => {
    const { mock, access } = await mockServer()
    mock.onMessage(/.*/, { content: 'ok' })
    const chat = openAIChat({ name: 'chat', model: 'm', ...access })
    const asked = { role: 'assistant', content: null, tool_calls: [call('{"ci')] }
    const result = {
      role: 'tool',
      tool_call_id: 'a',
      content: 'no JSON',
      result: { type: 'error-text', value: 'no JSON' },
    }
    await chat.run([{ role: 'user', content: 'Hi' }, asked, result] as never)
    expect(mock.getLastRequest()!.body).toMatchObject({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, tool_calls: [call('{}')] },
        { role: 'tool', tool_call_id: 'a', content: 'no JSON' },
      ],
    })
    expect(JSON.stringify(mock.getLastRequest()!.body)).not.toContain('error-text')
  })
})
