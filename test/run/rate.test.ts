import { expect, test } from 'vitest'
import { Rate } from '../../src/run/rate.ts'
import { Dice } from '../engine/dice.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
test(`a rate holds within any minute, as a plain count has it (seed ${seed})`, () => {
  const dice = new Dice(seed)
  for (let round = 0; round < 200; round++) {
    const most = 1 + dice.int(50)
    const rate = new Rate(most)
    const uses: { at: number; amount: number }[] = []
    const used = (time: number) => uses.reduce((sum, { at, amount }) => sum + (at > time - 60_000 ? amount : 0), 0)
    let time = 0
    for (let n = 0; n < 60; n++) {
      time += dice.pick([0, 0, 1, dice.int(3000), dice.int(70_000)])
      const opensAt = rate.opensAt(time)
      const context = `seed ${seed}, round ${round}, ${n}`
      expect(used(opensAt) < most, context).toBe(true)
      if (opensAt > time) expect(used(opensAt - 1) >= most, context).toBe(true)
      if (dice.chance(0.7)) {
        const amount = dice.int(most) * dice.int(2)
        rate.use(time, amount)
        uses.push({ at: time, amount })
      }
    }
  }
})

test('a rate that was used up opens again a minute after the use that filled it', () => {
  const rate = new Rate(2)
  expect(rate.opensAt(0)).toBe(0)
  rate.use(0, 1)
  expect(rate.opensAt(10)).toBe(10)
  rate.use(10, 1)
  expect(rate.opensAt(10)).toBe(60_000)
  rate.use(60_000, 1)
  expect(rate.opensAt(60_000)).toBe(60_010)
})

test('amounts that are nothing use nothing', () => {
  const rate = new Rate(1)
  rate.use(0, 0)
  rate.use(0, -5)
  expect(rate.opensAt(0)).toBe(0)
})
