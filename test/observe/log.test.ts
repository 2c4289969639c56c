import { agent, chain, configure, createLogger, fn, type RunContext, type RunOptions, waits } from 'tinyllm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { toPromise } from 'xstate'
import { z } from 'zod'

const greet = fn({
  name: 'greet',
  run: (who: string, { log, emit }: RunContext) => {
    log('greeting', { who })
    emit({ type: 'usage', inputTokens: 1, outputTokens: 2 })
    if (who === '') throw new Error('nobody there')
    return `Hello ${who}`
  },
})
const pipeline = chain({ name: 'hello', children: [greet] })

function written() {
  const lines: string[] = []
  return { lines, target: { write: (line: string) => lines.push(line.trimEnd()) } }
}

afterEach(() => configure({ logger: undefined }))

describe('the log', () => {
  test('has one line a transition', async () => {
    const { lines, target } = written()
    await pipeline.run('Ada', { logger: createLogger({ target }) })
    expect(lines).toEqual([
      '[hello] transition to: running',
      '[hello.greet] transition to: validatingInput',
      '[hello.greet] transition to: running',
      '[hello.greet] greeting {"who":"Ada"}',
      '[hello.greet] transition to: validatingOutput',
      '[hello.greet] transition to: complete',
      '[hello] transition to: complete',
    ])
  })

  test('has each error once, where it began, with the remedy', async () => {
    const { lines, target } = written()
    await pipeline.safeRun('', { logger: createLogger({ target, level: 'error' }) })
    expect(lines).toEqual(['ERROR [hello.greet] run: hello.greet failed while running: nobody there.'])
  })

  test('has a warning for what is tried again', async () => {
    const { lines, target } = written()
    let calls = 0
    const flaky = fn({
      name: 'flaky',
      retry: { attempts: 2 },
      run: () => (++calls === 1 ? Promise.reject(new Error('busy')) : 1),
    })
    await flaky.run(undefined, { logger: createLogger({ target }) })
    expect(lines).toContain('WARN [flaky] will try again after run: flaky failed while running: busy.')
    expect(lines).toContain('[flaky] transition to: complete (attempt 2)')
  })

  test('is for every run once configured, and off again', async () => {
    const { lines, target } = written()
    configure({ logger: createLogger({ target, level: 'debug' }) })
    await pipeline.run('Ada')
    expect(lines).toContain('[hello] transition to: complete')
    expect(lines).toContain('[hello.greet] usage: 1 tokens in, 2 out')
    configure({ logger: undefined })
    lines.length = 0
    await pipeline.run('Ada')
    expect(lines).toEqual([])
  })

  test('is silent unless somebody asks', async () => {
    const outputs = [
      vi.spyOn(console, 'log'),
      vi.spyOn(console, 'error'),
      vi.spyOn(process.stderr, 'write'),
      vi.spyOn(process.stdout, 'write'),
    ]
    await pipeline.run('Ada')
    await pipeline.run('Ada', { logger: createLogger({ level: 'silent' }) })
    for (const output of outputs) {
      expect(output).not.toHaveBeenCalled()
      output.mockRestore()
    }
  })

  test('verbose asks for one function and what is below it', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const loud = fn({ name: 'loud', verbose: true, run: (text: string, { log }: RunContext) => (log('here'), text) })
    await chain({ name: 'both', children: [greet, loud] }).run('Ada')
    const lines = stderr.mock.calls.map(([line]) => String(line).trimEnd())
    stderr.mockRestore()
    expect(lines).toContain('[both.loud] transition to: complete')
    expect(lines).toContain('[both.loud] here')
    expect(lines.every((line) => line.startsWith('[both.loud]'))).toBe(true)
  })

  test('refuses a level that there is none of', () => {
    expect(() => createLogger({ level: 'loud' as never })).toThrow(
      /no level loud. Use silent, error, warn, info or debug/,
    )
  })
})

test('a logger may have a name, which stands before each line', async () => {
  const lines: string[] = []
  const target = { write: (line: string) => lines.push(line) }
  await fn({ name: 'greet', run: () => 1 }).run(undefined, { logger: createLogger({ name: 'app', target }) })
  expect(lines[0]).toBe('app: [greet] transition to: validatingInput\n')
  expect(() => createLogger({ name: 1 as never })).toThrow('createLogger: name is 1. Give a string, or leave it out.')
})

describe('the log of an agent', () => {
  const input = z.object({ n: z.number() })
  const call = (id: string) => ({ id, type: 'function' as const, function: { name: 'pay', arguments: '{"n":1}' } })
  const deskWith = (verbose: boolean) =>
    agent({
      name: 'desk',
      tools: [fn({ name: 'pay', description: 'Pays.', input, verbose, run: ({ n }) => n })],
      approve: true,
      model: ({ messages }) =>
        messages.length > 1 ? 'done' : { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2')] },
    })
  async function judged(desk: ReturnType<typeof deskWith>, options: RunOptions) {
    const actor = desk.start('pay', options)
    await expect.poll(() => waits(actor.getSnapshot()).length).toBe(2)
    actor.send({ type: 'REJECT', id: 'c2' })
    actor.send({ type: 'REJECT', id: 'c2' })
    actor.send({ type: 'APPROVE', id: 'c1' })
    await toPromise(actor)
  }

  test('has each call by its path, what a person said to it, and no tool that was not called', async () => {
    const { lines, target } = written()
    await judged(deskWith(false), { logger: createLogger({ target }) })
    const of = (path: string) => lines.filter((line) => line.includes(`[${path}]`)).map((line) => line.split('] ')[1])
    expect(of('desk.act[c1].pay')).toEqual([
      'transition to: validatingInput',
      'transition to: waitingForApproval',
      expect.stringContaining("waits for { type: 'APPROVE'"),
      'transition to: validatingInput',
      'transition to: running',
      'transition to: validatingOutput',
      'transition to: complete',
    ])
    expect(of('desk.act[c2].pay').slice(3)).toEqual(['transition to: rejected'])
    expect(lines.filter((line) => line.startsWith('WARN'))).toEqual([
      expect.stringMatching(/^WARN \[.*\] rejected REJECT: .*c2 .*already been rejected/),
    ])
    expect(lines.filter((line) => line.includes('act.pay'))).toEqual([])
  })

  test('has the calls of a tool that is verbose, and nothing else', async () => {
    const { lines, target } = written()
    configure({ logger: undefined })
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((line) => (target.write(String(line)), true))
    await judged(deskWith(true), {})
    spy.mockRestore()
    expect(lines.some((line) => line.includes('[desk.act[c1].pay] transition to: complete'))).toBe(true)
    expect(lines.filter((line) => line.includes('[desk.think]'))).toEqual([])
  })
})
