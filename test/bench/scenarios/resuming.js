import { setImmediate } from 'node:timers/promises'
import { createActor, toPromise } from 'xstate'
import { checkChain, checkMap, checkParallel, itemsOf, leaf } from '../contenders/leaf.js'
import { pipelines } from '../contenders/pipelines.js'
import { growth } from './growth.js'
import { race } from './race.js'

const never = new Promise(() => {})

/** What is under way when it is saved: half of a chain is done, all regions of a parallel run, half of the items are done. */
const cases = {
  chain: { input: () => 0, check: checkChain, waits: (value, size) => value === Math.floor(size / 2) },
  parallel: { input: () => 1, check: checkParallel, waits: () => true },
  map: { input: itemsOf, check: checkMap, waits: (value, size) => value >= size / 2 },
}

/** Ms from the JSON text of a saved run to the actor that goes on with it, on both interpreters; and the text's size. */
export async function measure({ sizes, pace, bound, progress }) {
  const results = {}
  for (const [kind, counts] of Object.entries(sizes)) {
    results[kind] = {}
    const grown = growth(bound)
    for (const size of counts) {
      progress(`resuming ${kind} of ${size}`)
      const { text, fast, stock } = await save(kind, size)
      const entries = [{ key: 'fast', run: () => resume(fast, text).stop() }]
      const leftOut = grown.over('stock', size)
      if (!leftOut) entries.push({ key: 'stock', run: () => resume(stock, text).stop() })
      const timings = await race(entries, pace)
      for (const { key } of entries) grown.note(key, size, timings[key].clock.min)
      results[kind][size] = { bytes: text.length, ...timings, ...(leftOut && { stock: { leftOut } }) }
    }
  }
  return results
}

const resume = (logic, text) => createActor(logic, { snapshot: JSON.parse(text), input: 0 }).start()

async function save(kind, size) {
  const { input, check, waits } = cases[kind]
  let isHeld = true
  const run = (value) => (isHeld && waits(value, size) ? never : leaf(value))
  const { machine } = kind === 'map' ? pipelines.map(run) : pipelines[kind](size, run)
  const actor = createActor(machine, { input: input(size) }).start()
  const text = await whenStill(() => JSON.stringify(actor.getPersistedSnapshot()))
  actor.stop()

  isHeld = false
  check(await toPromise(resume(machine, text)), size)
  isHeld = true
  return { text, fast: machine, stock: machine.stock }
}

/** What it gives once two turns have not changed it. */
async function whenStill(read) {
  for (let last; ;) {
    await setImmediate()
    const now = read()
    if (now === last) return now
    last = now
  }
}
