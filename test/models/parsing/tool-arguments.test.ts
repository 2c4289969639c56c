import { llmCall } from 'tinyllm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { argumentsObject, parseToolArguments } from '../../../src/models/parsing/tool-arguments.ts'
import { toolParameters } from '../../../src/models/schema/tool-parameters.ts'

const city = z.object({ city: z.string() })
const oslo = { city: 'Oslo' }

const written: readonly [what: string, text: string, input: unknown][] = [
  ['JSON', '{"city":"Oslo"}', oslo],
  ['JSON in a code block', '```json\n{"city":"Oslo"}\n```', oslo],
  ['JSON in a JSON string', JSON.stringify('{"city":"Oslo"}'), oslo],
  ['the only object in a text', 'I call it: {"city":"Oslo"}', oslo],
  ['an empty text', ' ', {}],
  ['null', 'null', {}],
]

test.each(written)('parseToolArguments reads %s', (_, text, input) => {
  expect(parseToolArguments(toolParameters('t', city), text)).toEqual({ input })
})

test('a string stays as it is for a tool that accepts one', () => {
  const tool = toolParameters('t', z.string())
  expect(parseToolArguments(tool, '{"input":"{\\"city\\":\\"Oslo\\"}"}')).toEqual({ input: '{"city":"Oslo"}' })
})

test.each(['Oslo', '{"city":', '{"city":"Oslo"} or {"city":"Rome"}'])('%s is not JSON', (text) => {
  expect(parseToolArguments(toolParameters('t', city), text)).toBeUndefined()
})

test.each([
  ['{"a":1}', { a: 1 }],
  [{ a: 1 }, { a: 1 }],
  ['[1]', {}],
  ['{', {}],
  [undefined, {}],
])('argumentsObject(%j) is an object', (given, object) => {
  expect(argumentsObject(given)).toEqual(object)
})

test.each(written.slice(0, 4))(
  'llmCall parses the arguments of a tool call like an agent: %s',
  async (_, text, input) => {
    const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: text } } as const
    const tools = { weather: { description: 'The weather', input: city } }
    const model = () => ({ role: 'assistant' as const, content: null, tool_calls: [call] })
    const answer = await llmCall({ name: 'chat', tools, model }).run('Hi')
    expect(answer.tool_calls).toMatchObject([{ name: 'weather', arguments: input }])
  },
)
