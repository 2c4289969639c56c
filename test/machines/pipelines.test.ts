import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { toPromise, waitFor } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { citedAnswer, sample as manuals } from '../../machines/cited-answer.ts'
import { conversation } from '../../machines/conversation.ts'
import { evaluatedDraft, sample as task } from '../../machines/evaluated-draft.ts'
import { longSummary, sample as journal } from '../../machines/long-summary.ts'
import { summarizedConversation } from '../../machines/summarized-conversation.ts'
import { sample as ticket, supportTriage } from '../../machines/support-triage.ts'
import { sample as order, toolAgent } from '../../machines/tool-agent.ts'
import { mockServer } from '../adapters/openai/server.ts'

type Message = { role: string; content: string }
type Asked = { text: string; messages: Message[]; results: string[] }
type Said = string | object | { call: [name: string, given: object][] }

/** The machines as they are, with a server in place of OpenAI's: it says what the script makes of the last message. */
async function offline(script: (asked: Asked) => Said) {
  const { mock, access } = await mockServer()
  mock.on({}, ({ messages }) => {
    const all = messages as Message[]
    const results = all.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
    const said = script({ text: String(all.at(-1)?.content), messages: all, results })
    if (typeof said === 'string') return { content: said }
    if (!('call' in said)) return { content: JSON.stringify(said) }
    const calls = said.call as [string, object][]
    return { toolCalls: calls.map(([name, given]) => ({ name, arguments: JSON.stringify(given) })) }
  })
  mock.mount('/v1/embeddings', { handleRequest: embeddings })
  vi.stubEnv('OPENAI_API_KEY', access.apiKey)
  vi.stubEnv('OPENAI_BASE_URL', access.baseURL)
  return mock
}

/** A vector with a place for each word that counts here. */
async function embeddings(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const words = ['clean', 'abacus', 'cloth', 'slide', 'rule', 'glass', 'rods']
  const { input } = (await json(request)) as { input: string[] }
  const vectorOf = (text: string) => words.map((word) => text.toLowerCase().split(word).length - 1)
  const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ object: 'list', data, model: 'test', usage: { prompt_tokens: 1, total_tokens: 1 } }))
  return true
}

describe('support triage', () => {
  const refunds = (asked: Asked): Said => {
    if (asked.messages[0]?.content.includes('You sort')) return { decision: 'refund' }
    if (asked.results.length === 0) return { call: [['lookUpOrder', { order: 'A-17' }]] }
    if (asked.results.length === 1) return { call: [['issueRefund', { order: 'A-17', amount: 42 }]] }
    return `The tool said: ${asked.results[1]}`
  }

  test('asks a person before money moves, and pays under one key', async () => {
    await offline(refunds)
    const actor = supportTriage.start(ticket, { id: 'run-1' })
    await waitFor(actor, (state) => state.hasTag('waiting'))
    actor.send({ type: 'APPROVE' })
    expect(await toPromise(actor)).toMatch(
      /"amount":42,"reference":"run-1:supportTriage\.refund\.refunds\.act.*\.issueRefund/,
    )
  })

  test('a refund that is rejected is not paid, and the model is told why', async () => {
    await offline(refunds)
    const actor = supportTriage.start(ticket)
    await waitFor(actor, (state) => state.hasTag('waiting'))
    actor.send({ type: 'REJECT', reason: 'The rod was not broken.' })
    expect(await toPromise(actor)).toBe(
      'The tool said: A person rejected this call. Their reason: The rod was not broken.',
    )
  })

  test('a question is answered, the rest goes to a person', async () => {
    await offline(({ messages, text }) =>
      messages[0]?.content.includes('You sort') ? { decision: text.includes('?') ? 'question' : 'other' } : 'Beech.',
    )
    expect(await supportTriage.run({ customer: 'Ada', text: 'What are the beads made of?' })).toBe('Beech.')
    expect(await supportTriage.run({ customer: 'Ada', text: 'Thank you!' })).toContain('Thank you, Ada.')
  })
})

test('tool agent: looks up prices at the same time, and corrects itself', async () => {
  await offline(({ results }) => {
    if (results.length === 0)
      return {
        call: [
          ['priceOf', { product: 'abacus' }],
          ['priceOf', { product: 'ruler' }],
        ],
      }
    if (results.length === 2) return { call: [['priceOf', { product: 'slide rule' }]] }
    if (results.length === 3) return { call: [['calculate', { operation: 'add', numbers: [42, 42, 42, 19.5] }]] }
    return results.join(' | ')
  })
  expect(await toolAgent.run(order)).toBe(
    '{"product":"abacus","price":42} | Error: there is no ruler; there are: abacus, slide rule, pocket calculator | {"product":"slide rule","price":19.5} | 145.5',
  )
})

test('cited answer: finds the nearest passages, and keeps only citations of them', async () => {
  const mock = await offline(() => ({ answer: 'With a dry cloth.', citations: ['abacus#2', 'abacus#9'] }))
  expect(await citedAnswer.run({ ...manuals, top: 2 })).toEqual({
    answer: 'With a dry cloth.',
    citations: [{ id: 'abacus#2', text: expect.stringContaining('dry cloth') }],
  })
  const { messages } = mock.getRequests().find(({ path }) => path.includes('chat'))!.body as never as {
    messages: Message[]
  }
  expect(messages[0]?.content.match(/\[[^\]]+\]/g)).toEqual(['[abacus#2]', '[abacus#1]'])
})

test('long summary: every part is summarized, and the summaries become one', async () => {
  const mock = await offline(({ text }) =>
    text.startsWith('Summarize') ? 'A part.' : `One of ${text.split('A part.').length - 1}.`,
  )
  expect(await longSummary.run(journal)).toBe('One of 4.')
  expect(mock.getRequests()).toHaveLength(5)
})

test('long summary: goes over summaries that are too long once more', async () => {
  let calls = 0
  await offline(({ text }) => {
    calls += 1
    return text.startsWith('Summarize')
      ? calls <= 4
        ? 'Long. '.repeat(700)
        : 'Short.'
      : text.split('\n\n').slice(1).join(' ')
  })
  expect(await longSummary.run(journal)).toBe('Short. Short. Short. Short.')
})

describe('evaluated draft', () => {
  test('goes on until the critic is content, with what the critic said', async () => {
    const mock = await offline(({ text }) => {
      if (text.startsWith('The task was'))
        return text.includes('better') ? { score: 9, feedback: 'Good.' } : { score: 4, feedback: 'Too dry.' }
      return text.includes('Too dry.') ? 'A better text.' : 'A text.'
    })
    expect(await evaluatedDraft.run(task)).toEqual({ ...task, text: 'A better text.', score: 9, feedback: 'Good.' })
    expect(mock.getRequests()).toHaveLength(4)
  })

  test('takes the third draft as it is', async () => {
    const mock = await offline(({ text }) =>
      text.startsWith('The task was') ? { score: 1, feedback: 'No.' } : 'A text.',
    )
    expect(await evaluatedDraft.run(task)).toMatchObject({ score: 1 })
    expect(mock.getRequests()).toHaveLength(6)
  })
})

describe('conversation', () => {
  test('shows the model a window of the history, and gives back all of it', async () => {
    const mock = await offline(({ messages }) => `${messages.length} messages`)
    const history = Array.from({ length: 30 }, (_, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `${at}`,
    }))
    const first = await conversation.run({ history, message: 'And now?' })
    expect(first.reply).toBe('20 messages')
    expect(first.history).toHaveLength(32)
    const second = await conversation.run({ history: first.history, message: 'And then?' })
    expect(second.history.slice(0, 32)).toEqual(first.history)
    const { messages } = mock.getRequests()[0]!.body as never as { messages: Message[] }
    expect(messages.map(({ role }) => role).slice(0, 2)).toEqual(['system', 'user'])
  })

  test('summarizes what is old when it has grown long, and goes on from the summary', async () => {
    await offline(({ text, messages }) =>
      text.startsWith('Summarize') ? 'Ada asked a lot.' : `${messages.length} messages`,
    )
    let history: { role: 'system' | 'user' | 'assistant'; content: string }[] = []
    const replies: string[] = []
    for (let turn = 0; turn < 12; turn++) {
      const said = await summarizedConversation.run({ history, message: `Question ${turn}` })
      history = said.history
      replies.push(said.reply)
    }
    expect(replies.slice(-3)).toEqual(['19 messages', '8 messages', '10 messages'])
    expect(history[0]).toEqual({ role: 'system', content: 'What was said before: Ada asked a lot.' })
  })
})
