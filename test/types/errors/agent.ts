import { agent, asTool, branch, chain, fallback, fn, llmCall, map, parallel, receive } from 'tinyllm'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const input = z.object({ city: z.string() })
const description = 'Tells the weather.'
const weather = fn({ name: 'weather', description, input, run: () => 'rain' })
const untold = fn({ name: 'untold', input, run: () => 'rain' })
const untyped = fn({ name: 'untyped', description, run: (city: string) => city })
const ask = receive({ name: 'ask', description, input, events: { ANSWER: z.object({ text: z.string() }) } })
const helper = (name: string) => fn({ name, input, run: () => 'rain' })
declare const sometimes: boolean

// wrong: a tool without a description
agent({ name: 'a', model, tools: [weather, untold] })

// wrong: a tool without an input schema
agent({ name: 'b', model, tools: [untyped, weather] })

// wrong: one that is made in place
agent({ name: 'c', model, tools: [weather, fn({ name: 'made', input, run: ({ city }) => city })] })

// wrong: one with an empty description
agent({ name: 'd', model, tools: [fn({ name: 'empty', description: '', input, run: () => 1 })] })

// wrong: a list from before
const list = [weather, untold]
agent({ name: 'e', model, tools: list })

// wrong: a spread list
agent({ name: 'f', model, tools: [weather, ...list] })

// wrong: only sometimes
agent({ name: 'g', model, tools: [weather, ...(sometimes ? [untold] : [])] })

// wrong: one or the other
agent({ name: 'h', model, tools: [sometimes ? weather : untyped] })

// wrong: under another name
agent({ name: 'i', model, tools: [weather.as('other'), untold.as('same')] })

// wrong: a name that is not known yet
agent({ name: 'j', model, tools: [helper('a')] })

// wrong: an event that nothing in it waits for
agent({ name: 'k', model, tools: [ask] })
  .start('Go')
  .send({ type: 'ASWER' })

// wrong: a payload that does not fit, of a wait in a tool of a tool, in a map
const inner = agent({ name: 'inner', description, model, tools: [ask], approve: true })
map({ name: 'm', each: agent({ name: 'l', model, tools: [inner] }) })
  .start(['Go'])
  .send({ type: 'ANSWER', text: 5 })

// wrong: an agent without a description
agent({ name: 'n', model, tools: [agent({ name: 'inner', model, tools: [weather] })] })

// wrong: pipelines that have no schema of their own
agent({ name: 'o', model, tools: [parallel({ name: 'both', description, children: [weather] })] })

// wrong: a map
agent({ name: 'p', model, tools: [map({ name: 'all', description, each: weather })] })

// wrong: a branch
agent({
  name: 'q',
  model,
  tools: [branch({ name: 'way', description, cases: [{ name: 'a', when: () => true, then: weather }] })],
})

// wrong: a chain that begins with a plain function
agent({
  name: 'r',
  model,
  tools: [chain({ name: 'begun', description, children: [(city: string) => ({ city }), weather] })],
})

// wrong: a pipeline without a description
agent({ name: 's', model, tools: [fallback({ name: 'first', children: [weather] })] })

// wrong: a plain function
agent({ name: 't', model, tools: [weather, (city: string) => city] })

// wrong: approval of a tool that is not there
agent({ name: 'u', model, tools: [weather], approve: ['whether'] })

// wrong: what is no function
agent({ name: 'v', model, tools: [weather, { description, inputSchema: input, execute: () => 'rain' }] })

// wrong: a tool beside one that a person approves
agent({
  name: 'w',
  model,
  tools: [weather, untold],
  approve: ['weather'],
})

const money = z.object({ amount: z.number(), to: z.string() })
const pay = fn({ name: 'pay', description: 'Pays.', input: money, run: ({ amount }) => ({ paid: amount }) })
// All of this is right, for every compiler.
agent({
  name: 'right',
  model,
  tools: ({ turn }) => (turn > 3 ? [weather] : [weather, asTool(pay, { approve: ({ amount }) => amount > 9 })]),
  approve: { pay: ({ amount }, { input }) => amount > input.to.length, weather: true },
  endWith: ['pay'],
  beforeTurn: async ({ calls }) => ({ tools: calls.some((call) => call.name === 'pay') ? ['weather'] : [] }),
  toolErrors: (_, call) => (call.name === 'pay' && call.input.amount > 9 ? 'fail' : 'tell'),
})

// wrong: approval by a map with a tool that is not there
agent({ name: 'x', model, tools: [weather, pay], approve: { pay: true, whether: true } })

// wrong: a predicate of what the tool does not take
agent({ name: 'y', model, tools: [weather, pay], approve: { pay: ({ city }) => city === 'Oslo' } })

// wrong: a call whose tool is not known yet
agent({ name: 'z', model, tools: [weather, pay], approve: (call) => call.input.amount > 100 })

// wrong: a call of a tool that is not there
agent({ name: 'a', model, tools: [weather, pay], stopWhen: ({ calls }) => calls.some(({ name }) => name === 'play') })

// wrong: an end with a tool that is not there
agent({ name: 'b', model, tools: [weather, pay], endWith: 'play' })

// wrong: an end with one of several tools that is not there
agent({ name: 'c', model, tools: [weather, pay], endWith: ['pay', 'whether'] })

// wrong: a turn with a tool that is not there
agent({ name: 'd', model, tools: [weather, pay], beforeTurn: () => ({ tools: ['pay', 'play'] }) })

// wrong: a turn that must call a tool that is not there
agent({ name: 'e', model, tools: [weather, pay], toolChoice: { type: 'tool', toolName: 'play' } })

// wrong: the output of the tool that ends it
agent({ name: 'f', model, tools: [weather, pay], endWith: 'pay' })
  .run('Go')
  .then((text: string) => text)

// wrong: a tool without a description, from a function
agent({ name: 'g', model, tools: () => [weather, untold] })

// wrong: a dress whose schema makes what the function does not take
agent({ name: 'h', model, tools: [asTool(pay, { input: z.object({ amount: z.number() }) })] })

// wrong: a dress without a description
agent({ name: 'i', model, tools: [asTool(untold, { name: 'told' })] })

// wrong: a word for a call where nothing asks
agent({ name: 'j', model, tools: [asTool(pay, { name: 'other' })] })
  .start('Go')
  .send({ type: 'APPROVE' })
