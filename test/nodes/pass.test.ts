import { chain, decision, parallel, pass } from 'tinyllm'
import { expect, test } from 'vitest'

test('pass returns its input, the same object', async () => {
  const input = { a: [1] }
  expect(await pass<typeof input>().run(input)).toBe(input)
  expect(await parallel({ name: 'p', children: { pass: pass<object>() } }).run(input)).toEqual({ pass: input })
})

test('pass is a way of a decision that does nothing', async () => {
  const it = decision({
    name: 'd',
    decide: (n: number) => (n > 1 ? 'more' : 'one'),
    branches: { more: pass(), one: () => 0 },
  })
  expect([await it.run(5), await it.run(1)]).toEqual([5, 0])
})

test('pass is called pass, or as its user says', () => {
  expect(pass().name).toBe('pass')
  const it = chain({ name: 'c', children: [pass<number>(), pass<number, 'again'>({ name: 'again' })] })
  expect(Object.keys((it.machine.config as any).states.running.states)).toEqual(['pass', 'again'])
})

test('pass has no working state, and takes no policy of one', () => {
  expect(Object.keys(pass().machine.config.states ?? {})).not.toContain('running')
  for (const option of ['retry', 'timeout']) {
    const define = () => pass({ [option]: option === 'retry' ? { attempts: 2 } : 5 } as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow(option)
  }
})
