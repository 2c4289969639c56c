// A conversation: an agent with `transcript` outputs its messages too, tool calls and results included: the next input.
// Run it: npx tinyllm run examples/14-conversation.ts
import { agent, type ChatMessage, fn } from 'tinyllm'
import { chatMessage } from 'tinyllm/zod'
import { z } from 'zod'

const weather = fn({
  name: 'weather',
  description: 'Returns the weather of a city.',
  input: z.object({ city: z.string() }),
  run: async ({ city }) => `rain in ${city}`,
})

export const assistant = agent({
  name: 'assistant',
  tools: [weather],
  transcript: true,
  timeout: 60_000,
  // A script instead of openAIChat({ … }): it asks for the weather once, and then answers from what was said.
  model: async ({ messages }) => {
    const known = messages.findLast(({ role }) => role === 'tool')
    if (known) return { role: 'assistant', content: `I looked it up: ${known.content}.` }
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
    }
  },
})

export const sample = 'Do I need an umbrella in Oslo?'

export async function main() {
  const first = await assistant.run(sample)

  // Between two turns the messages are JSON: in a file, a database, a browser. `chatMessage` is their zod schema.
  const saved = JSON.stringify(first.messages)
  const history: ChatMessage[] = z.array(chatMessage).parse(JSON.parse(saved))

  const second = await assistant.run([...history, { role: 'user', content: 'Are you sure?' }])
  return { first: first.output, second: second.output, roles: second.messages.map(({ role }) => role) }
}

// node examples/14-conversation.ts (before Node 22.18: npx jiti examples/14-conversation.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())
