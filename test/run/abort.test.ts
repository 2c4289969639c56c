import { expect, test, vi } from 'vitest'
import { whenAborted } from '../../src/run/abort.ts'

test('each callback is called once when the signal aborts', () => {
  const controller = new AbortController()
  const [one, other] = [vi.fn(), vi.fn()]
  whenAborted(controller.signal, one)
  whenAborted(controller.signal, other)
  expect(one).not.toHaveBeenCalled()
  controller.abort()
  controller.abort()
  expect(one).toHaveBeenCalledOnce()
  expect(other).toHaveBeenCalledOnce()
})

test('many callbacks share one listener of the signal, which goes with the last of them', () => {
  const { signal } = new AbortController()
  const add = vi.spyOn(signal, 'addEventListener')
  const remove = vi.spyOn(signal, 'removeEventListener')
  const takeBack = Array.from({ length: 20 }, () => whenAborted(signal, () => {}))
  expect(add).toHaveBeenCalledOnce()
  for (const back of takeBack.slice(1)) back()
  expect(remove).not.toHaveBeenCalled()
  takeBack[0]?.()
  expect(remove).toHaveBeenCalledOnce()
  whenAborted(signal, () => {})
  expect(add).toHaveBeenCalledTimes(2)
})

test('a callback that was taken back is not called', () => {
  const controller = new AbortController()
  const [kept, left] = [vi.fn(), vi.fn()]
  whenAborted(controller.signal, kept)
  whenAborted(controller.signal, left)()
  controller.abort()
  expect(kept).toHaveBeenCalledOnce()
  expect(left).not.toHaveBeenCalled()
})

test('a callback that throws does not keep the others from being called', () => {
  const controller = new AbortController()
  const other = vi.fn()
  whenAborted(controller.signal, () => {
    throw new Error('no')
  })
  whenAborted(controller.signal, other)
  controller.abort()
  expect(other).toHaveBeenCalledOnce()
})
