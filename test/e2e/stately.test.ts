import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Inspector, startInspector } from 'tinyllm/inspector'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Browser } from 'playwright-core'
import { root } from '../tools/repository.ts'
import { launch, screenshot } from './browser.ts'

vi.setConfig({ testTimeout: 60_000 })

// An app of somebody's own, on a server of its own, with the client as it comes from npm.
const app = `
import { createWebSocketInspector } from '@statelyai/inspect'
import { chain } from ${JSON.stringify(`${root}src/index.ts`)}
const url = decodeURIComponent(location.hash.slice(1))
const { inspect } = createWebSocketInspector({ url, serializationDepthLimit: 64 })
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const pipeline = chain({ name: 'inBrowser', children: [async function first(n) { await wait(300); return n + 1 }, async function second(n) { await wait(300); return n * 2 }] })
await wait(500)
document.title = String(await pipeline.run(1, { inspect }))
`

let browser: Browser
let inspector: Inspector
let server: Server
beforeAll(async () => {
  browser = await launch()
  inspector = await startInspector({ port: 0 })
  const bundle = await rolldown({
    input: 'app',
    cwd: root,
    platform: 'browser',
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === 'app' ? `${root}app.js` : undefined),
        load: (id) => (id === `${root}app.js` ? app : undefined),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
    response.end(isScript ? output[0].code : '<script type="module" src="/app.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await browser?.close()
  server?.close()
  await inspector?.close()
})

test('an app in another page is shown here through the unchanged client of Stately', async () => {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
  await page.goto(inspector.url)
  const other = await browser.newPage()
  await other.goto(
    `http://localhost:${(server.address() as AddressInfo).port}/#${encodeURIComponent(inspector.stately)}`,
  )
  await page.locator('[data-path="inBrowser.second"][data-status="done"]').waitFor()
  await page.getByTestId('run-status').filter({ hasText: 'done' }).waitFor()
  await page.locator('[data-path="inBrowser.second"]').click()
  await page.getByTestId('input').filter({ hasText: '2' }).waitFor()
  await screenshot(page, 'stately')
  expect(await other.title()).toBe('4')
})
