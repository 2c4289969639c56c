import { expect, test } from 'vitest'
import { formatValueLines } from '../../../src/cli/prompts/format-value.ts'

test('a value is shown as indented lines', () => {
  const order = { id: 'A-17', text: 'one\ntwo', lines: [{ sku: 'x', n: 1 }, 'gift'], none: [], by: { name: 'Grace' } }
  expect(formatValueLines(order)).toBe(`  id: A-17
  text:
    one
    two
  lines:
    - sku: x
      n: 1
    - gift
  none: []
  by:
    name: Grace
`)
  expect(formatValueLines('a text\nof two lines', '> ')).toBe('> a text\n> of two lines\n')
})

test('what a terminal would obey is shown, and not obeyed', () => {
  expect(formatValueLines({ text: 'pay \u001B[2K\rme', '\u202Ekey': 1 })).toBe(
    '  text: pay \\u001b[2K\\u000dme\n  \\u202ekey: 1\n',
  )
})

test('a huge value is cut, and says so', () => {
  expect(formatValueLines('x'.repeat(5_000))).toBe(`  ${'x'.repeat(4_000)}… (1000 more characters)\n`)
  expect(formatValueLines(Array.from({ length: 300 }, (_, index) => index))).toMatch(
    / - 199\n {2}… \(100 more lines\)\n$/,
  )
})

test('what is no data is shown all the same', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(formatValueLines(circle)).toContain('[circular]')
})
