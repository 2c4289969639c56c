import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chain, fn } from 'tinyllm'
import { type Inspector, parseJournal, startInspector } from 'tinyllm/inspector'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createActor, createMachine } from 'xstate'
import type { Browser, Page } from 'playwright-core'
import { launch, screenshot } from './browser.ts'
import { pieces, sleep } from './pipelines.ts'

vi.setConfig({ testTimeout: 30_000 })

let browser: Browser
let inspector: Inspector
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  inspector = await startInspector({ port: 0 })
  page = await browser.newPage({ viewport: { width: 1600, height: 900 }, acceptDownloads: true })
})
afterEach(async () => {
  await page.close()
  await inspector.close()
})

const becomes = (path: string, status: string, on = page) =>
  on.locator(`[data-path="${path}"][data-status="${status}"]`).waitFor()
const runStatus = (text: string, on = page) => on.getByTestId('run-status').filter({ hasText: text }).waitFor()
const three = chain({ name: 'three', children: [pieces.add('one'), pieces.add('two'), pieces.add('last')] })

async function download(item: string): Promise<string> {
  await page.getByText('File', { exact: true }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByText(item).click()])
  return readFileSync(await file.path(), 'utf8')
}

describe('a person who looks back', () => {
  test('goes step by step, and is live again with one key', async () => {
    await page.goto(inspector.url)
    await three.run(1, { inspect: inspector.inspect })
    await runStatus('done')
    await page.keyboard.press('Home')
    await becomes('three.two', 'idle')
    const slider = page.getByLabel('Time travel')
    for (
      let step = 0;
      step < 40 && (await page.locator('[data-path="three.two"]').getAttribute('data-status')) !== 'running';
      step++
    ) {
      await page.keyboard.press('ArrowRight')
      await sleep(30)
    }
    await becomes('three.one', 'done')
    await becomes('three.two', 'running')
    await becomes('three.last', 'idle')
    expect(Number(await slider.inputValue())).toBeLessThan(Number(await slider.getAttribute('max')))
    await page.getByRole('button', { name: 'Go live' }).waitFor()
    await screenshot(page, 'time-travel')
    await page.keyboard.press('l')
    await becomes('three.last', 'done')
    await page.getByRole('button', { name: '● Live' }).waitFor()
  })

  test('goes to an event by its line, and sees who called whom', async () => {
    await page.goto(inspector.url)
    await three.run(1, { inspect: inspector.inspect })
    await runStatus('done')
    await page.getByRole('tab', { name: 'Sequence' }).click()
    await page.locator('.message').first().waitFor()
    await screenshot(page, 'sequence')
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.locator('.event-row', { hasText: 'two → running' }).click()
    await becomes('three.two', 'running')
    await screenshot(page, 'events')
  })

  test('reads what the server of a model told beside the answer', async () => {
    const chat = fn({
      name: 'chat',
      run: (_: string, { emit }) => {
        emit({ type: 'reasoning', delta: 'It rains in Oslo.' })
        emit({ type: 'warning', message: 'seed: it has none' })
        emit({ type: 'source', sourceType: 'url', title: 'Weather', url: 'https://example.org/oslo' })
        emit({ type: 'finish', reason: 'stop', rawReason: 'end_turn' })
        emit({ type: 'response', id: 'resp_1', model: 'm-1', headers: { 'x-request-id': 'r1' } })
        return 'rain'
      },
    })
    await page.goto(inspector.url)
    await chat.run('Oslo?', { inspect: inspector.inspect })
    await runStatus('done')
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.getByRole('button', { name: 'event', exact: true }).click()
    const rows = page.locator('.event-row')
    await rows.nth(4).waitFor()
    expect((await rows.allTextContents()).map((row) => row.replace(/^.*?event/, ''))).toEqual([
      'chat reasoning: "It rains in Oslo."',
      'chat warning: seed: it has none',
      'chat source: Weather https://example.org/oslo',
      'chat finish: stop (end_turn)',
      'chat response: m-1 resp_1',
    ])
    expect(await rows.nth(4).locator('span').last().getAttribute('title')).toContain('"x-request-id":"r1"')
  })

  test('reloads, comes late, or comes twice: the whole run is there', async () => {
    await three.run(1, { inspect: inspector.inspect })
    await page.goto(inspector.url)
    await runStatus('done')
    await page.reload()
    await runStatus('done')
    expect(page.url()).not.toContain('token')
    const second = await browser.newPage()
    await second.goto(inspector.url)
    await becomes('three.last', 'done', second)
    await second.close()
  })

  test('keeps what she has seen when the program ends', async () => {
    await page.goto(inspector.url)
    await three.run(1, { inspect: inspector.inspect })
    await runStatus('done')
    await inspector.close()
    await page.getByText('disconnected').waitFor()
    await becomes('three.last', 'done')
    await page.locator('[data-path="three.two"]').click()
    await page.getByTestId('output').filter({ hasText: '3' }).waitFor()
  })
})

describe('a run that is handed on', () => {
  test('as one HTML file shows itself without a server and without a network', async () => {
    await page.goto(inspector.url)
    const name = '</script><img src=x onerror=alert(1)>'
    await chain({ name: 'exported', children: [fn({ name: 'say', run: (text: string) => text })] }).run(name, {
      inspect: inspector.inspect,
    })
    await runStatus('done')
    const html = await download('Export as HTML')
    const file = join(tmpdir(), `tinyllm-export-${process.pid}.html`)
    writeFileSync(file, html)
    await inspector.close()
    const alone = await browser.newPage()
    const asked: string[] = []
    alone.on('request', (request) => /^https?:/.test(request.url()) && asked.push(request.url()))
    await alone.goto(`file://${file}`)
    await becomes('exported.say', 'done', alone)
    await alone.locator('[data-path="exported.say"]').click()
    await alone.getByTestId('output').filter({ hasText: 'onerror' }).waitFor()
    expect(asked).toEqual([])
    await screenshot(alone, 'exported')
    await alone.close()
    // The journal in it can be read again.
    expect(parseJournal(html)[0]).toMatchObject({ type: 'run', name: 'exported' })
  })

  test('as a journal opens in another inspector', async () => {
    await page.goto(inspector.url)
    await three.run(1, { inspect: inspector.inspect })
    await runStatus('done')
    const other = await startInspector({ port: 0, journal: parseJournal(await download('Export the journal')) })
    await page.goto(other.url)
    await becomes('three.last', 'done')
    await other.close()
  })
})

test('two runs are compared function by function', async () => {
  await page.goto(inspector.url)
  await three.run(1, { inspect: inspector.inspect })
  await three.run(5, { inspect: inspector.inspect })
  await runStatus('done')
  await page.keyboard.press('4')
  await page.getByLabel('Other run').selectOption('r1')
  await page.getByTestId('compare').getByText('three.one').click()
  expect(await page.locator('.compare tr.differs').count()).toBeGreaterThan(2)
  expect(await page.locator('.sides .value').allTextContents()).toEqual(['6', '2'])
  await screenshot(page, 'compare')
})

test('a machine that is not ours is laid out, lit and can be talked to', async () => {
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  const light = createMachine({
    id: 'light',
    initial: 'red',
    context: { rounds: 0 },
    states: {
      red: { on: { GO: 'green', BREAK: 'broken' } },
      green: { on: { SLOW: 'yellow' } },
      yellow: {
        type: 'parallel',
        states: { lamp: { initial: 'on', states: { on: { on: { BLINK: 'off' } }, off: {} } }, bell: {} },
        on: { STOP: 'red' },
      },
      broken: { type: 'final' },
    },
  })
  const actor = createActor(light, { inspect: inspector.inspect }).start()
  actor.send({ type: 'GO' })
  await page.goto(inspector.url)
  await page.locator('[data-path="green"][data-status="waiting"]').waitFor()
  await page.locator('.label', { hasText: 'BREAK' }).waitFor()
  await screenshot(page, 'foreign')
  await page.getByRole('button', { name: 'Slow' }).click()
  await page.locator('[data-path="yellow"][data-status="running"]').waitFor()
  expect(actor.getSnapshot().matches('yellow')).toBe(true)
  // What its events hold is not known: it may be written as JSON.
  const heard: object[] = []
  const sent = actor.system.inspect((event) => event.type === '@xstate.event' && heard.push(event.event))
  const stop = page.locator('form[data-event=STOP]')
  await stop.getByLabel('data').fill('7')
  await stop.getByRole('button').click()
  await stop.getByText('JSON object').waitFor()
  await stop.getByLabel('data').fill('{ "hard": true }')
  await stop.getByRole('button').click()
  await page.locator('[data-path="red"][data-status="waiting"]').waitFor()
  expect(heard).toContainEqual({ type: 'STOP', hard: true })
  sent.unsubscribe()
  actor.stop()
  expect(complaints).toEqual([])
})

test('the dark page, the help and the keyboard', async () => {
  await page.goto(inspector.url)
  await three.run(1, { inspect: inspector.inspect })
  await runStatus('done')
  await page.keyboard.press('t')
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.getByTestId('selected-name').filter({ hasText: 'one' }).waitFor()
  await page.keyboard.press('e')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await screenshot(page, 'dark')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})
