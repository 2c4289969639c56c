import { expect, test } from 'vitest'
import { isSuperlinear } from './proportion.ts'

const spin = (steps: number) => {
  let sum = 0
  for (let step = 0; step < steps; step++) sum += Math.sqrt(step)
  return sum
}

test('work in proportion to its size is told from quadratic work', async () => {
  expect(await isSuperlinear((size) => spin(size * 100), 200_000)).toBe(false)
  expect(await isSuperlinear((size) => spin(size * size), 20_000)).toBe(true)
})
