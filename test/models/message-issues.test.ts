import { agent, llmCall } from 'tinyllm'
import { describe, expect, test } from 'vitest'

const own = llmCall({ name: 'own', model: async (messages) => JSON.stringify(messages) })
const assistant = agent({ name: 'assistant', tools: [], model: async () => ({ role: 'assistant', content: 'hi' }) })

/** A message of an untyped caller: what is wrong in it is told with its place, before a model is asked. */
const wrong: [message: object, at: PropertyKey[]][] = [
  ...[{}, 5, 'text', true, new Map(), () => []].map((tool_calls): [object, PropertyKey[]] => [
    { role: 'assistant', content: null, tool_calls },
    ['tool_calls'],
  ]),
  [{ role: 'assistant', content: '', tool_calls: [null] }, ['tool_calls', 0, 'function', 'name']],
  [{ role: 'assistant', content: '', tool_calls: [{ id: 'a', function: 5 }] }, ['tool_calls', 0, 'function', 'name']],
  [{ role: 'assistant', content: '', parts: 5 }, ['parts']],
  [{ role: 'assistant', content: '', parts: { provider: 'p', content: [null] } }, ['parts']],
  [{ role: 'user', content: {} }, ['content']],
  [{ role: 'user', content: null }, ['content']],
  [{ role: 'user', content: [null] }, ['content', 0]],
  [{ role: 'tool', content: 'text', tool_call_id: 5 }, ['tool_call_id']],
  [{ role: 'tool', content: 'text', tool_call_id: 'a', result: 5 }, ['result']],
  [{ role: 'user', content: 'text', providerOptions: 5 }, ['providerOptions']],
]

describe.each([own, assistant])('$name refuses, with the place', (it) => {
  test.each(wrong)('%o', async (message, at) => {
    const { error } = await it.safeRun([{ role: 'user', content: 'hi' }, message] as never)
    expect(error).toMatchObject({ code: 'input_validation' })
    expect(error?.message).not.toContain('threw')
    expect(error?.issues?.map(({ path }) => path)).toContainEqual(['messages', 1, ...at])
  })
})

test('no calls may also be said as null', async () => {
  const messages = [
    { role: 'assistant', content: 'hi', tool_calls: null },
    { role: 'assistant', content: 'hi', tool_calls: undefined },
    { role: 'assistant', content: 'hi', tool_calls: [] },
  ]
  const plain = { role: 'assistant', content: 'hi' }
  expect(JSON.parse(await own.run(messages as never))).toEqual([plain, plain, plain])
})
