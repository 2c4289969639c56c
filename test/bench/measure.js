import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { agentNames } from './contenders/agents/all.js'
import { contenderNames } from './contenders/all.js'
import { timing } from './scenarios/race.js'

const child = fileURLToPath(new URL('scenarios/child.js', import.meta.url))

/** Runs one scenario in a process of its own. */
export function runScenario(node, scenario, options) {
  return new Promise((resolve, reject) => {
    const flags = ['--expose-gc', '--no-warnings', '--max-old-space-size=4096']
    const running = fork(child, { execPath: node, execArgv: flags })
    let answer
    running.on('message', ({ progress, ...rest }) => {
      if (progress) console.error(`  ${progress}`)
      else answer = rest
    })
    running.on('error', reject)
    running.on('close', (code) => {
      if (answer?.results) resolve(answer.results)
      else reject(new Error(`${scenario} ended with ${code}.\n${answer?.problem ?? ''}`))
    })
    running.send({ scenario, options })
  })
}

/** Everything that is measured on one node. */
export const scenarios = {
  speed: (run, { sizes, pace, bound }) => run('speed', { sizes, pace, bound }),

  // Each contender in a process of its own, as most programs have only one: no other's garbage, no other's types.
  alone: async (run, { alone, pace, bound }) => {
    if (!alone) return undefined
    const { rounds, sizes } = alone
    const laps = {}
    for (let round = 0; round < rounds; round++) {
      for (const name of contenderNames) {
        const { contenders: _, ...kinds } = await run('speed', { sizes, pace, bound, only: [name] })
        for (const [kind, counts] of Object.entries(kinds)) {
          for (const [count, { [name]: cell }] of Object.entries(counts)) {
            if (cell) (((laps[kind] ??= {})[count] ??= {})[name] ??= []).push(cell)
          }
        }
      }
    }
    return deepMap(laps, 3, merge)
  },

  inFlight: async (run, { inFlight: { rounds, ...options } }) => {
    const laps = {}
    for (let round = 0; round < rounds; round++) {
      for (const name of contenderNames) {
        const lap = await run('in-flight', { name, ...options })
        ;(laps[name] ??= []).push(lap)
      }
    }
    const results = deepMap(laps, 1, (laps) => ({
      runs: Math.min(...laps.map(({ runs }) => runs)),
      bytes: timing(laps.map(({ bytes }) => bytes)),
      ms: timing(laps.map(({ ms }) => ms)),
    }))
    return { runs: options.runs, length: options.length, results }
  },

  building: (run, { building: sizes, pace }) => run('building', { sizes, pace }),
  importing: (run, { importing }) => run('importing', importing),
  resuming: (run, { resuming: sizes, pace, bound }) => run('resuming', { sizes, pace, bound }),
  policies: (run, { policies: sizes, pace }) => run('policies', { sizes, pace }),
  observing: (run, { observing, pace }) => run('observing', { ...observing, pace }),

  // Side by side; and each in a process of its own, where no other's garbage is in the way of the longest conversations.
  agent: async (run, { agent: { loop, tools, crowd, turns, alone }, pace }) => {
    const results = await run('agent', { loop, tools, crowd, pace })
    const growing = {}
    for (const name of agentNames) {
      const own = await run('agent', { turns, pace, only: [name] })
      for (const [size, { [name]: cell }] of Object.entries(own.turns ?? {})) (growing[size] ??= {})[name] = cell
    }
    if (!alone) return { ...results, turns: growing }
    const laps = {}
    for (let round = 0; round < alone.rounds; round++) {
      for (const name of agentNames) {
        const own = await run('agent', { loop, pace, only: [name] })
        if (own.loop.cells[name]) (laps[name] ??= []).push(own.loop.cells[name])
      }
    }
    return { ...results, turns: growing, alone: { ...loop, cells: deepMap(laps, 1, merge) } }
  },
}

/** The best minimum, and the median of the medians, of several processes. */
function merge(cells) {
  const left = cells.filter((cell) => !cell.leftOut)
  if (left.length === 0) return cells[0]
  const over = (clock) => ({
    min: timing(left.map((cell) => cell[clock].min)).min,
    median: timing(left.map((cell) => cell[clock].median)).median,
  })
  return { clock: over('clock'), cpu: over('cpu'), rounds: left.reduce((sum, { rounds }) => sum + rounds, 0) }
}

const deepMap = (value, depth, change) =>
  depth === 0
    ? change(value)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deepMap(inner, depth - 1, change)]))
