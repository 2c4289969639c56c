import { chain, receive } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'
import { pieces } from './pipelines.ts'

eachTestHasAPage()

const form = (type: string) => page.locator(`form[data-event="${type}"]`)
const problemAt = (name: string) =>
  page.locator(`[name="${name}"]`).evaluate((input: { getAttribute(name: string): string | null }) => {
    const ids = input.getAttribute('aria-describedby')?.split(' ') ?? []
    const { document } = globalThis as unknown as { document: { getElementById(id: string): { textContent: string } } }
    return [input.getAttribute('aria-invalid'), ids.map((id) => document.getElementById(id).textContent).join(' ')]
  })

const order = receive({
  name: 'review',
  events: {
    CHANGE_ORDER: z.object({
      customer: z.object({ name: z.string().describe('As it is in the contract.'), city: z.string().optional() }),
      lines: z.array(z.object({ sku: z.string(), count: z.int().min(1).max(99) })).min(1),
      priority: z.enum(['low', 'high']),
      gift: z.boolean(),
      note: z.string().optional(),
      discount: z.number().min(0).optional(),
      payment: z.discriminatedUnion('type', [
        z.object({ type: z.literal('card'), last4: z.string().regex(/^\d{4}$/) }),
        z.object({ type: z.literal('invoice'), days: z.int() }),
      ]),
    }),
    REJECT: z.object({ reason: z.string().min(3) }),
  },
})
const flow = chain({ name: 'orders', children: [order, pieces.slow('ship', 5)] })

describe('the form for what waits', () => {
  test('shows what is to be judged, as fields and texts', async () => {
    const actor = flow.start(
      { customer: { name: 'Ada' }, letter: 'Dear all,\nplease.', items: ['a', 'b'], paid: true },
      { inspect: inspector.inspect },
    )
    const judged = page.getByTestId('judged')
    await judged.getByText('please.').waitFor()
    const text = await judged.innerText()
    expect(text).toContain('Dear all,\nplease.')
    expect(text).toContain('a, b')
    expect(text).not.toMatch(/[{}"]|\\n/)
    const [above, fields] = [await judged.boundingBox(), await form('CHANGE_ORDER').boundingBox()]
    expect(above!.y + above!.height).toBeLessThanOrEqual(fields!.y)
    actor.stop()
  })

  test('has one section for each event, of which the no does not stand out', async () => {
    const actor = flow.start('x', { inspect: inspector.inspect })
    await form('CHANGE_ORDER').waitFor()
    expect(await form('CHANGE_ORDER').getByRole('button', { name: 'Change order' }).getAttribute('class')).toBe(
      'primary',
    )
    expect(await form('REJECT').getByRole('button', { name: 'Reject' }).getAttribute('class')).not.toContain('primary')
    expect(await form('REJECT').locator('[name]').count()).toBe(1)
    actor.stop()
  })

  test('decides nothing, and says at each field what is wrong with it', async () => {
    const sent: unknown[] = []
    const actor = flow.start('x', { inspect: inspector.inspect })
    actor.on('refused', (event) => sent.push(event))
    await form('CHANGE_ORDER').waitFor()
    for (const name of ['priority', 'gift']) expect(await page.locator(`[name="${name}"]`).inputValue()).toBe('')
    await page.getByRole('button', { name: 'Change order' }).click()
    expect(await problemAt('customer.name')).toEqual(['true', 'As it is in the contract. This is required.'])
    expect(await problemAt('priority')).toEqual(['true', 'This is required.'])
    expect(await form('CHANGE_ORDER').innerText()).toContain('Add at least 1 item.')
    // The first one that is wrong has the focus.
    expect(await page.locator(':focus').getAttribute('name')).toBe('customer.name')
    await page.getByRole('button', { name: 'Add to lines' }).click()
    expect(await page.locator(':focus').getAttribute('name')).toBe('lines.0.sku')
    expect(await page.locator('[name="lines.0.count"]').getAttribute('max')).toBe('99')
    expect(await page.locator('[name="lines.0.count"]').getAttribute('required')).not.toBeNull()
    await page.locator('[name="lines.0.count"]').fill('100')
    await page.getByRole('button', { name: 'Change order' }).click()
    expect(await problemAt('lines.0.count')).toEqual(['true', 'This must be at most 99.'])
    await screenshot(page, 'form-problems')
    expect(sent).toEqual([])
    actor.stop()
  })

  test('sends nested objects, lists, choices and alternatives, and leaves out what is not filled in', async () => {
    const actor = order.start('x', { inspect: inspector.inspect })
    await page.getByLabel('name').fill('Ada')
    await page.getByRole('button', { name: 'Add to lines' }).click()
    await page.locator('[name="lines.0.sku"]').fill('a1')
    await page.locator('[name="lines.0.count"]').fill('2')
    await page.getByRole('button', { name: 'Add to lines' }).click()
    await page.getByRole('button', { name: 'Remove lines 2' }).click()
    await page.getByLabel('priority').selectOption('high')
    await page.getByLabel('gift').selectOption('no')
    await page.getByLabel('kind of payment').selectOption('card')
    await page.getByLabel('last4').fill('123')
    await page.getByRole('button', { name: 'Change order' }).click()
    expect(await problemAt('payment.last4')).toEqual(['true', String.raw`This must match ^\d{4}$.`])
    await page.getByLabel('last4').fill('1234')
    await screenshot(page, 'form-filled')
    await page.getByRole('button', { name: 'Change order' }).click()
    await page.getByTestId('taken').filter({ hasText: 'CHANGE_ORDER' }).waitFor()
    await expect.poll(() => actor.getSnapshot().status).toBe('done')
    expect(actor.getSnapshot().output).toEqual({
      type: 'CHANGE_ORDER',
      customer: { name: 'Ada' },
      lines: [{ sku: 'a1', count: 2 }],
      priority: 'high',
      gift: false,
      payment: { type: 'card', last4: '1234' },
    })
  })

  test('says that an event was refused, and why; the run waits on', async () => {
    const even = z.object({ n: z.number().refine((n) => n % 2 === 0, 'must be even') })
    const actor = receive({ name: 'ask', events: { OK: even } }).start(undefined, { inspect: inspector.inspect })
    await page.locator('[name=n]').fill('3')
    await page.getByRole('button', { name: 'Ok' }).click()
    const refused = form('OK').getByRole('alert')
    await refused.filter({ hasText: 'must be even' }).waitFor()
    expect(await refused.innerText()).toContain('invalid')
    expect(await page.getByText('no longer reachable').count()).toBe(0)
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.getByRole('button', { name: 'refused', exact: true }).click()
    await page.locator('.event-row', { hasText: 'must be even' }).waitFor()
    await page.getByRole('tab', { name: 'State' }).click()
    // What was filled in is still there.
    expect(await page.locator('[name=n]').inputValue()).toBe('3')
    await page.locator('[name=n]').fill('4')
    await page.getByRole('button', { name: 'Ok' }).click()
    await page.getByTestId('taken').waitFor()
    await expect.poll(() => actor.getSnapshot().output).toEqual({ type: 'OK', n: 4 })
  })
})
