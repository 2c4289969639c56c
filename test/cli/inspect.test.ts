import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseJournal } from 'tinyllm/inspector'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { root } from '../tools/repository.ts'
import { launch } from '../e2e/browser.ts'
import { builtCheckout } from './built.ts'

vi.setConfig({ testTimeout: 30_000 })

let checkout: Awaited<ReturnType<typeof builtCheckout>>
beforeAll(async () => {
  checkout = await builtCheckout()
  // Its page, as the build made it.
  const page = 'dist/inspector/page'
  cpSync(join(root, page), join(checkout.folder, page), { recursive: true })
  checkout.write(
    'one.ts',
    `import { fn } from 'tinyllm'\nexport const one = fn({ name: 'one', run: (n: number) => n + 1 })`,
  )
})
afterAll(() => rmSync(checkout.folder, { recursive: true, force: true }))

describe('tinyllm run --inspect', () => {
  test('says where the page is, runs, records, and ends with the run where nobody sits at a terminal', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm([
      'run',
      'one.ts',
      '--input',
      '1',
      '--inspect',
      '--record',
      'run.jsonl',
    ])
    expect(stderr).toMatch(/Inspector: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/)
    expect([code, stdout]).toEqual([0, '2\n'])
    const lines = parseJournal(readFileSync(join(checkout.folder, 'run.jsonl'), 'utf8'))
    expect(lines[0]).toMatchObject({ type: 'run', name: 'one' })
    expect(lines.at(-1)).toMatchObject({ type: 'end', status: 'done' })
  })

  test('alone means the page, wherever it stands', async () => {
    const { code, stderr } = await checkout.tinyllm(['run', '--inspect', 'one.ts', '--input', '1'])
    expect(stderr).toContain('Inspector: http://')
    expect(code).toBe(0)
  })

  test('classic: says where the receivers and the visualiser find it', async () => {
    const { code, stderr } = await checkout.tinyllm(['run', 'one.ts', '--input', '1', '--inspect', 'classic'])
    expect(stderr).toMatch(/Receivers connect to: 127\.0\.0\.1:\d+\/classic\?token=/)
    expect(stderr).toContain('https://stately.ai/viz?inspect&server=127.0.0.1%3A')
    expect(code).toBe(0)
  })

  test('an inspector that is not there is an error that names those that are', async () => {
    const { code, stderr } = await checkout.tinyllm(['run', 'one.ts', '--input', '1', '--inspect=other'])
    expect(stderr).toContain('--inspect does not take other. Give one of page, stately, classic: --inspect page.')
    expect(code).toBe(1)
  })
})

test('a run that waits for a person can be answered in the page', async () => {
  const browser = await launch()
  try {
    const { code, stdout } = await checkout.tinyllm(
      ['run', 'machines/receive.ts', '--inspect', '--input', 'null', '--json'],
      {
        onError: async (text) => {
          const [url] = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(text) ?? []
          if (!url) return false
          const page = await browser.newPage()
          await page.goto(url)
          await page.getByTestId('waiting').waitFor()
          for (const field of await page.locator('.send input[type=text]').all()) await field.fill('Grace')
          await page.getByRole('button', { name: 'Approve' }).click()
          return true
        },
      },
    )
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { output: { type: 'APPROVE' } }])
  } finally {
    await browser.close()
  }
})

describe('tinyllm inspect', () => {
  test('opens a journal, until Ctrl-C', async () => {
    await checkout.tinyllm(['run', 'one.ts', '--input', '1', '--inspect', '--record', 'again.jsonl'])
    const { code, stdout } = await checkout.tinyllm(['inspect', 'again.jsonl'], {
      interrupt: { at: 'stays open', signal: 'SIGINT' },
    })
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=/)
    expect(code).toBe(0)
  })

  test('says what is wrong with a file that is no journal, or not there', async () => {
    checkout.write('notes.txt', 'no journal\nat all\n')
    const notes = await checkout.tinyllm(['inspect', 'notes.txt'])
    expect([notes.code, notes.stderr]).toEqual([1, expect.stringContaining('Line 1 is not a line of a journal')])
    const missing = await checkout.tinyllm(['inspect', 'missing.jsonl'])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('cannot be read')])
  })
})
