import { describe, expect, test, vi } from 'vitest'
import { toPromise, waitFor } from 'xstate'
import { waits } from 'tinyllm'
import { extractor, sample as invoice } from '../../machines/extractor.ts'
import { researcher, sample as question } from '../../machines/researcher.ts'
import { sample as complaint, supportAgent } from '../../machines/support-agent.ts'
import { sample as proposal, supervisor } from '../../machines/supervisor.ts'
import { mockServer } from '../adapters/openai/server.ts'

type Message = { role: string; content: string; tool_calls?: { function: { name: string } }[] }
type Asked = { system: string; messages: Message[]; results: string[] }
type Said = string | [name: string, given: object][]

/** The machines as they are, with a server in place of OpenAI's: the script answers in words, or with calls of tools. */
async function offline(script: (asked: Asked) => Said) {
  const { mock, access } = await mockServer()
  mock.on({}, ({ messages }) => {
    const all = messages as Message[]
    const results = all.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
    const said = script({ system: String(all[0]?.content), messages: all, results })
    if (typeof said === 'string') return { content: said }
    return { toolCalls: said.map(([name, given]) => ({ name, arguments: JSON.stringify(given) })) }
  })
  vi.stubEnv('OPENAI_API_KEY', access.apiKey)
  vi.stubEnv('OPENAI_BASE_URL', access.baseURL)
  return mock
}

describe('support agent', () => {
  const both: (asked: Asked) => Said = ({ results }) => {
    if (results.length === 0) return [['lookUpOrder', { order: 'A-17' }]]
    if (results.length > 1) return results.slice(1).join(' | ')
    return [
      ['refund', { order: 'A-17', amount: 42 }],
      ['sendParcel', { order: 'A-17', product: 'abacus' }],
    ]
  }
  const asked = async () => {
    await offline(both)
    const actor = supportAgent.start(complaint, { id: 'run-1' })
    await waitFor(actor, (state) => waits(state).length === 2)
    const ids = Object.fromEntries(waits(actor.getSnapshot()).map(({ call }) => [call?.name, call?.id]))
    return { actor, refund: String(ids.refund), parcel: String(ids.sendParcel) }
  }

  test('asks about both calls at once, and runs each as it was decided', async () => {
    const { actor, refund, parcel } = await asked()
    actor.send({ type: 'REJECT', id: parcel, reason: 'Out of stock.' })
    actor.send({ type: 'APPROVE', id: refund, arguments: { order: 'A-17', amount: 30 } })
    const [paid, sent] = (await toPromise(actor)).split(' | ')
    expect(paid).toContain('A person changed the arguments of this call to {"order":"A-17","amount":30}.')
    expect(paid).toMatch(/"refunded":30,"reference":"run-1:supportAgent\.act.*\.refund/)
    expect(sent).toBe('A person rejected this call. Their reason: Out of stock.')
  })

  test('does nothing of a turn that a person ends', async () => {
    const { actor, refund } = await asked()
    actor.subscribe({ error: () => {} })
    actor.send({ type: 'REJECT', id: refund, reason: 'A fraud.', end: true })
    await expect(toPromise(actor)).rejects.toMatchObject({ code: 'rejected', path: 'supportAgent' })
  })

  test('asks no one about a small refund', async () => {
    await offline(({ results }) => (results.length === 0 ? [['refund', { order: 'A-17', amount: 5 }]] : results[0]!))
    expect(await supportAgent.run(complaint)).toContain('"refunded":5')
  })
})

test('researcher: a long conversation becomes notes once, and the model goes on from them', async () => {
  const page = 'a'.repeat(9000)
  const mock = await offline(({ system, messages, results }) => {
    if (system.startsWith('Take notes')) return `Harel, 1987 (from ${messages[1]!.content.length > 40_000}).`
    if (messages.at(-1)?.content.startsWith('Your notes so far')) return messages.at(-1)!.content
    return [...Array(3).keys()].map((at): [string, object] => ['search', { query: `${results.length + at} ${page}` }])
  })
  expect(await researcher.run(question)).toBe('Your notes so far:\nHarel, 1987 (from true).')
  const bodies = mock.getRequests().map(({ body }) => (body as never as { messages: Message[] }).messages)
  expect(bodies.map((messages) => messages.length)).toEqual([2, 6, 2, 3])
  expect(bodies.at(-1)?.map(({ role }) => role)).toEqual(['system', 'user', 'user'])
  expect(bodies.at(-1)?.[1]?.content).toBe(question)
})

test('supervisor: its agents work at the same time, each with its own tools', async () => {
  await offline(({ system, results }) => {
    if (system.includes('You lead')) {
      if (results.length === 3) return results.join(' ')
      return ['lawyer', 'engineer', 'accountant'].map((name) => [name, { input: 'The search service?' }])
    }
    if (results.length > 0) return results.join(' ')
    if (system.includes('a lawyer')) return [['findClause', { subject: 'The size of a service' }]]
    return [[system.includes('an engineer') ? 'measureLoad' : 'monthlyCost', { service: 'search' }]]
  })
  const calls: string[] = []
  const run = supervisor.stream(proposal)
  for await (const event of run) {
    if (event.type === 'toolCall') calls.push(`+${event.name}`)
    if (event.type === 'toolResult') calls.push(`-${event.name}`)
    if (event.type === 'output') {
      expect(event.output).toBe(
        '§ 7: The size of a service may be changed with a notice of 30 days. {"service":"search","percent":38} {"service":"search","euros":1200}',
      )
    }
  }
  expect(calls.slice(0, 3)).toEqual(['+lawyer', '+engineer', '+accountant'])
  expect(calls).toHaveLength(12)
})

test('extractor: what does not fit goes back to the model, words are not taken, and the data is the output', async () => {
  const right = {
    customer: 'C-1815',
    lines: [
      { product: 'abacus', count: 3, price: 42 },
      { product: 'slide rule', count: 1, price: 19.5 },
    ],
    total: 145.5,
  }
  const told: string[] = []
  await offline(({ messages, results }) => {
    told.push(messages.at(-1)!.content)
    if (results.length === 0) return [['findCustomer', { name: 'Ada Lovelace' }]]
    if (results.length === 1 && messages.at(-1)?.role === 'tool') return 'The total is 145.50.'
    return [['submit', results.length === 1 ? { ...right, total: 14.55 } : right]]
  })
  expect(await extractor.run(invoice)).toEqual(right)
  expect(told.slice(1)).toEqual([
    '{"customer":"C-1815"}',
    'Answer by calling submit: an answer in words is not read.',
    'Error: the arguments do not fit: total: the lines do not add up to it. Fix them and call again.',
  ])
})
