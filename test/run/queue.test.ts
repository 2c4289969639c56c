import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, Queue } from '../../src/run/queue.ts'

type Step = { do: 'push'; value: number } | { do: 'shift' } | { do: 'remove'; at: number }

test('a queue does what a list does: first in, first out, and any entry can be removed', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('push' as const), value: fc.integer() }),
    fc.record({ do: fc.constant('shift' as const) }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new Queue<number>()
      const list: Entry<number>[] = []
      for (const one of steps) {
        if (one.do === 'push') list.push(queue.push(one.value))
        else if (one.do === 'shift') expect(queue.shift()).toBe(list.shift())
        else {
          const [entry] = list.splice(one.at, 1)
          if (entry) queue.remove(entry)
        }
        expect(queue.size).toBe(list.length)
        expect(queue.first).toBe(list[0])
        expect(queue.last).toBe(list.at(-1))
      }
      while (list.length > 0) expect(queue.shift()).toBe(list.shift())
      expect(queue.shift()).toBeUndefined()
    }),
  )
})

test('a removed entry holds no other entry in memory', () => {
  const queue = new Queue<number>()
  queue.push(1)
  const entry = queue.push(2)
  queue.push(3)
  queue.remove(entry)
  expect(entry).toEqual({ value: 2, before: undefined, after: undefined })
})
