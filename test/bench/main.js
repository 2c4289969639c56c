// `npm run bench`: measures tinyllm beside other libraries, and writes RESULTS.md and results.svg.
//   -- --quick          under a minute; prints the tables and writes nothing
//   -- --soak           200,000 runs; fails if anything is left of them (with --quick 30,000)
//   -- --node 26        a second column: a version, which is installed, or a path to a node
//   -- --only speed     some scenarios, by name, with commas; prints only
//   -- --continue       goes on with a full measurement that was cut short
//   -- --report         writes the report again from the last full measurement
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runScenario, scenarios } from './measure.js'
import { findNode, prepare } from './prepare.js'
import { describeMachine, describeNode } from './report/machine.js'
import { plot } from './report/plot.js'
import { report } from './report/report.js'
import * as settings from './settings.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    node: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
  },
})
const file = (name) => new URL(name, import.meta.url)
const pace = options.quick ? settings.quick : settings.full

if (options.report) write(saved())
else {
  prepare()
  const nodes = [process.execPath, ...options.node.map(findNode)]
  if (options.soak) await soak(nodes)
  else await measure(nodes)
}

async function measure(nodes) {
  const names = options.only?.split(',') ?? Object.keys(scenarios)
  const unknown = names.filter((name) => !scenarios[name])
  if (unknown.length > 0) throw new Error(`No scenario ${unknown}. There are: ${Object.keys(scenarios).join(', ')}.`)
  const isFull = !options.quick && !options.only
  const results = options.continue ? goOn(saved()) : begin(nodes)
  // One scenario on all nodes before the next, so that a busy hour of the machine hits all of them.
  for (const name of names) {
    for (const [index, node] of nodes.entries()) {
      const measured = results.nodes[index]
      if (measured[name]) continue
      console.error(`${name}, Node ${measured.node}`)
      measured[name] = await scenarios[name]((scenario, options) => runScenario(node, scenario, options), pace)
      Object.assign(results.machine, describeMachine('after'))
      if (isFull) save(results)
    }
  }
  if (isFull) write(results)
  else console.log(report(results, { brief: true }))
}

function begin(nodes) {
  return { machine: describeMachine(), nodes: nodes.map((node) => ({ node: describeNode(node) })) }
}

/** What was measured before the interruption may have been another version. */
function goOn(results) {
  const { commit } = describeMachine()
  if (!results.machine.commit.split(' and ').includes(commit)) results.machine.commit += ` and ${commit}`
  return results
}

function saved() {
  return JSON.parse(readFileSync(file('artifacts/results.json'), 'utf8'))
}

function save(results) {
  mkdirSync(file('artifacts'), { recursive: true })
  writeFileSync(file('artifacts/results.json'), JSON.stringify(results))
}

function write(results) {
  writeFileSync(file('RESULTS.md'), report(results))
  writeFileSync(file('results.svg'), plot(results.nodes))
  console.error('Wrote test/bench/RESULTS.md and test/bench/results.svg.')
}

async function soak(nodes) {
  for (const node of nodes) {
    console.error(`soak, Node ${describeNode(node)}`)
    const { samples, bytesPerRun, problems } = await runScenario(node, 'soak', pace.soak)
    const [first, last] = [samples[0], samples.at(-1)]
    const heap = [first, last].map((sample) => `${(sample.heap / 1e6).toFixed(2)} MB`).join(' → ')
    console.log(
      `Node ${describeNode(node)}: ${last.runs.toLocaleString('en')} runs, heap ${heap} (${bytesPerRun.toFixed(1)} bytes a run in the second half), ${last.listeners} listeners left`,
    )
    for (const problem of problems) console.log(`✗ ${problem}`)
    if (problems.length > 0) process.exitCode = 1
  }
}
