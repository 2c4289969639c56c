import { loadContenders } from '../contenders/all.js'
import { growth } from './growth.js'
import { race } from './race.js'

/** Chains, parallels and maps of growing size, all contenders in one process. Times are ms for a whole run. */
export async function measure({ sizes, pace, bound, only, progress }) {
  const contenders = await loadContenders(only)
  const results = {}
  for (const [kind, counts] of Object.entries(sizes)) {
    results[kind] = {}
    const grown = growth(bound)
    for (const count of counts) {
      progress(`${kind} of ${count}`)
      const entries = []
      const cells = {}
      for (const { key, problem, [kind]: make } of contenders) {
        if (problem || !make) continue
        const leftOut = grown.over(key, count)
        if (leftOut) cells[key] = { leftOut }
        else entries.push({ key, run: make(count) })
      }
      Object.assign(cells, await race(entries, pace))
      for (const { key } of entries) grown.note(key, count, cells[key].clock.min)
      results[kind][count] = cells
    }
  }
  const about = contenders.map(({ key, name, version, problem }) => ({ key, name, version, problem }))
  return { contenders: about, ...results }
}
