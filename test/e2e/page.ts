import { type Inspector, startInspector } from 'tinyllm/inspector'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { launch } from './browser.ts'

export let browser: Browser
export let inspector: Inspector
export let page: Page

/** A browser for the tests of a file; for each of them an inspector and its page, which must not complain. */
export function eachTestHasAPage({ readsConsole = false } = {}): void {
  vi.setConfig({ testTimeout: 30_000 })
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    inspector = await startInspector({ port: 0 })
    page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
    complaints.length = 0
    page.on('pageerror', (error) => complaints.push(error.message))
    if (readsConsole) page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(inspector.url)
    await page.getByText('Waiting for a run').waitFor()
  })
  afterEach(async () => {
    await page.close()
    await inspector.close()
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`)
  })
}
