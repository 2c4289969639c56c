// An agent that may read for hours: before a turn whose conversation has grown long, a model takes notes of what was found
// so far, and the notes take the place of it. Only the question, the notes and what comes after are sent from then on.
//
// The chart:
//   starting
//   validatingInput    a text, or { messages }
//   running
//     beforeTurn       a branch: of a long conversation a model takes notes, another stays as it is
//     think            one turn of the model
//     act              its searches, at the same time
//   complete           with the answer
//   failed
import { agent, type AgentRound, branch, type ChatMessage, flow, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { chatMessage } from 'tinyllm/zod'
import { z } from 'zod'

/** How long a conversation may be before it becomes notes, in characters: of English text a token has about four. */
const LONG = 40_000

const policy = { retry: { attempts: 3, backoff: { initial: 500, jitter: true } }, timeout: 60_000 }

const textOf = (messages: readonly ChatMessage[]) =>
  messages.map((message) => `${message.role}: ${JSON.stringify(message.content)}`).join('\n')

const shorten = fn({
  name: 'shorten',
  output: z.object({ messages: z.array(chatMessage) }),
  run: (messages: ChatMessage[]) => ({ messages }),
})

/** The question stays as it was asked; all else becomes notes, so no call is left without its result. */
const takeNotes = flow({
  name: 'takeNotes',
  input: z.custom<AgentRound>(),
  steps: (s) =>
    s
      .step(openAIChat({ name: 'notes', model: 'gpt-4o-mini', temperature: 0, ...policy }), ({ input }) => [
        {
          role: 'system',
          content: 'Take notes of this research: each finding with its source, and what is still open.',
        },
        { role: 'user', content: textOf(input.messages) },
      ])
      .step(shorten, ({ input, value }) => [
        ...input.messages.filter(({ role }) => role === 'user').slice(0, 1),
        { role: 'user', content: `Your notes so far:\n${value}` },
      ]),
})

const compact = branch({
  name: 'compact',
  cases: [{ name: 'long', when: ({ messages }: AgentRound) => textOf(messages).length > LONG, then: takeNotes }],
  otherwise: fn({ name: 'same', output: z.object({}), run: (_: AgentRound) => ({}) }),
})

// A stand-in: give your own search with researcher.override(search, …).
const search = fn({
  name: 'search',
  description: 'Searches the library: the texts of the three best pages, each with its address.',
  input: z.object({ query: z.string() }),
  run: ({ query }) => [{ address: 'https://example.com/statecharts', text: `What the library has about ${query}.` }],
  ...policy,
})

export const researcher = agent({
  name: 'researcher',
  model: openAIChat({ name: 'chat', model: 'gpt-4o', ...policy }),
  instructions: 'Search until you can answer, with several queries at once. Name the address of each source.',
  tools: [search],
  beforeTurn: compact,
  maxTurns: 30,
  onMaxTurns: 'answer', // one more turn without tools: it says what it has
  maxResultLength: 8000, // characters of one result
})

export const sample = 'Who invented statecharts, and what for?'
