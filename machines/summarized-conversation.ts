// A chat that remembers for ever at a fixed price: when the history has grown long, its older part becomes a summary,
// which stands at its beginning from then on. The history goes in and comes out; there is no hidden state.
import { branch, flow, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

/** From how many messages on the older ones are summarized, and how many stay as they are. */
const LONG = 20
const RECENT = 6

const retry = { attempts: 3, backoff: { initial: 500, jitter: true } }
const timeout = 60_000

const message = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })
type Message = z.infer<typeof message>

const lines = (messages: readonly Message[]) => messages.map(({ role, content }) => `${role}: ${content}`).join('\n')

const summarize = flow({
  name: 'summarize',
  input: z.array(message),
  steps: (s) =>
    s
      .step(
        openAIChat({ name: 'chat', model: 'gpt-4o-mini', temperature: 0, retry, timeout }),
        ({ input }) =>
          `Summarize this conversation in at most ten sentences. Keep names, wishes and decisions:\n\n${lines(input.slice(0, -RECENT))}`,
      )
      .step('shortened', ({ input, value }): Message[] => [
        { role: 'system', content: `What was said before: ${value}` },
        ...input.slice(-RECENT),
      ]),
})

const remember = branch({
  name: 'remember',
  cases: [{ name: 'summarized', when: (history: Message[]) => history.length >= LONG, then: summarize }],
  otherwise: fn({ name: 'whole', run: (history: Message[]) => history }),
})

export const summarizedConversation = flow({
  name: 'summarizedConversation',
  input: z.object({ history: z.array(message).default([]), message: z.string().min(1) }),
  steps: (s) =>
    s
      .step(remember, ({ input }) => input.history)
      .step('asked', ({ input, value }): Message[] => [...value, { role: 'user', content: input.message }])
      .step(openAIChat({ name: 'chat', model: 'gpt-4o-mini', stream: true, timeout }), ({ value }) => ({
        messages: value,
      }))
      .step('told', ({ value, outputs }) => ({
        reply: value,
        history: [...outputs.asked, { role: 'assistant' as const, content: value }],
      })),
})

export const sample = { history: [], message: 'My name is Ada. What is a statechart?' }
