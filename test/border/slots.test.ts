import { describe, expect, test } from 'vitest'
import { slotAddress, readSlot, writeSlot } from '../../src/border/slots.ts'
import type { Frame } from '../../src/types.ts'

const frame = (path: string): Frame => ({ path, attempt: 1, input: undefined })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(frame) as [Frame, Frame, Frame, Frame]

describe('the slots of a context', () => {
  test('lie in pages of 32', () => {
    expect([0, 31, 32, 70].map(slotAddress)).toEqual([
      [0, 0],
      [0, 31],
      [1, 0],
      [2, 6],
    ])
  })

  test('are written without a change to what was there, and share every page that is the same', () => {
    for (const slot of [1, 33, 65]) {
      const before = writeSlot(writeSlot(writeSlot([], 0, a), 32, b), 64, c)
      const copy = structuredClone(before)
      const after = writeSlot(before, slot, d)
      expect(before).toEqual(copy)
      expect(readSlot(after, slot)).toBe(d)
      expect([0, 1, 2].map((page) => after[page] === before[page])).toEqual([0, 1, 2].map((page) => page !== slot >> 5))
    }
  })

  test('are as many as are needed, empty ones between', () => {
    expect(writeSlot([[a]], 66, b)).toEqual([[a], [], [null, null, b]])
    expect(writeSlot([[a, b]], 0, c)).toEqual([[c, b]])
    expect(writeSlot([[a]], 0, b, 100)).toEqual([[b]])
  })

  test('are empty beyond the last', () => {
    expect([1, 31, 32, 500].map((slot) => readSlot([[a]], slot))).toEqual(Array(4).fill(undefined))
    expect(readSlot([[null, a]], 0)).toBeUndefined()
  })

  test('are emptied up to an end, over pages', () => {
    const full = Array.from({ length: 70 }, (_, slot) => slot).reduce(
      (slots, slot) => writeSlot(slots, slot, a),
      writeSlot([], 0, a),
    )
    const after = writeSlot(full, 30, b, 66)
    const held = Array.from({ length: 70 }, (_, slot) => slot).filter((slot) => readSlot(after, slot))
    expect(held).toEqual([...Array.from({ length: 31 }, (_, slot) => slot), 66, 67, 68, 69])
    expect(readSlot(after, 30)).toBe(b)
    expect(writeSlot(full, 30, b).flat().filter(Boolean)).toHaveLength(70)
  })
})
