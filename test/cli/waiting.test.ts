import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
beforeAll(async () => {
  checkout = await builtCheckout()
  checkout.write('wait.ts', wait)
  checkout.write('answers.json', '[{ "type": "ORDER", "by": "Grace", "n": 3 }, { "type": "GO" }]')
})
afterAll(() => rmSync(checkout.folder, { recursive: true, force: true }))

const wait = `
import { fn, parallel, receive } from 'tinyllm'
import { z } from 'zod'
const order = receive({ name: 'order', events: {
  ORDER: z.object({ by: z.string(), n: z.number().optional() }),
  NO: z.object({}),
} })
export const both = parallel({ name: 'both', children: {
  work: fn({ name: 'work', run: () => new Promise((resolve) => setTimeout(resolve, 20)) }),
  order,
  week: receive({ name: 'week', timeout: 7 * 86_400_000, events: { GO: z.object({}) } }),
} })
export const sample = 'x'
`
const run = ['run', 'wait.ts']
const output = { order: { type: 'ORDER', by: 'Grace', n: 3 }, week: { type: 'GO' } }

describe('tinyllm run of what waits, without a terminal', () => {
  test('finishes what can be done, says what it waits for and how to answer, and ends with 3', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm(run)
    expect(stderr).toMatch(/◷ order +waits for ORDER or NO/)
    expect(stderr).toMatch(/✔ work +complete/)
    expect(stderr).toContain(`
◷ both waits for 2 events, and nothing here can send them.
  both.order waits for
    { type: 'ORDER', by: string, n?: number }
    { type: 'NO' }`)
    expect(stderr).toContain("  both.week waits for\n    { type: 'GO' }")
    expect(stderr).toContain('--answers FILE')
    expect(stderr).toContain('--inspect')
    expect(stderr).toContain("actor.send({ type: 'ORDER', path: 'both.order', … })")
    expect([code, stdout]).toEqual([3, ''])
  })

  test('--json prints what it waits for as a document', async () => {
    const { code, stdout } = await checkout.tinyllm([...run, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      waiting: [
        { path: 'both.order', events: { ORDER: { properties: { by: { type: 'string' } } }, NO: {} } },
        { path: 'both.week', events: { GO: {} } },
      ],
      usage: { inputTokens: 0 },
      decisions: {},
    })
    expect(code).toBe(3)
  })

  test('--answers sends what it waits for, from a file or from standard input', async () => {
    const file = await checkout.tinyllm([...run, '--answers', 'answers.json', '--json'])
    expect([file.code, JSON.parse(file.stdout)]).toMatchObject([0, { output }])
    const stdin = '{"type":"GO"}\n{"type":"ORDER","by":"Grace","n":3}\n'
    const lines = await checkout.tinyllm([...run, '--answers', '-', '--json'], { stdin })
    expect([lines.code, JSON.parse(lines.stdout)]).toMatchObject([0, { output }])
  })

  test('says which answers were not used', async () => {
    const stdin = '{"type":"ORDER","by":"Grace"}\n{"type":"GO"}\n{"type":"MORE"}'
    const over = await checkout.tinyllm([...run, '--answers', '-'], { stdin })
    expect([over.code, over.stderr]).toEqual([0, expect.stringContaining('did not wait for: MORE.')])
    const none = await checkout.tinyllm([...run, '--answers', '-'], { stdin: '{"type":"MAYBE"}' })
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('The next one of the answers (1 left)')])
  })

  test('an answer that is rejected is an error', async () => {
    const { code, stderr } = await checkout.tinyllm([...run, '--answers', '-'], { stdin: '{"type":"ORDER","by":1}' })
    expect(stderr).toContain('✖ Answer 1 of standard input (ORDER) was rejected: both.order rejected ORDER: by:')
    expect(code).toBe(1)
  })

  test('input and answers cannot both come from standard input', async () => {
    const { code, stderr } = await checkout.tinyllm([...run, '--input', '-', '--answers', '-'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('both read standard input')])
  })

  test('the exit codes are in the help', async () => {
    const { stdout } = await checkout.tinyllm(['help', 'run'])
    expect(stdout).toMatch(/Exit code: 0 .*, 1 .*, 3 .*, 130 /)
  })
})
