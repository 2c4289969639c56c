import { agent, type AnyFn, fn, llmCall, type StandardSchema } from 'tinyllm'
import { expect, test } from 'vitest'
import { z } from 'zod'

const { coerce } = z
const call = (text: string) => ({
  role: 'assistant' as const,
  content: null,
  tool_calls: [{ id: '1', type: 'function' as const, function: { name: 't', arguments: text } }],
})

/** What a tool was run with, and what its model was told. */
async function called(input: StandardSchema, text: string) {
  const ran: unknown[] = []
  const t = fn({ name: 't', description: 'd', input, run: (value: unknown) => ran.push(value) }) as AnyFn
  const told: unknown[] = []
  const model = ({ messages }: { messages: readonly { role: string; content?: unknown }[] }) => {
    told.push(messages.at(-1)?.content)
    return messages.length > 1 ? 'done' : call(text)
  }
  await agent({ name: 'a', model: model as never, tools: [t] }).run('Hi')
  return { ran, told: String(told.at(-1)) }
}

const coerced: readonly [StandardSchema, string, string][] = [
  [coerce.number(), '{}', 'number'],
  [coerce.number(), '', 'number'],
  [coerce.number(), '{"input":null}', 'number'],
  [coerce.number(), '{"input":""}', 'number'],
  [coerce.number(), '{"input":[]}', 'number'],
  [coerce.number(), '{"input":true}', 'number'],
  [coerce.boolean(), '{"input":"maybe"}', 'boolean'],
  [coerce.boolean(), '{}', 'boolean'],
]

test.each(coerced)('a tool is not run with what JavaScript made of its arguments (%#)', async (input, text, words) => {
  const { ran, told } = await called(input, text)
  expect(ran).toEqual([])
  expect(told).toMatch(new RegExp(`expected (a )?${words}`))
})

test.each(coerced)('nor are they taken for the call of a tool (%#)', async (input, text, words) => {
  const chat = llmCall({ name: 'chat', tools: { t: { description: 'd', input } }, model: () => call(text) as never })
  const { error } = await chat.safeRun('Hi')
  expect(error?.code).toBe('output_validation')
  expect(error?.message).toContain(words)
})

test.each<[StandardSchema, string, unknown]>([
  [coerce.number(), '{"input":5}', 5],
  [coerce.number(), '{"input":"5"}', 5],
  [coerce.boolean(), '{"input":false}', false],
  [z.number().nullable(), '{"input":null}', null],
  [z.object({ n: coerce.number() }), '{"n":"5"}', { n: 5 }],
  [z.string(), '{"input":""}', ''],
])('a tool is run with what fits (%#)', async (input, text, value) => {
  expect((await called(input, text)).ran).toEqual([value])
})
