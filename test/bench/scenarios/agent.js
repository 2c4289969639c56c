import { loadAgents } from '../contenders/agents/all.js'
import { growth } from './growth.js'
import { race } from './race.js'

/**
 * The loop of an agent, with a model that answers at once and a call of a tool in every turn but the last. Ms for a
 * whole run, by the tools that it has, by its turns, and for many runs at once: those that are asked for.
 */
export async function measure({ loop, tools, crowd, turns, pace, only, progress }) {
  const contenders = await loadAgents(only)
  const about = contenders.map(({ key, name, version, problem }) => ({ key, name, version, problem }))
  const loops = contenders.filter(({ problem }) => !problem)
  const results = { contenders: about }
  const names = loops.map(({ key }) => key).join(', ')
  if (loop) {
    progress(`agent of ${loop.turns} turns, ${names}`)
    const entries = loops.map(({ key, agent }) => ({ key, run: agent(loop.turns, loop.tools) }))
    results.loop = { ...loop, cells: await race(entries, pace) }
  }
  if (tools) {
    progress(`agent with ${tools.sizes.join(' and ')} tools, ${names}`)
    results.tools = { turns: tools.turns, sizes: await raceSizes(offered(loops, tools), pace) }
  }
  if (crowd) {
    progress(`${crowd.runs} agents at once, ${names}`)
    results.crowd = { ...crowd, cells: await race(together(loops, crowd), pace) }
  }
  if (turns) {
    progress(`agent of ${turns.sizes.join(', ')} turns, ${names}`)
    results.turns = await raceSizes(await growing(loops, turns), pace)
  }
  return results
}

/** As many turns as a contender does in `bound` ms, going by the fewer turns before. */
async function growing(loops, { sizes, tools, bound }) {
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

/** Ms of the best of some runs, since the first ones load and compile. */
async function warmLap(run) {
  let best = Infinity
  const end = performance.now() + 200
  do {
    const start = performance.now()
    await run()
    best = Math.min(best, performance.now() - start)
  } while (performance.now() < end)
  return best
}
