import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from '../cli/built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
beforeAll(async () => {
  checkout = await builtCheckout()
}, 120_000)
afterAll(() => checkout.remove('.'))

const setup = `
import { chain, fn, map, parallel, receive } from './dist/index.js'
import { z } from 'zod'
const events = { APPROVE: z.object({ by: z.string(), level: z.enum(['low', 'high']).optional() }), REJECT: z.object({}) }
const approval = receive({ name: 'approval', events })
const order = chain({ name: 'order', children: [fn({ name: 'price', run: async (n) => n * 2 }), approval] })
`

/** What a program of its own says, and how it ends. */
function printed(text: string, file = 'program.mjs'): Promise<{ code: number | null; stdout: string; stderr: string }> {
  checkout.write(file, file.endsWith('.cjs') ? text : setup + text)
  const child = spawn(process.execPath, [file], { cwd: checkout.folder })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

const SAID = 'tinyllm: this process exits before its run has ended'
const remedy =
  "Keep the process alive until the event is sent: const actor = pipeline.start(input), and later actor.send({ type: 'APPROVE', … }). Or give the function that waits a timeout."

describe('a program that waits for a run that cannot end', () => {
  test('ends with a message that names the wait, and with the code of Node', async () => {
    const { code, stderr } = await printed('await order.run(1)')
    expect(code).toBe(13)
    expect(stderr).toContain(
      [
        `${SAID}: the run waits for an event, and nothing is left that could send one.`,
        `  order.approval waits for { type: 'APPROVE', by: string, level?: "low" | "high" } or { type: 'REJECT' }`,
        remedy,
        '',
      ].join('\n'),
    )
  })

  test('names each place once, with how many runs wait there', async () => {
    const { code, stderr } = await printed(`
      process.on('warning', (warning) => console.log(String(warning)))
      const both = parallel({ name: 'both', children: { legal: approval, money: approval } })
      for await (const _ of map({ name: 'many', each: both }).stream(Array.from({ length: 1000 }, (_, n) => n)));
    `)
    expect(code).toBe(13)
    expect(stderr).toContain('\n  many[*].legal (1000 runs) waits for { type')
    expect(stderr).toContain('\n  many[*].money (1000 runs) waits for { type')
    expect(stderr).not.toMatch(/leak/i)
    expect(stderr.split(SAID)).toHaveLength(2)
  })

  test('says nothing that is over by then', async () => {
    const { code, stderr } = await printed(`
      const first = order.start(1)
      first.on('waiting', () => first.send({ type: 'REJECT' }))
      order.start(2).stop()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await new Promise(() => {})
    `)
    expect(code).toBe(13)
    expect(stderr).not.toContain(SAID)
  })

  test.each<[string, string, number]>([
    ['its own exit', 'order.run(1); setTimeout(() => process.exit(3), 20); await new Promise(() => {})', 3],
    ['an error', "order.run(1); await new Promise((_, no) => setTimeout(() => no(new Error('no')), 20))", 1],
    ['a run that it does not wait for', 'order.start(1)', 0],
    ['a timeout of the wait', "await receive({ name: 'brief', events, timeout: 20 }).safeRun(1)", 0],
  ])('says nothing where another reason ends it: %s', async (_, program, expected) => {
    const { code, stderr } = await printed(program)
    expect(code).toBe(expected)
    expect(stderr).not.toContain(SAID)
  })

  test.each([
    ['run', 'await order.run(1)'],
    ['safeRun', 'await order.safeRun(1)'],
    ['a stream that is read', 'for await (const _ of order.stream(1));'],
    [
      'a stream that two read',
      'const all = order.stream(1); await Promise.all(Array.from({ length: 9 }, () => all.next()))',
    ],
    ['many runs of a map', "await map({ name: 'many', each: order }).run([1])"],
    ["XState's own interpreter", "await order.run(1, { engine: 'stock' })"],
  ])('tells of %s also where no top-level await holds it, and keeps its code', async (_, body) => {
    const program = `async function main() { ${body} }\nvoid main()`
    const { code, stderr } = await printed(program)
    expect(stderr).toContain(`${SAID}: the run waits for an event`)
    expect(stderr).toMatch(/ {2}(order|many\[\*\])\.approval waits for \{ type: 'APPROVE'/)
    expect(stderr.split(SAID)).toHaveLength(2)
    expect(code).toBe(0)
    expect((await printed(`process.exitCode = 4\n${program}`)).code).toBe(4)
  })

  test('tells of it in CommonJS', async () => {
    const { code, stderr } = await printed(
      `Promise.all([import('./dist/index.js'), import('zod')]).then(([{ receive }, { z }]) =>
        receive({ name: 'w', events: { GO: z.object({}) } }).run(1))`,
      'program.cjs',
    )
    expect(stderr).toContain("  w waits for { type: 'GO' }")
    expect(code).toBe(0)
  })

  test('counts only the runs that somebody waits for', async () => {
    const { stderr } = await printed(`
      void order.run(1)
      void order.safeRun(1)
      order.start(1)
      approval.start(1)
      const unread = order.stream(1)
      void (async () => { for await (const event of unread) if (event.type === 'waiting') await new Promise(() => {}) })()
    `)
    expect(stderr).toContain('order.approval (2 runs) waits')
    expect(stderr).not.toContain('  approval')
  })

  test.each([
    ['a run that is saved and left', "order.start(1).on('waiting', function () {})"],
    [
      'another run that is awaited',
      "order.start(1); void fn({ name: 'hangs', run: () => new Promise(() => {}) }).run(1)",
    ],
    ['a stream that nobody reads', 'order.stream(1)'],
    [
      'a stream that was left',
      "void (async () => { for await (const { type } of order.stream(1)) if (type === 'waiting') break })()",
    ],
    ['a run that was aborted', 'void order.safeRun(1, { timeout: 20 })'],
    ['its own exit at the end', 'void order.run(1); setTimeout(() => process.exit(0), 20)'],
    [
      'an event that comes as all else is done',
      "const run = order.start(1); const ended = new Promise((resolve) => run.subscribe({ complete: resolve })); void ended; process.once('beforeExit', () => setTimeout(() => run.send({ type: 'REJECT' }), 5))",
    ],
    [
      'a listener that finds something to do, and exits',
      "void order.run(1); process.once('beforeExit', () => setTimeout(() => process.exit(0), 20))",
    ],
  ])('says nothing of %s', async (_, program) => {
    const { code, stderr } = await printed(program)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('does not fail where process is none of Node', async () => {
    const { code, stdout } = await printed(`
      for (const process of [undefined, { env: {} }, { versions: { node: 1 } }]) {
        Object.defineProperty(globalThis, 'process', { value: process, configurable: true })
        const run = order.start(1)
        await new Promise((resolve) => run.on('waiting', resolve))
        run.stop()
        console.log('waited')
      }
    `)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'waited\nwaited\nwaited\n' })
  })
})
