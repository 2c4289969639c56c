// Agents as tools: an agent with a description is a tool of another one. Its turns, calls, tokens and errors are the run's.
// Run it: npx tinyllm run examples/21-agents-as-tools.ts
import { agent, type ChatModel, fn } from 'tinyllm'
import { toPromise } from 'xstate'
import { z } from 'zod'

/** A script in the place of openAIChat({ … }): it calls these tools, one after the other, and repeats what they say. */
const scripted =
  (...calls: [tool: string, input: object][]): ChatModel =>
  async ({ messages }) => {
    const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    const [name, input] = calls[results.length] ?? []
    if (!name) return { role: 'assistant', content: results.join(', ') }
    const call = { id: name, type: 'function' as const, function: { name, arguments: JSON.stringify(input) } }
    return { role: 'assistant', content: null, tool_calls: [call] }
  }

const population = fn({
  name: 'population',
  description: 'Returns the population of a city, in millions.',
  input: z.object({ city: z.string() }),
  run: ({ city }) => ({ Oslo: 0.7, Paris: 2.1 })[city] ?? 'unknown',
})
const researcher = agent({
  name: 'researcher',
  description: 'Finds facts about cities. Ask one question.',
  model: scripted(['population', { city: 'Oslo' }]),
  tools: [population],
})
const translator = agent({
  name: 'translator',
  description: 'Translates a text.',
  input: z.object({ text: z.string(), language: z.enum(['fr', 'de']) }), // a text, where an agent does not say
  model: async ({ messages }) => ({ role: 'assistant', content: `[${messages.at(-1)?.content}]` }),
  tools: [],
})

export const supervisor = agent({
  name: 'supervisor',
  timeout: 60_000,
  instructions: 'You lead a researcher and a translator.',
  model: scripted(
    ['researcher', { input: 'How many people live in Oslo?' }],
    ['translator', { text: '0.7 million', language: 'fr' }],
  ),
  tools: [researcher, translator],
})

export const sample = 'How many people live in Oslo? Answer in French.'

export async function main() {
  const calls: string[] = []
  const run = supervisor.start(sample)
  run.on('toolCall', ({ path }) => calls.push(path)) // act[ID].TOOL, at any depth
  return { output: await toPromise(run), calls }
}

// node examples/21-agents-as-tools.ts (before Node 22.18: npx jiti examples/21-agents-as-tools.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
