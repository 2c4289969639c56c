// Messages that are written in place, wherever what a plain function returns is given to a model: no annotation, no cast.
import {
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  llmCall,
  loop,
  map,
  parallel,
  type ChatMessage,
  type InputOf,
  type OutputOf,
} from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

const chat = llmCall({ name: 'chat', model: async () => 'Hi' })
const brief = 'Be brief.'
declare const history: ChatMessage[]

// In a chain: a list, one message, `{ messages }`, async, conditional, after a history, with parts and calls of tools.
const asked = chain({
  name: 'asked',
  children: [
    (q: string) => [
      { role: 'system', content: brief },
      { role: 'user', content: q },
    ],
    chat,
  ],
})
expectTypeOf<InputOf<typeof asked>>().toEqualTypeOf<string>()
expectTypeOf<OutputOf<typeof asked>>().toEqualTypeOf<string>()
chain({ name: 'one', children: [(q: string) => ({ role: 'user', content: q }), chat] })
chain({ name: 'held', children: [(q: string) => ({ messages: [{ role: 'user', content: q }] }), chat] })
chain({ name: 'late', children: [async (q: string) => [{ role: 'user', content: q }], chat] })
chain({ name: 'both', children: [(q: string) => (q ? [{ role: 'user', content: q }] : brief), chat] })
chain({ name: 'after', children: [async (q: string) => [...history, { role: 'user', content: q }], chat] })
chain({
  name: 'returns',
  children: [
    (q: string) => {
      if (q) return [{ role: 'user', content: q }]
      return { messages: [...history, { role: 'developer', content: brief }] }
    },
    chat,
  ],
})
chain({
  name: 'picture',
  children: [
    (url: string) => ({
      role: 'user',
      content: [
        { type: 'text', text: brief },
        { type: 'image_url', image_url: { url, detail: 'low' } },
      ],
    }),
    chat,
  ],
})
chain({
  name: 'tools',
  children: [
    (id: string) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'a', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: id, content: '1' },
    ],
    chat,
  ],
})
chain({
  name: 'twice',
  children: [
    (q: string) => ({ role: 'user', content: q }),
    chat,
    (a: string) => [{ role: 'user', content: a }],
    chat.as('b'),
  ],
})

// From a function of ours, with a schema and without, beside it or in place.
const prompt = fn({ name: 'prompt', run: (q: string) => [{ role: 'user', content: q }] })
const checked = fn({
  name: 'checked',
  input: z.object({ q: z.string() }),
  run: async ({ q }) => ({
    messages: [
      { role: 'system', content: brief },
      { role: 'user', content: q },
    ],
  }),
})
chain({ name: 'beside', children: [prompt, chat] })
chain({ name: 'checked', children: [checked, chat] })
chain({ name: 'inPlace', children: [fn({ name: 'p', run: (q: string) => [{ role: 'user', content: q }] }), chat] })
const processed = fn({ name: 'p', run: (q: string) => q, processOutput: (q) => [{ role: 'user', content: q }] })
chain({ name: 'processed', children: [processed, chat] })

// What else a function returns stays as wide as it was.
expectTypeOf(fn({ name: 'a', run: () => 'a' }).run).returns.resolves.toEqualTypeOf<string>()
const person = fn({ name: 'a', run: () => ({ name: 'Ada', type: 'x', tags: ['a'] }) })
expectTypeOf<OutputOf<typeof person>>().toEqualTypeOf<{ name: string; type: string; tags: string[] }>()
const whatever = fn({ name: 'a', run: (x: unknown) => x })
expectTypeOf<OutputOf<typeof whatever>>().toEqualTypeOf<unknown>()

// The mappers of a parallel, and the functions of every other composite.
parallel({
  name: 'fed',
  children: { chat, again: chat },
  inputs: {
    chat: (x: { q: string }) => [{ role: 'user', content: x.q }],
    again: (x) => ({ messages: [{ role: 'user', content: x.q }] }),
  },
})
const two = parallel({ name: 'two', children: { a: (q: string) => [{ role: 'user', content: q }], chat } })
chain({ name: 'ofTwo', children: [two, ({ a }: OutputOf<typeof two>) => a, chat] })
const each = map({ name: 'each', each: async (q: string) => [{ role: 'user', content: q }] })
chain({ name: 'ofEach', children: [each, map({ name: 'chats', each: chat })] })
const first = fallback({
  name: 'first',
  children: [(q: string) => [{ role: 'user', content: q }], async (q: string) => ({ role: 'user', content: q })],
})
chain({ name: 'ofFirst', children: [first, chat] })
const decided = decision({
  name: 'decided',
  decide: (q: string) => q,
  branches: { a: (q: string) => [{ role: 'user', content: q }], b: (q: string) => ({ role: 'user', content: q }) },
})
chain({ name: 'ofDecided', children: [decided, chat] })
decision({ name: 'asks', decide: asked, choices: ['a'], branches: { a: chat } })
const way = branch({
  name: 'way',
  cases: [{ name: 'long', when: (q: string) => q.length > 9, then: (q: string) => [{ role: 'user', content: q }] }],
  otherwise: (q: string) => ({ role: 'user', content: q }),
})
chain({ name: 'ofWay', children: [way, chat] })
const turns = loop({
  name: 'turns',
  body: (messages: ChatMessage[]) => [...messages, { role: 'user', content: brief }],
  until: () => true,
  maxIterations: 1,
})
chain({ name: 'ofTurns', children: [turns, chat] })

// The same however deep they stand.
flow({
  name: 'nested',
  input: z.string(),
  steps: (s) =>
    s
      .step('made', ({ input }) => ({ prompt: [{ role: 'user', content: input }], kind: 'x' }))
      .step('deeper', async ({ input }) => ({ of: { it: { messages: [{ role: 'user', content: input }] } } }))
      .step(chat.as('first'), ({ outputs }) => outputs.made.prompt)
      .step(chat, ({ outputs }) => outputs.deeper.of.it),
})
const holding = (q: string) => fn({ name: 'holding', run: () => ({ prompt: [{ role: 'user', content: q }] }) })
chain({
  name: 'nestedInFn',
  children: [holding('Hi'), ({ prompt }: OutputOf<ReturnType<typeof holding>>) => prompt, chat],
})
const held = (q: string) => ({ prompt: [{ role: 'user' as const, content: q }] })
chain({
  name: 'nestedInPlain',
  children: [
    (q: string) => ({ prompt: [{ role: 'user', content: q }] }),
    ({ prompt }: ReturnType<typeof held>) => prompt,
    chat,
  ],
})
