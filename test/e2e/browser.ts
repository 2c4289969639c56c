import { copyFileSync, mkdirSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { unpackChromium } from './chromium.ts'

/** Where screenshots are kept; git ignores it. */
const artifacts = new URL('../../artifacts/', import.meta.url)

/** Linux x64 brings its browser along from npm; elsewhere it is the Chrome that is installed. */
export async function launch(): Promise<Browser> {
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64') return await chromium.launch({ channel: 'chrome' })
    const { executable, libraries } = unpackChromium()
    return await chromium.launch({
      executablePath: executable,
      args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--font-render-hinting=none'],
      env: { ...process.env, LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') },
    })
  } catch (error) {
    throw new Error(
      'There is no browser for the tests of the page. On Linux x64 run "npm ci", which brings @sparticuz/chromium; elsewhere install Chrome.',
      { cause: error },
    )
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true })
  await page.screenshot({ path: new URL(`${name}.png`, artifacts).pathname })
}

/** The picture in the README is one of these; `UPDATE_PICTURE=1` takes it anew. */
export async function picture(page: Page): Promise<void> {
  await screenshot(page, 'readme')
  if (!process.env.UPDATE_PICTURE) return
  mkdirSync(new URL('../../.github/', import.meta.url), { recursive: true })
  copyFileSync(new URL('readme.png', artifacts), new URL('../../.github/inspector.png', import.meta.url))
}
