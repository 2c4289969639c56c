import { agent, chain, fn, type ModelRequest } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { toPromise } from 'xstate'
import { z } from 'zod'
import { screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'

eachTestHasAPage()

const box = (path: string) => page.locator(`[data-path="${path}"]`)
const is = (path: string, status: string) =>
  box(path)
    .and(page.locator(`[data-status=${status}]`))
    .waitFor()
const rows = () =>
  page.locator('.item').evaluateAll((all) => all.map((one) => (one as unknown as { ariaLabel: string }).ariaLabel))
const approval = (path: string) => page.locator('article', { hasText: path })
const taken = (path: string) => page.getByTestId('taken').filter({ hasText: path }).waitFor()

type Call = readonly [id: string, name: string, given: object]
/** A model that makes these calls, turn by turn, and then says what the tools told it. */
const calling =
  (...turns: (readonly Call[])[]) =>
  async ({ messages }: ModelRequest) => {
    const calls = turns[messages.filter(({ role }) => role === 'assistant').length]
    if (!calls) {
      const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
      return { role: 'assistant' as const, content: told.join(' | ') }
    }
    const tool_calls = calls.map(([id, name, given]) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(given) },
    }))
    return { role: 'assistant' as const, content: null, tool_calls }
  }

const pay = fn({
  name: 'pay',
  description: 'Pays a sum to somebody.',
  input: z.object({ to: z.string(), n: z.number() }),
  run: ({ to, n }) => `paid ${n} to ${to}`,
})
const look = fn({
  name: 'look',
  description: 'Looks an account up.',
  input: z.object({ of: z.string() }),
  run: ({ of }) => {
    if (of === 'nobody') throw new Error('there is no such account')
    return `${of} has 7`
  },
})
const close = fn({
  name: 'close',
  description: 'Closes an account.',
  input: z.object({ of: z.string() }),
  run: () => 1,
})
const tools = [pay, look, close]
const payments: readonly Call[] = [
  ['c1', 'pay', { to: 'Ada', n: 1 }],
  ['c2', 'pay', { to: 'Bob', n: 2 }],
  ['c3', 'look', { of: 'Cy' }],
]

describe('the calls of an agent', () => {
  test('that ask at once are answered in any order, each by its own form', async () => {
    const clerk = agent({ name: 'clerk', model: calling(payments), tools, approve: ['pay'] })
    const actor = clerk.start('pay', { inspect: inspector.inspect })
    await page.getByText('2 wait for an event').waitFor()
    await is('clerk.act.pay', 'waiting')
    await is('clerk.act.look', 'done')
    await approval('clerk.act[c1].pay').getByText('Ada').waitFor()
    await screenshot(page, 'approvals')
    await approval('clerk.act[c2].pay').getByRole('button', { name: 'Reject' }).click()
    await taken('clerk.act[c2].pay')
    await approval('clerk.act[c2].pay').waitFor({ state: 'detached' })
    expect(actor.getSnapshot().status).toBe('active')
    await page.getByRole('button', { name: 'Approve' }).click()
    await taken('clerk.act[c1].pay')
    expect(await toPromise(actor)).toBe('paid 1 to Ada | A person rejected this call. | Cy has 7')
  })

  test('open as the items of a map do: by the name of the tool and the id, with what became of each', async () => {
    const more: readonly Call[] = [
      ['c4', 'look', { of: 'nobody' }],
      ['c5', 'look', { of: 'Dee' }],
    ]
    const clerk = agent({ name: 'clerk', model: calling(payments, more), tools, approve: ['pay'] })
    const actor = chain({ name: 'desk', children: [clerk] }).start('pay', { inspect: inspector.inspect })
    await box('desk.clerk.act.pay').click()
    await expect.poll(rows).toEqual(['pay c1 waiting to: Ada, n: 1', 'pay c2 waiting to: Bob, n: 2'])
    await page.locator('[data-item="pay c2"]').click()
    await page.getByTestId('trail').filter({ hasText: 'pay c2 of 3 calls' }).waitFor()
    await page.locator('form').getByRole('button', { name: 'Reject' }).click()
    await is('desk.clerk.act.pay', 'rejected')
    await expect.poll(() => page.getByTestId('selected-status').textContent()).toContain('rejected by a person')
    await screenshot(page, 'rejected-call')
    await page.getByRole('button', { name: 'Next waiting' }).click()
    await page.getByTestId('trail').filter({ hasText: 'pay c1 of 3 calls' }).waitFor()
    await page.locator('form').getByRole('button', { name: 'Approve' }).click()
    expect(await toPromise(actor)).toContain('no such account')
    await page.getByTestId('trail').getByRole('button', { name: 'pay' }).click()
    await is('desk.clerk.act.pay', 'rejected')
    await box('desk.clerk.act').click({ position: { x: 60, y: 12 } })
    await expect
      .poll(rows)
      .toEqual([
        'look c4 failed of: nobody',
        'pay c2 rejected to: Bob, n: 2',
        'pay c1 done to: Ada, n: 1',
        'look c3 done of: Cy',
        'look c5 done of: Dee',
      ])
    await is('desk.clerk.act.look', 'failed')
    await screenshot(page, 'calls')
  })

  test('are drawn in tools that say what they do; one that was not called looks as such', async () => {
    const clerk = agent({ name: 'clerk', model: calling([['c1', 'look', { of: 'Cy' }]]), tools, approve: ['close'] })
    expect(await clerk.run('look', { inspect: inspector.inspect })).toBe('Cy has 7')
    await is('clerk.act.look', 'done')
    for (const path of ['clerk.act.pay', 'clerk.act.close']) await is(path, 'idle')
    await box('clerk.act.pay').locator('.facts', { hasText: 'Pays a sum to somebody.' }).waitFor()
    await box('clerk.act.look').locator('.facts', { hasText: '1/1 call' }).waitFor()
    // Nothing was asked of a person.
    const way = (label: string) => page.locator(`[data-way^="${label}"]`)
    for (const label of ['APPROVE', 'REJECT', 'MESSAGE'])
      expect(await way(label).getAttribute('class')).not.toContain('hot')
    for (const label of ['calls', 'results', 'answer']) expect(await way(label).getAttribute('class')).toContain('hot')
    await box('clerk.act.pay').click()
    await expect.poll(() => page.getByTestId('selected-status').textContent()).toContain('not reached')
    expect(await rows()).toEqual([])
  })
})
