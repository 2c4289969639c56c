// A chat that remembers, without hidden state: the history goes in and comes out, and is yours to keep. The model sees
// a window of it, so that a long talk stays affordable; the history itself is complete.
import { type ChatMessage, flow } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { chatMessage } from 'tinyllm/zod'
import { z } from 'zod'

/** How many messages the model sees: an even number, so that the window begins with a question. */
const WINDOW = 20

const instructions: ChatMessage = { role: 'system', content: 'You are a friendly partner in conversation. Be brief.' }

export const conversation = flow({
  name: 'conversation',
  input: z.object({ history: z.array(chatMessage).default([]), message: z.string().min(1) }),
  steps: (s) =>
    s
      .step('asked', ({ input }) => [...input.history, { role: 'user' as const, content: input.message }])
      .step(openAIChat({ name: 'chat', model: 'gpt-4o-mini', stream: true, timeout: 60_000 }), ({ value }) => ({
        messages: [instructions, ...value.slice(1 - WINDOW)],
      }))
      .step('told', ({ value, outputs }) => ({
        reply: value,
        history: [...outputs.asked, { role: 'assistant' as const, content: value }],
      })),
})

export const sample = {
  history: [
    { role: 'user', content: 'My name is Ada.' },
    { role: 'assistant', content: 'Nice to meet you, Ada.' },
  ],
  message: 'What is my name?',
} satisfies { history: ChatMessage[]; message: string }
