import { chain, decision, fallback, fn, loop, map, parallel, pass, receive } from 'tinyllm'
import { badSample, creditAnalysis } from 'tinyllm/machines/credit-analysis'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { picture, screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'
import { pieces, sleep, speaking, wide } from './pipelines.ts'

eachTestHasAPage({ readsConsole: true })

const box = (path: string) => page.locator(`[data-path="${path}"]`)
const becomes = (path: string, status: string) =>
  page.locator(`[data-path="${path}"][data-status="${status}"]`).waitFor()
const runStatus = (text: string) => page.getByTestId('run-status').filter({ hasText: text }).waitFor()

describe('a person who looks at the page', () => {
  test('sees the credit application take its way, with the words of the model as they come', async () => {
    const credit = creditAnalysis
      .override('creditAnalysis.deciding.chat', async () => (await sleep(2500), 'bad'))
      .override(
        'creditAnalysis.bad.furtherAnalysis.chat',
        speaking('The applicant missed payments and has no income; the loan would only pay older debts. ', 6000),
      )
    const run = credit.run(badSample, { inspect: inspector.inspect })
    await becomes('creditAnalysis.deciding.chat', 'running')
    await becomes('creditAnalysis.bad.furtherAnalysis.chat', 'running')
    await becomes('creditAnalysis.deciding', 'done')
    await becomes('creditAnalysis.bad.emailNotification', 'done')
    await box('creditAnalysis.bad.furtherAnalysis.chat').getByText('missed payments').waitFor()
    await page.getByTestId('streaming').waitFor()
    await screenshot(page, 'credit-live')
    await page.setViewportSize({ width: 1320, height: 780 })
    await page.getByRole('button', { name: 'Fit' }).click()
    await sleep(450)
    await picture(page)
    await run
    await runStatus('done')
    expect(await box('creditAnalysis.good').getAttribute('data-status')).toBe('idle')
    expect(await page.getByTestId('run-usage').textContent()).toContain('tokens')
    await screenshot(page, 'credit-done')
  })

  test('sees which region failed, which was stopped by that, and why', async () => {
    const shop = parallel({
      name: 'order',
      children: {
        charge: fn({
          name: 'charge',
          run: async (_: string): Promise<string> => {
            await sleep(2500)
            throw new Error('the card was declined')
          },
        }),
        reserve: pieces.slow('reserve', 60_000),
        mail: pieces.slow('mail', 50),
      },
    })
    const run = shop.safeRun('book', { inspect: inspector.inspect })
    await becomes('order.charge', 'running')
    await run
    await becomes('order.charge', 'failed')
    await becomes('order.reserve', 'stopped')
    await becomes('order.mail', 'done')
    await runStatus('failed')
    await box('order.charge').click()
    await page.getByTestId('error').getByText('the card was declined').waitFor()
    // Not by colour alone: a sign and a border say it too.
    expect(await box('order.charge').locator('.sign').textContent()).toBe('✕')
    expect(await box('order.charge').getAttribute('aria-label')).toContain('failed')
    await screenshot(page, 'parallel-failure')
  })

  test('sees a retry wait, and which try it is', async () => {
    let calls = 0
    let answer = () => {}
    const fetch = fn({
      name: 'fetch',
      // Long enough for a page on a busy machine to show it.
      retry: { attempts: 3, backoff: { initial: 4000 } },
      run: async (_: string) => {
        calls++
        if (calls < 2) throw new Error('busy')
        await new Promise<void>((resolve) => (answer = resolve))
        return 'page'
      },
    })
    const run = chain({ name: 'crawl', children: [fetch, pieces.slow('parse', 50)] }).run('url', {
      inspect: inspector.inspect,
    })
    await becomes('crawl.fetch', 'retrying')
    await screenshot(page, 'retry-waiting')
    await becomes('crawl.fetch', 'running')
    await box('crawl.fetch').getByText('try 2').waitFor()
    answer()
    await run
    await becomes('crawl.fetch', 'done')
    await box('crawl.fetch').click()
    await page.getByTestId('fact-attempts').filter({ hasText: '2' }).waitFor()
    await page.locator('.bar-waitingToRetry').first().waitFor()
  })

  test('sees 200 items of a map as a stack that fills up', async () => {
    const each = fn({ name: 'score', run: async (n: number) => (await sleep(20 + (n % 7) * 30), n * 2) })
    const scores = chain({
      name: 'scoring',
      children: [map({ name: 'scores', each, concurrency: 20 }), pieces.slow('sum', 100)],
    })
    const run = scores.run(
      Array.from({ length: 200 }, (_, n) => n),
      { inspect: inspector.inspect },
    )
    await box('scoring.scores')
      .getByText(/\/200 items/)
      .waitFor()
    await screenshot(page, 'map-live')
    await run
    await box('scoring.scores').getByText('200/200 items').waitFor()
    await box('scoring.scores').click()
    await page.getByTestId('items').waitFor()
    await page.locator('.item-done').nth(199).waitFor()
    await screenshot(page, 'map-done')
  })

  test('sees what a leaf runs below it, with the words of its model', async () => {
    const classify = chain({
      name: 'classify',
      children: [pieces.slow('prepare', 20), fn({ name: 'chat', run: speaking('a long answer in words', 1500) })],
    })
    const answer = fn({ name: 'answer', run: (question: string, ctx) => ctx.run(classify, question) })
    const run = chain({ name: 'support', children: [answer] }).run('Why?', { inspect: inspector.inspect })
    await becomes('support.answer', 'running')
    await page.getByTestId('streaming').filter({ hasText: 'a long' }).waitFor()
    await page.locator('.bar-name').filter({ hasText: 'classify › chat' }).waitFor()
    await run
    await runStatus('done')
    await box('support.answer').click()
    await page.getByTestId('items').getByText('classify').click()
    await becomes('support.answer.classify.chat', 'done')
  })

  test('approves in the page: the form is made from the schema of the event', async () => {
    const approval = receive({
      name: 'approval',
      events: {
        APPROVE: z.object({ by: z.string(), amount: z.number() }),
        REJECT: z.object({ reason: z.enum(['risk', 'policy']) }),
      },
    })
    const loan = chain({ name: 'loan', children: [pieces.slow('check', 50), approval, pieces.slow('pay', 50)] })
    const run = loan.run('Ada', { inspect: inspector.inspect })
    await becomes('loan.approval', 'waiting')
    await runStatus('waiting')
    await screenshot(page, 'approval-waiting')
    await page.locator('input[name=by]').fill('Grace')
    await page.locator('input[name=amount]').fill('1200')
    await page.getByRole('button', { name: 'Approve' }).click()
    await becomes('loan.pay', 'done')
    await runStatus('done')
    await run
    await box('loan.approval').click()
    await page.getByTestId('output').getByText('Grace').waitFor()
    expect(await page.getByTestId('output').textContent()).toContain('1200')
  })

  test('finds her way in a chart of 900 functions', async () => {
    const large = wide(900)
    const run = large.run(1, { inspect: inspector.inspect })
    await runStatus('done')
    await run
    // It is folded up so far that it can be read.
    expect(await page.locator('.box').count()).toBeLessThan(120)
    await page.locator('.minimap').waitFor({ state: 'attached' })
    await screenshot(page, 'large-folded')
    await page.keyboard.press('/')
    await page.getByLabel('Search states').fill('step77')
    await page.keyboard.press('Enter')
    await page.getByTestId('selected-name').getByText('step77').first().waitFor()
    await screenshot(page, 'large-found')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Expand' }).click()
    await page.locator('.box').nth(900).waitFor({ state: 'attached' })
    await page.getByRole('button', { name: 'Fit' }).click()
    await sleep(800)
    await screenshot(page, 'large-open')
  })

  test('sees loops and fallbacks as what they are', async () => {
    const better = loop({
      name: 'refine',
      body: pieces.add('improve'),
      until: ({ value }) => value >= 3,
      maxIterations: 9,
    })
    const plan = fallback({
      name: 'answer',
      children: [
        fn({
          name: 'large',
          run: async (_: number): Promise<number> => {
            throw new Error('overloaded')
          },
        }),
        pieces.add('small'),
      ],
    })
    const way = decision({ name: 'way', decide: () => 'long' as const, branches: { long: plan, short: pass() } })
    await chain({ name: 'kinds', children: [better, way] }).run(0, { inspect: inspector.inspect })
    await runStatus('done')
    await becomes('kinds.way.long.large', 'failed')
    await becomes('kinds.way.long.small', 'done')
    await page.getByText('if it fails').waitFor()
    await page.getByText('again', { exact: true }).waitFor()
    await box('kinds.refine.body').getByText('3×').waitFor()
    // The user's own names stand beside the keys, and of the ways out the one that was taken is lit.
    await box('kinds.refine.body').getByText('body: improve', { exact: true }).waitFor()
    await box('kinds.way.long').getByText('long: answer', { exact: true }).waitFor()
    await expect
      .poll(() => box('kinds.refine.body').locator('title').textContent())
      .toBe('kinds.refine.body: improve: done')
    await expect.poll(() => page.locator('.way.hot').count()).toBe(5)
    await box('kinds.refine.body').click()
    await expect.poll(() => page.getByTestId('selected-name').textContent()).toBe('body: improve')
    await page.locator('.bar-name', { hasText: 'refine › body: improve' }).waitFor()
    await screenshot(page, 'kinds')
  })
})
