import { loadAgents } from '../contenders/agents/all.js'
import { growth } from './growth.js'
import { race } from './race.js'

/**
 * The loop of an agent, with a model that answers at once and a call of a tool in every turn but the last. Ms for a
 * whole run by its turns, ms by the number of tools that it has, and ms for many runs at once.
 */
export async function measure({ turns, tools, crowd, bound, pace, only, progress }) {
  const contenders = await loadAgents(only)
  const about = contenders.map(({ key, name, version, problem }) => ({ key, name, version, problem }))
  const loops = contenders.filter(({ problem }) => !problem)
  progress('turns of an agent')
  const results = { contenders: about, turns: await raceSizes(await growing(loops, turns, bound), pace) }
  if (tools) {
    progress('tools of an agent')
    results.tools = { turns: tools.turns, cells: await raceSizes(offered(loops, tools), pace) }
  }
  if (crowd) {
    progress(`${crowd.runs} agents at once`)
    results.crowd = { ...crowd, cells: await race(together(loops, crowd), pace) }
  }
  return results
}

/** As many turns as a contender does in `bound` ms, going by the fewer turns before. */
async function growing(loops, { sizes, tools }, bound) {
  const entries = []
  const grown = growth(bound)
  for (const size of sizes) {
    for (const { key, agent } of loops) {
      const leftOut = grown.over(key, size)
      const run = agent(size, tools)
      if (!leftOut) grown.note(key, size, await warmLap(run))
      entries.push({ key, size, run, leftOut })
    }
  }
  return entries
}

const offered = (loops, { sizes, turns }) =>
  sizes.flatMap((size) => loops.map(({ key, agent }) => ({ key, size, run: agent(turns, size) })))

const together = (loops, { runs, turns, tools }) =>
  loops.map(({ key, agent }) => {
    const run = agent(turns, tools)
    return { key, run: () => Promise.all(Array.from({ length: runs }, run)) }
  })

/** Cells by size and contender. All take turns, the sizes too, since one size is held against another. */
async function raceSizes(entries, pace) {
  const cells = {}
  const running = entries.filter(({ leftOut }) => !leftOut)
  const timings = await race(
    running.map(({ key, size, run }) => ({ key: `${size} ${key}`, run })),
    pace,
  )
  for (const { key, size, leftOut } of entries) {
    ;(cells[size] ??= {})[key] = leftOut ? { leftOut } : timings[`${size} ${key}`]
  }
  return cells
}

/** Ms of the second run, since the first one loads and compiles. */
async function warmLap(run) {
  await run()
  const start = performance.now()
  await run()
  return performance.now() - start
}
