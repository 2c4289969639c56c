import { checkChain, checkParallel } from '../contenders/leaf.js'
import { policies, shapes } from '../contenders/policies.js'
import { race } from './race.js'

const checks = { chain: checkChain, parallel: checkParallel }
const inputs = { chain: 0, parallel: 1 }
const names = { chain: Object.keys(policies), parallel: [...Object.keys(policies), 'one limit'] }

/** Ms for chains and parallels whose functions have no policy, one, or all of them; they take turns. */
export async function measure({ sizes, pace, progress }) {
  const results = {}
  for (const [kind, counts] of Object.entries(sizes)) {
    results[kind] = {}
    for (const count of counts) {
      progress(`policies, ${kind} of ${count}`)
      const entries = names[kind].map((name) => {
        const pipeline = shapes[kind](count, name)
        return { key: name, run: async () => checks[kind](await pipeline.run(inputs[kind]), count) }
      })
      results[kind][count] = await race(entries, pace)
    }
  }
  return results
}
