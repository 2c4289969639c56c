import { chain, fn, map, receive } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'

eachTestHasAPage()

const box = (path: string) => page.locator(`[data-path="${path}"]`)
const rows = () =>
  page.locator('.item').evaluateAll((all) => all.map((one) => (one as unknown as { ariaLabel: string }).ariaLabel))
const trail = (text: string) => page.getByTestId('trail').filter({ hasText: text }).waitFor()

type Claim = { id: string; sum: number }
const check = fn({
  name: 'check',
  run: async ({ id, sum }: Claim) => {
    if (sum < 0) throw new Error(`${id} is negative`)
    return sum
  },
})
const ask = receive({
  name: 'ask',
  events: { APPROVE: z.object({ note: z.string().optional() }), REJECT: z.object({}) },
})
/** Large sums wait for a person. */
const claim = chain({ name: 'claim', children: [check, ask] })
const claims = chain({ name: 'month', children: [map({ name: 'claims', each: claim, mode: 'settled' })] })
const sums = [5, -1, 7, -2, 9]
const input = sums.map((sum, n): Claim => ({ id: `c${n}`, sum }))

describe('the items of a map', () => {
  test('are named, the failed and the waiting first; each opens with its own chart, and leads back and on', async () => {
    const actor = claims.start(input, { inspect: inspector.inspect })
    await box('month.claims').getByText('5 items').waitFor()
    await box('month.claims').click()
    await expect
      .poll(rows)
      .toEqual([
        '[1] failed id: c1, sum: -1',
        '[3] failed id: c3, sum: -2',
        '[0] waiting id: c0, sum: 5',
        '[2] waiting id: c2, sum: 7',
        '[4] waiting id: c4, sum: 9',
      ])
    await screenshot(page, 'items')
    await page.getByRole('button', { name: '3 waiting' }).click()
    await expect.poll(async () => (await rows()).length).toBe(3)
    await page.locator('[data-item="[2]"]').click()
    await trail('[2] of 5')
    await box('month.claims.each.ask').and(page.locator('[data-status=waiting]')).waitFor()
    await page.getByTestId('judged').filter({ hasText: '7' }).waitFor()
    await page.getByRole('button', { name: 'Next failed' }).click()
    await trail('[3] of 5')
    await box('month.claims.each.check').and(page.locator('[data-status=failed]')).waitFor()
    await page.getByRole('button', { name: 'Next failed' }).click()
    await trail('[1] of 5')
    await page.getByRole('button', { name: 'Next waiting' }).click()
    await trail('[2] of 5')
    await screenshot(page, 'item')
    await page.getByTestId('trail').getByRole('button', { name: 'claims' }).click()
    await expect.poll(() => page.getByTestId('selected-name').textContent()).toBe('claims')
    expect(await page.getByTestId('trail').count()).toBe(0)
    actor.stop()
  })
})
