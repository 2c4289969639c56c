import { agent, fn, type RunEvent } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ChoiceAccumulator } from '../../../../src/adapters/openai/wire/choice-accumulator.ts'
import { completionServer, rawServer, streamServer } from '../server.ts'

const said = (content: string, index?: number) => ({
  index,
  message: { role: 'assistant', content },
  finish_reason: 'stop',
})
const call = (id: string, name = 'look') => ({ id, type: 'function', function: { name, arguments: '{}' } })
const calling = (...tool_calls: object[]) => ({
  message: { role: 'assistant', content: null, tool_calls },
  finish_reason: 'tool_calls',
})

test.each<[string, object[], number, unknown]>([
  ['of one index, one is wanted', [said('Paris.', 0), said('London.', 0)], 1, 'Paris.'],
  ['of one index, two are wanted', [said('Paris.', 0), said('London.', 0)], 2, ['Paris.', 'London.']],
  ['of no index, one is wanted', [said('Paris.'), said('London.')], 1, 'Paris.'],
  ['of no index, two are wanted', [said('Paris.'), said('London.')], 2, ['Paris.', 'London.']],
  ['the first says nothing', [said('', 0), said('London.', 1)], 1, 'London.'],
])('several whole choices: %s', async (_, choices, n, output) => {
  const { access } = await completionServer(choices)
  expect(await openAIChat({ name: 'chat', model: 'm', n, ...access }).run('Hi')).toEqual(output)
})

test.each<[string, object[], string[], string | null]>([
  ['the calls in the next', [said('Let me look.'), calling(call('a'))], ['a'], 'Let me look.'],
  ['the calls first', [calling(call('a')), said('Let me look.')], ['a'], 'Let me look.'],
  ['a call in each', [said('Hm.'), calling(call('a')), calling(call('b'))], ['a', 'b'], 'Hm.'],
  ['the same call again', [calling(call('a')), calling(call('a'))], ['a'], null],
  [
    'another answer that has calls of its own',
    [
      { index: 0, ...calling(call('a')) },
      { index: 1, ...calling(call('b')) },
    ],
    ['a'],
    null,
  ],
])('text and calls in choices of their own: %s', async (_, choices, ids, content) => {
  const { access } = await completionServer(choices)
  const tools = { look: { description: 'Looks.', input: z.object({}) } }
  const answer = await openAIChat({ name: 'chat', model: 'm', tools, ...access }).run('Hi')
  expect(answer).toMatchObject({ content, tool_calls: ids.map((id) => ({ id })) })
})

const piece = (index: number, delta: object, finish_reason: string | null = null) => ({
  choices: [{ index, delta, finish_reason }],
})

test('an index that changes in the midst of an answer loses nothing of it', async () => {
  const { access } = await streamServer([
    piece(0, { content: 'Hel' }),
    piece(1, { content: 'lo' }),
    piece(1, {}, 'stop'),
  ])
  const heard: RunEvent[] = []
  for await (const event of openAIChat({ name: 'chat', model: 'm', stream: true, ...access }).stream('Hi'))
    heard.push(event)
  const tokens = heard.flatMap((event) => (event.type === 'token' ? [event.delta] : []))
  expect([tokens.join(''), heard.at(-1)]).toMatchObject(['Hello', { type: 'output', output: 'Hello' }])
})

test('another answer among the pieces of the first is left alone', async () => {
  const { access } = await streamServer([
    piece(0, { content: 'Par' }),
    piece(1, { content: 'Lon' }),
    piece(0, { content: 'is.' }, 'stop'),
    piece(1, { content: 'don.' }, 'stop'),
  ])
  expect(await openAIChat({ name: 'chat', model: 'm', stream: true, ...access }).run('Hi')).toBe('Paris.')
})

/** What goes back to the server of what it streamed beside a call. */
async function sentBack(...deltas: object[]) {
  const bodies: { messages: object[] }[] = []
  const { access } = await rawServer((response, _, body) => {
    bodies.push(JSON.parse(body) as never)
    response.setHeader('content-type', 'text/event-stream')
    const end =
      bodies.length === 1
        ? [
            ...deltas.map((delta) => piece(0, delta)),
            piece(0, { tool_calls: [{ index: 0, ...call('a') }] }, 'tool_calls'),
          ]
        : [piece(0, { content: 'done' }, 'stop')]
    response.end([...end.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'].join(''))
  })
  const tools = [fn({ name: 'look', description: 'Looks.', input: z.object({}), run: () => 1 })]
  await agent({ name: 'a', model: openAIChat({ name: 'm', model: 'm', stream: true, ...access }), tools }).run('Hi')
  return bodies[1]?.messages[1]
}

test('a signature ends a block of thoughts', async () => {
  const block = (thinking: string, signature: string | null) => ({
    thinking_blocks: [{ type: 'thinking', thinking, signature }],
  })
  const redacted = { thinking_blocks: [{ type: 'redacted_thinking', data: 'xx' }] }
  const message = await sentBack(
    block('o', null),
    block('ne', ''),
    block('', 'S1'),
    redacted,
    block('two', null),
    block('', 'S2'),
  )
  expect(message).toMatchObject({
    thinking_blocks: [
      { thinking: 'one', signature: 'S1' },
      { type: 'redacted_thinking', data: 'xx' },
      { thinking: 'two', signature: 'S2' },
    ],
  })
  expect(await sentBack(block('one', 'S1'), block('two', 'S2'))).toMatchObject({
    thinking_blocks: [
      { thinking: 'one', signature: 'S1' },
      { thinking: 'two', signature: 'S2' },
    ],
  })
})

test('parts that say their place are put together by it, in whatever order they come', async () => {
  const detail = (index: number, more: object) => ({ reasoning_details: [{ index, ...more }] })
  const message = await sentBack(
    detail(0, { type: 'reasoning.text', text: 'a' }),
    detail(1, { type: 'reasoning.text', text: 'x' }),
    detail(0, { type: 'reasoning.text', text: 'b' }),
    detail(1, { text: 'y' }),
    detail(0, { type: 'reasoning.encrypted', data: 'zz' }),
    detail(0, { type: 'reasoning.text', signature: 'S' }),
  )
  expect(message).toMatchObject({
    reasoning_details: [
      { index: 0, type: 'reasoning.text', text: 'ab', signature: 'S' },
      { index: 1, text: 'xy' },
      { index: 0, type: 'reasoning.encrypted', data: 'zz' },
    ],
  })
})

test('a text that is said whole with each piece does not grow', async () => {
  const beside = { logid: 'L1', language: 'en', provider_name: 'p', reasoning_content: 'h' }
  expect(await sentBack({ content: 'a', ...beside }, { content: 'b', ...beside, logid: 'L2' })).toMatchObject({
    content: 'ab',
    logid: 'L2',
    language: 'en',
    provider_name: 'p',
    reasoning_content: 'hh',
  })
})

test.each<[string, (nth: number) => object]>([
  ['notes', (nth) => ({ annotations: [{ type: 'x', place: nth }] })],
  [
    'parts of two kinds in turn',
    (nth) => ({
      content: [
        { type: 'text', text: 'a' },
        { type: 'image', url: nth },
      ],
    }),
  ],
  ['keys of all names', (nth) => ({ [`key${nth}`]: 'x', found: { [`key${nth}`]: 1 } })],
  ['parts with a place', (nth) => ({ reasoning_details: [{ type: 'x', index: nth, text: 'a' }] })],
])('what comes beside an answer in many pieces is read in a time in proportion to it: %s', (_, delta) => {
  const time = (count: number) => {
    const before = process.cpuUsage()
    const choice = new ChoiceAccumulator(new Set())
    for (let nth = 0; nth < count; nth++) for (const _ of choice.add({ delta: delta(nth) }));
    choice.read()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  const little = Math.min(time(2000), time(2000), time(2000))
  const much = Math.min(time(16_000), time(16_000))
  // Quadratic, this takes seconds, and 64 times as long.
  expect(much < 60 || much < 30 * little, `${little} ms, and ${much} ms for 8 times as much`).toBe(true)
})
