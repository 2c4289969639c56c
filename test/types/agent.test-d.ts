import {
  type AgentEvent,
  agent,
  type ApprovalEvent,
  type CancelEvent,
  type ChatMessage,
  type EventsOf,
  fn,
  type InputOf,
  llmCall,
  type Transcript,
} from 'tinyllm'
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
  expectTypeOf<EventsOf<typeof plain>>().toEqualTypeOf<CancelEvent | AgentEvent>()
  const asking = agent({ name: 'asking', model, tools: [mail], approve: ['mail'] })
  expectTypeOf<EventsOf<typeof asking>>().toEqualTypeOf<CancelEvent | AgentEvent | ApprovalEvent>()
  const looking = agent({ name: 'looking', model, tools: [mail], approve: (call) => call.name === 'mail' })
  expectTypeOf<EventsOf<typeof looking>>().toEqualTypeOf<CancelEvent | AgentEvent | ApprovalEvent>()
  const all = agent({ name: 'all', model, tools: [mail], approve: true })
  expectTypeOf<EventsOf<typeof all>>().toEqualTypeOf<CancelEvent | AgentEvent | ApprovalEvent>()
  // @ts-expect-error -- no such tool
  agent({ name: 'wrong', model, tools: [mail], approve: ['male'] })
})

test('with a transcript gives its output and the conversation, which it takes again', async () => {
  const plain = agent({ name: 'plain', model, tools: [mail], transcript: true })
  const { output, messages } = await plain.run('Go')
  expectTypeOf(output).toEqualTypeOf<string>()
  expectTypeOf(messages).toEqualTypeOf<ChatMessage[]>()
  await plain.run([...messages, { role: 'user', content: 'And?' }])
  await plain.run({ messages: [...messages, { role: 'user', content: 'And?' }] })
  await plain.run(await plain.run('Go'))
  const typed = agent({ name: 'typed', model, tools: [], output: z.object({ n: z.number() }), transcript: true })
  expectTypeOf(await typed.run('Go')).toEqualTypeOf<Transcript<{ n: number }>>()
  const without = agent({ name: 'without', model, tools: [], transcript: false })
  expectTypeOf(await without.run('Go')).toEqualTypeOf<string>()
  // @ts-expect-error -- true or false
  agent({ name: 'wrong', model, tools: [], transcript: 'yes' })
})

test('takes what its input schema takes, and is a tool', async () => {
  const scout = agent({
    name: 'scout',
    description: 'Finds out.',
    model,
    tools: [mail],
    input: z.object({ city: z.string(), days: z.number().default(3) }),
  })
  expectTypeOf<InputOf<typeof scout>>().toEqualTypeOf<{ city: string; days?: number | undefined }>()
  expectTypeOf(await scout.run({ city: 'Oslo' })).toEqualTypeOf<string>()
  // @ts-expect-error -- not what its schema takes
  await scout.run('Oslo')
  agent({ name: 'it', model, tools: [scout, agent({ name: 'plain', description: 'Talks.', model, tools: [] })] })
})
