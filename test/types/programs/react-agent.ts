// A ReAct agent: the model thinks, calls tools, reads what they return, and answers.
import { agent, type AssistantMessage, fn } from 'tinyllm'
import { z } from 'zod'

const capitals = new Map([
  ['France', 'Paris'],
  ['Norway', 'Oslo'],
])

const capitalOf = fn({
  name: 'capitalOf',
  description: 'Finds the capital of a country.',
  input: z.object({ country: z.string() }),
  run: ({ country }) => {
    const capital = capitals.get(country)
    if (!capital) throw new Error(`There is no country ${country}. Use its English name.`)
    return { capital }
  },
})

const temperature = fn({
  name: 'temperature',
  description: 'Measures the temperature of a city, in °C.',
  input: z.object({ city: z.string(), unit: z.enum(['C', 'F']).default('C') }),
  output: z.number(),
  run: async ({ city }) => city.length + 10,
})

export const assistant = agent({
  name: 'assistant',
  instructions: 'Use the tools. Do not guess.',
  model: async ({ messages }) => {
    const results = messages.filter((message) => message.role === 'tool')
    const call = (name: string, args: object): AssistantMessage => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: name, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    })
    if (results.length === 0) return call('capitalOf', { country: 'Norwegen' })
    if (results.length === 1) return call('capitalOf', { country: 'Norway' })
    if (results.length === 2) return call('temperature', { city: 'Oslo' })
    return { role: 'assistant', content: `It is ${results.at(-1)?.content} °C in Oslo.` }
  },
  tools: [capitalOf, temperature],
  maxTurns: 6,
})

export async function main() {
  const tools: string[] = []
  for await (const event of assistant.stream('How warm is it in the capital of Norway?')) {
    switch (event.type) {
      case 'toolCall':
        tools.push(`${event.name} ${event.arguments}`)
        break
      case 'toolResult':
        tools.push(event.success ? 'ok' : 'failed')
        break
      case 'output':
        return { answer: event.output, tools }
      case 'error':
        throw event.error
    }
  }
}
