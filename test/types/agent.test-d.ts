import { agent, type ApprovalEvent, type CancelEvent, type EventsOf, fn, llmCall } from 'tinyllm'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const mail = fn({ name: 'mail', description: 'Sends.', input: z.object({ to: z.string() }), run: () => 1 })

test('gives a text, or what its output schema gives', async () => {
  const plain = agent({ name: 'plain', model, tools: [mail] })
  expectTypeOf(await plain.run('Go')).toEqualTypeOf<string>()
  const typed = agent({ name: 'typed', model, tools: [mail], output: z.object({ n: z.number() }) })
  expectTypeOf(await typed.run({ messages: [{ role: 'user', content: 'Go' }] })).toEqualTypeOf<{ n: number }>()
})

test('takes the events of approval where it asks', () => {
  const plain = agent({ name: 'plain', model, tools: [mail] })
  expectTypeOf<EventsOf<typeof plain>>().toEqualTypeOf<CancelEvent>()
  const asking = agent({ name: 'asking', model, tools: [mail], approve: ['mail'] })
  expectTypeOf<EventsOf<typeof asking>>().toEqualTypeOf<CancelEvent | ApprovalEvent>()
  const looking = agent({ name: 'looking', model, tools: [mail], approve: (call) => call.name === 'mail' })
  expectTypeOf<EventsOf<typeof looking>>().toEqualTypeOf<CancelEvent | ApprovalEvent>()
  // @ts-expect-error -- no such tool
  agent({ name: 'wrong', model, tools: [mail], approve: ['male'] })
})
