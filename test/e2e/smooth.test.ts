import { loop } from 'tinyllm'
import { startInspector } from 'tinyllm/inspector'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launch, screenshot } from './browser.ts'
import { sleep, wide } from './pipelines.ts'

/** One frame of a screen, in ms. */
const FRAME = 16

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** How long the page took to paint, in ms, each time since it was last asked. */
const paints = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const taken = performance.getEntriesByName('tinyllm:paint').map(({ duration }) => duration)
    performance.clearMeasures('tinyllm:paint')
    return taken
  })
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

test('900 functions and 10,000 events stay smooth', { timeout: 120_000 }, async () => {
  const inspector = await startInspector({ port: 0 })
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
  await page.goto(inspector.url)
  const rounds = loop({ name: 'rounds', body: wide(900), until: ({ iteration }) => iteration >= 5, maxIterations: 9 })
  await rounds.run(1, { inspect: inspector.inspect })
  await page.getByTestId('run-status').filter({ hasText: 'done' }).waitFor({ timeout: 60_000 })
  const lines = Number(await page.getByLabel('Time travel').getAttribute('max'))
  expect(lines).toBeGreaterThan(10_000)
  await paints(page)

  // Folded up, as it comes: what it costs to show another state of the run.
  for (let n = 0; n < 30; n++) {
    await page.keyboard.press(n % 2 ? 't' : 'f')
    await sleep(20)
  }
  const folded = await paints(page)
  await page.getByLabel('Time travel').focus()
  for (let n = 0; n < 30; n++) {
    await page.keyboard.press('ArrowLeft')
    await sleep(30)
  }
  const steps = await paints(page)
  await page.keyboard.press('e')
  await sleep(300)
  await paints(page)
  for (let n = 0; n < 10; n++) {
    await page.keyboard.press('ArrowLeft')
    await sleep(60)
  }
  const open = await paints(page)
  await screenshot(page, 'smooth')
  const report = { lines, folded: median(folded), step: median(steps), open: median(open) }
  console.log(`paint, median in ms: ${JSON.stringify(report)}`)
  expect(report.folded).toBeLessThanOrEqual(FRAME)
  expect(report.step).toBeLessThanOrEqual(2 * FRAME)
  await page.close()
  await inspector.close()
})
