import { setImmediate } from 'node:timers/promises'
import { loadContender } from '../contenders/all.js'
import { leaf } from '../contenders/leaf.js'

/**
 * Many runs of a chain at once, alone in this process: bytes of heap a run while all wait in the middle of their chain,
 * and ms a run, from the first start to the last end, when nothing waits. With a contender that would take longer than
 * `bound` ms for them, only a tenth of the runs.
 */
export async function measure({ name, runs: wanted, length, budget, bound, progress }) {
  const contender = await loadContender(name)
  const free = contender.chain(length)
  for (let count = 0; count < 100; count++) await free()
  const sample = await clock(() => together(free, wanted / 100))
  const runs = sample * 100 > bound ? wanted / 10 : wanted
  progress(`${runs} runs of ${name}`)

  const bytes = await heapOfRun(contender, { runs, length })
  const clocks = []
  const start = performance.now()
  do clocks.push(await clock(() => together(free, runs)))
  while (performance.now() - start < budget)
  return { runs, bytes, ms: Math.min(...clocks) / runs }
}

async function clock(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}

async function heapOfRun(contender, { runs, length }) {
  const gate = signal()
  const arrived = signal()
  let waiting = 0
  // The value tells the place, since every step adds 1.
  const middle = Math.floor(length / 2)
  const held = contender.chain(length, async (value) => {
    if (value === middle) {
      if (++waiting === runs) arrived.give()
      await gate.given
    }
    return leaf(value)
  })
  const before = await heap()
  const ended = together(held, runs)
  await arrived.given
  const during = await heap()
  gate.give()
  await ended
  return (during - before) / runs
}

const together = (run, runs) => Promise.all(Array.from({ length: runs }, run))

/** Bytes of heap in use, once nothing is left to collect. */
export async function heap() {
  // Weak references and finalizers let go only between turns, and may then free more.
  for (let turn = 0; turn < 4; turn++) {
    await setImmediate()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

function signal() {
  let give
  const given = new Promise((resolve) => (give = resolve))
  return { given, give }
}
