import { agent, chain, llmCall } from 'tinyllm'
import { chatMessage } from 'tinyllm/zod'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const talk = agent({ name: 'talk', model, tools: [], transcript: true })
const scout = agent({ name: 'scout', model, tools: [], input: z.object({ city: z.string() }) })

// wrong: a transcript is asked for by true
agent({ name: 'a', model, tools: [], transcript: 'yes' })

// wrong: an answer with its conversation is no text
chain({ name: 'b', children: [talk, (text: string) => text.length] })

// wrong: a text where the agent has an input of its own
await scout.run('Oslo')

// wrong: an input that is no schema
agent({ name: 'c', model, tools: [], input: { city: 'string' } })

// wrong: the next turn without a role
const { messages } = await talk.run('Hi')
await talk.run([...messages, { content: 'And?' }])

// wrong: a role that there is not
z.array(chatMessage).parse([]).push({ role: 'human', content: 'Hi' })
