// A supervisor: an agent whose tools are agents, each with tools of its own.
import { agent, type ChatModel, fn } from 'tinyllm'
import { z } from 'zod'

const lookUp = fn({
  name: 'lookUp',
  description: 'Looks up the population of a city, in millions.',
  input: z.object({ city: z.string() }),
  run: ({ city }) => (city === 'Paris' ? 2.1 : 0.7),
})
const add = fn({
  name: 'add',
  description: 'Adds numbers.',
  input: z.object({ numbers: z.array(z.number()) }),
  run: ({ numbers }) => numbers.reduce((sum, number) => sum + number, 0),
})

/** Plays a model: calls these tools, then says the results. */
const scripted =
  (...calls: { name: string; args: object }[]): ChatModel =>
  async ({ messages }) => {
    const results = messages.filter(({ role }) => role === 'tool')
    const call = calls[results.length]
    if (!call) return { role: 'assistant', content: results.map(({ content }) => content).join(', ') }
    const { name, args } = call
    const id = `call${results.length}`
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    }
  }

const researcher = agent({
  name: 'researcher',
  description: 'Finds facts about cities. Ask it one question.',
  model: scripted({ name: 'lookUp', args: { city: 'Paris' } }, { name: 'lookUp', args: { city: 'Oslo' } }),
  tools: [lookUp],
})
const mathematician = agent({
  name: 'mathematician',
  description: 'Calculates.',
  model: scripted({ name: 'add', args: { numbers: [2.1, 0.7] } }),
  tools: [add],
})

export const supervisor = agent({
  name: 'supervisor',
  instructions: 'You lead a researcher and a mathematician. Give each of them one task at a time.',
  model: scripted(
    { name: 'researcher', args: { input: 'How many people live in Paris and in Oslo?' } },
    { name: 'mathematician', args: { input: 'What is 2.1 + 0.7?' } },
  ),
  tools: [researcher, mathematician],
})

export const main = () => supervisor.run('How many people live in Paris and Oslo together?')
