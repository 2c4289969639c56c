import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { promptEvent, showWait } from '../../../src/cli/prompts/prompt-event.ts'
import type { PromptedWait } from '../../../src/cli/prompts/prompted-wait.ts'
import { scripted } from './scripted.ts'

const form = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>
const text = { type: 'string' }

/** The event that a wait is answered with by these lines, and what was said. */
async function answer(wait: PromptedWait, lines: readonly string[], others: readonly PromptedWait[] = []) {
  const person = scripted(lines)
  showWait(person, wait)
  const event = await promptEvent(person, wait, others)
  expect(person.left).toEqual([])
  return { event, said: person.said }
}

describe('a wait', () => {
  test('shows where the run waits, for what, and what is to be judged', async () => {
    const events = { OK: form(z.object({ by: z.string() })), NO: form(z.object({})) }
    const wait = { path: 'many[3].ask', events, input: { order: 'A-17', lines: ['abacus'] } }
    const { event, said } = await answer(wait, ['2'])
    expect(event).toEqual({ type: 'NO', path: 'many[3].ask' })
    expect(said).toBe(`
? many[3].ask waits for OK or NO
  order: A-17
  lines:
    - abacus
  event:
    1) OK
    2) NO
  event (1-2): 2
`)
  })

  test('whose event has no JSON Schema takes the fields as JSON', async () => {
    const wait = { path: 'ask', events: { OK: {} } }
    expect((await answer(wait, ['no', '{"a":1}'])).event).toEqual({ type: 'OK', path: 'ask', a: 1 })
    expect((await answer(wait, [''])).event).toEqual({ type: 'OK', path: 'ask' })
  })

  test('keeps its type and its path, whatever a payload says', async () => {
    const wait = { path: 'ask', events: { OK: {} } }
    const { event } = await answer(wait, ['{"type":"NO","path":"other"}'])
    expect(event).toEqual({ type: 'OK', path: 'ask' })
  })
})

describe('an approval', () => {
  const refund = form(z.object({ order: z.string(), amount: z.number().describe('In euros.') }))
  const wait: PromptedWait = {
    path: 'shop.act[call_1].refund',
    events: {
      APPROVE: { type: 'object', properties: { id: text, ids: {}, arguments: refund } },
      REJECT: { type: 'object', properties: { id: text, ids: {}, reason: text, end: { type: 'boolean' } } },
    },
    input: { order: 'A-17', amount: 500 },
    call: { id: 'call_1', name: 'refund', turn: 1 },
  }
  const about = { path: 'shop.act[call_1].refund', id: 'call_1' }

  test('shows the call, and is given', async () => {
    const { event, said } = await answer(wait, ['1'])
    expect(event).toEqual({ type: 'APPROVE', ...about })
    expect(said).toBe(`
? shop.act[call_1].refund waits for your approval of refund
  refund would run with:
    order: A-17
    amount: 500
  refund:
    1) approve
    2) reject
    3) edit the arguments, then approve
    4) reject, and end the agent
  refund (1-4): 1
`)
  })

  test('is refused, with a reason or without', async () => {
    expect((await answer(wait, ['reject', 'too much'])).event).toEqual({ type: 'REJECT', ...about, reason: 'too much' })
    expect((await answer(wait, ['2', ''])).event).toEqual({ type: 'REJECT', ...about })
    expect((await answer(wait, ['4', ''])).event).toEqual({ type: 'REJECT', ...about, end: true })
  })

  test('is given with other arguments: each by its field, kept where nothing is typed', async () => {
    const { event, said } = await answer(wait, ['3', '', '5'])
    expect(event).toEqual({ type: 'APPROVE', ...about, arguments: { order: 'A-17', amount: 5 } })
    expect(said).toContain('  In euros.\n  amount (number; empty keeps 500): 5\n')
  })

  test('of a tool that takes a text: that is edited as a whole', async () => {
    const events = { ...wait.events, APPROVE: { type: 'object', properties: { id: text, arguments: text } } }
    const { event } = await answer({ ...wait, events, input: 'Hi' }, ['3', 'Hello'])
    expect(event).toEqual({ type: 'APPROVE', ...about, arguments: 'Hello' })
  })

  test('of one of several: all of its agent can be approved at once, or another one be answered first', async () => {
    const other = { ...wait, path: 'shop.act[call_2].refund', call: { id: 'call_2', name: 'refund', turn: 1 } }
    const elsewhere = { ...wait, path: 'desk.act[call_1].refund' }
    const all = await answer(wait, ['5'], [other, elsewhere])
    expect(all.said).toContain('5) approve all 2 calls that wait\n    6) answer another one first\n')
    expect(all.event).toEqual({ type: 'APPROVE', path: 'shop', ids: 'all' })
    expect((await answer(wait, ['6'], [other])).event).toBeUndefined()
    expect((await answer(wait, ['5'], [elsewhere])).event).toBeUndefined()
  })
})
