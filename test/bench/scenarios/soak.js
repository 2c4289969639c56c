import { getEventListeners } from 'node:events'
import { chain, fn, parallel, PipelineError } from '../../../dist/index.js'
import { leaf } from '../contenders/leaf.js'
import { heap } from './in-flight.js'

const step = (name, run = leaf) => fn({ name, run })
const never = () => new Promise(() => {})
const breaks = async () => {
  throw new Error('on purpose')
}

const finishing = chain({ name: 'finishing', children: [step('one'), pair('two', leaf), chain3('three')] })
const failing = chain({ name: 'failing', children: [step('one'), pair('two', breaks)] })
const hanging = chain({ name: 'hanging', children: [step('one'), pair('two', never)] })

function pair(name, run) {
  const both = parallel({ name: `${name}Both`, children: { first: step('first'), second: step('second', run) } })
  return chain({ name, children: [both, step('sum', ({ first, second }) => first + second)] })
}

function chain3(name) {
  return chain({ name, children: [step('a'), step('b'), step('c')] })
}

/**
 * Runs that finish, fail and are aborted, a third each, all holding on to signals that they share; after each part of
 * them the heap, the listeners that are left on the signals, and whatever keeps the process alive.
 */
export async function measure({ runs, parts, progress }) {
  // One signal for the whole process, as of a server; and one for each batch, which is aborted.
  const { signal } = new AbortController()
  const shared = { signal, timeout: 60_000 }
  const batch = 300
  const samples = []
  let done = 0
  let listeners = 0
  for (let part = 0; part <= parts; part++) {
    const goal = (runs * part) / parts || batch * 10
    for (; done < goal; done += batch) {
      const controller = new AbortController()
      const options = { signal: controller.signal }
      const all = Array.from({ length: batch / 3 }, () => [
        finishing.run(0, shared).then((output) => expect(output === 7, `it gave ${output}`)),
        ends(failing.run(0, shared), 'run'),
        ends(hanging.run(0, options), 'aborted'),
      ])
      await all[0][0]
      controller.abort()
      await Promise.all(all.flat())
      listeners = Math.max(listeners, ...[signal, controller.signal].map(listenersOf))
    }
    samples.push({ runs: done, heap: await heap(), listeners, resources: process.getActiveResourcesInfo().length })
    progress(`${done} runs, ${(samples.at(-1).heap / 1e6).toFixed(2)} MB`)
  }
  return judge(samples)
}

const listenersOf = (signal) => getEventListeners(signal, 'abort').length

async function ends(run, code) {
  const error = await run.then(
    () => undefined,
    (error) => error,
  )
  expect(error instanceof PipelineError && error.code === code, `a run was to end with ${code}`)
}

function expect(right, message) {
  if (!right) throw new Error(message)
}

/** Until half of the runs the compilers still add to the heap; from then on, what is kept of a run shows as bytes a run. */
function judge(samples) {
  const first = samples[0]
  const half = samples[Math.floor(samples.length / 2)]
  const last = samples.at(-1)
  const bytesPerRun = (last.heap - half.heap) / (last.runs - half.runs)
  const problems = [
    // The smallest object that every third run could leave behind has 24 bytes.
    // A short soak has noise of that order.
    bytesPerRun > 4 && last.heap - half.heap > 200_000 && `the heap grew by ${bytesPerRun.toFixed(1)} bytes a run`,
    last.listeners > 0 && `${last.listeners} listeners were left on a signal`,
    last.resources > first.resources && `${last.resources - first.resources} more timers or handles are active`,
  ].filter((problem) => problem !== false)
  return { samples, bytesPerRun, problems }
}
