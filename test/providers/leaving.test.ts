import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../tools/repository.ts'
import type { Line } from './leaver.ts'
import { specimens } from './models.ts'

// A run that is left in the midst of an answer ends at once, closes its connection, and leaves no promise behind that
// would end the process.

/** What the process said, and how it ended; `tinyllm` means the sources there, as it does here. */
function run(): Promise<{ code: number | null; said: string; wrong: string }> {
  const args = ['--unhandled-rejections=strict', '--import', 'jiti/register', 'test/providers/leaver.ts']
  const env = { ...process.env, JITI_ALIAS: JSON.stringify({ tinyllm: `${root}src/index.ts` }) }
  const child = spawn(process.execPath, args, { cwd: root, env })
  let [said, wrong] = ['', '']
  child.stdout.on('data', (data) => (said += data))
  child.stderr.on('data', (data) => (wrong += data))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said, wrong })))
}

let ended: Awaited<ReturnType<typeof run>>
let lines: readonly Line[]
beforeAll(async () => {
  ended = await run()
  lines = ended.said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []))
}, 120_000)

test('the process lives to its end', () => {
  expect(ended.wrong).toBe('')
  expect([ended.code, ended.said.trim().split('\n').at(-1)]).toEqual([0, 'alive'])
})

/** How a run ends that was left so: silence is a failure of the model. */
const codes: Readonly<Record<string, string>> = {
  'an abort': 'aborted',
  'the time of the run': 'timeout',
  'the time of an attempt': 'timeout',
  silence: 'run',
  'leaving the loop': 'left',
}

describe.each(specimens)('$name', ({ name }) => {
  test.each(Object.entries(codes))('%s ends the run at once, as %s, and the connection', (way, code) => {
    const all = lines.filter((line) => line.name === name && line.way === way)
    expect(all.length).toBeGreaterThanOrEqual(3)
    for (const line of all) {
      const slow = line.took > 500 ? 'slow' : 'at once'
      expect([line.moment, line.code, slow, line.closed]).toEqual([line.moment, code, 'at once', 'cut'])
    }
  })
})
