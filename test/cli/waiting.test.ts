import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
beforeAll(async () => {
  checkout = await builtCheckout()
  checkout.write('wait.ts', wait)
  checkout.write('clerk.ts', clerk)
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

const clerk = `
import { agent, fn } from 'tinyllm'
import { z } from 'zod'
const tool = (name) => fn({ name, description: name, input: z.object({ n: z.number() }), run: ({ n }) => name + ' ' + n })
const call = (id, n) => ({ id, type: 'function', function: { name: 'pay', arguments: JSON.stringify({ n }) } })
export const desk = agent({
  name: 'desk',
  tools: [tool('pay'), tool('close')],
  approve: ['pay'],
  model: ({ messages }) => {
    const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    return told.length > 0 ? told.join(', ') : { role: 'assistant', content: null, tool_calls: [call('c1', 1), call('c2', 2)] }
  },
})
export const sample = 'pay'
`
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

describe('tinyllm run of an agent whose calls wait for approvals', () => {
  test('takes them by their ids in any order, and shows a rejected call as such and no call that was not made', async () => {
    const stdin = '{"type":"REJECT","id":"c2","reason":"twice"}\n{"type":"APPROVE","id":"c1"}'
    const { code, stdout, stderr } = await checkout.tinyllm(['run', 'clerk.ts', '--answers', '-'], { stdin })
    expect([code, stdout]).toEqual([0, 'pay 1, A person rejected this call. Their reason: twice\n'])
    for (const id of ['c1', 'c2']) expect(stderr).toMatch(new RegExp(`◷ \\[${id}\\] pay +waits for APPROVE or REJECT`))
    expect(stderr).toMatch(/⊖ \[c2\] pay +rejected[^]*✔ \[c1\] pay +complete/)
    expect(stderr).not.toMatch(/close|✔ \[c2\]|✖/)
  })

  test('tells each call that it waits for, and ends with 3', async () => {
    const { code, stdout, stderr } = await checkout.tinyllm(['run', 'clerk.ts', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout).waiting).toMatchObject([
      { path: 'desk.act[c1].pay', input: { n: 1 }, call: { id: 'c1', name: 'pay' } },
      { path: 'desk.act[c2].pay', input: { n: 2 }, call: { id: 'c2', name: 'pay' } },
    ])
    expect(stderr).toContain('desk.act[c2].pay waits to decide on the call c2 of pay for')
    expect(stderr).toContain("actor.send({ type: 'APPROVE', path: 'desk.act[c1].pay', … })")
  })

  test('an answer for a call that does not wait is not sent', async () => {
    const stdin = '{"type":"APPROVE","id":"c9"}'
    const { code, stderr } = await checkout.tinyllm(['run', 'clerk.ts', '--answers', '-'], { stdin })
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('The next one of the answers (1 left) is not waited for'),
    ])
  })
})
