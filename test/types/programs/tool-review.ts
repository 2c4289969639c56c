// Review of tool calls: a person approves or rejects each call of a tool that changes something.
import { agent, fn, type ToolCall } from 'tinyllm'
import { toPromise } from 'xstate'
import { z } from 'zod'

const sent: string[] = []

const sendMail = fn({
  name: 'sendMail',
  description: 'Sends a mail.',
  input: z.object({ to: z.email(), text: z.string() }),
  run: async ({ to, text }) => {
    sent.push(`${to}: ${text}`)
    return { sent: true }
  },
})

export const secretary = agent({
  name: 'secretary',
  model: async ({ messages }) => {
    const last = messages.at(-1)
    if (last?.role === 'tool') return { role: 'assistant', content: last.content }
    const calls = ['ada@example.com', 'bob@example.com'].map((to, index): ToolCall => ({
      id: `call${index}`,
      type: 'function',
      function: { name: 'sendMail', arguments: JSON.stringify({ to, text: 'hello' }) },
    }))
    return { role: 'assistant', content: null, tool_calls: calls }
  },
  tools: [sendMail],
  approve: ['sendMail'],
})

export async function main() {
  sent.length = 0
  const refused: string[] = []
  const actor = secretary.start('Say hello to Ada and Bob.')
  actor.on('refused', ({ reason }) => refused.push(reason))
  // One word for each call, whenever it asks.
  actor.on('waiting', () => {
    const snapshot = actor.getSnapshot()
    if (snapshot.can({ type: 'APPROVE', id: 'call0' })) actor.send({ type: 'APPROVE', id: 'call0' })
    else actor.send({ type: 'REJECT', id: 'call1', reason: 'Bob is on holiday' })
  })
  return { reply: await toPromise(actor), sent, refused }
}
