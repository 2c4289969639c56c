import { contenderNames, peerNames } from '../contenders/all.js'
import { agentSection } from './agent.js'
import { lead } from './cells.js'
import { cell, kilobytes, number, table } from './format.js'

const thousands = (count) => Number(count).toLocaleString('en')

/** The tables of one node, of whatever was measured there. */
export function sections(node) {
  const { speed, alone, inFlight, building, importing, resuming, observing, policies, agent } = node
  const titles = titlesOf(speed?.contenders)
  return [
    speed && growing('Chain, µs a step', speed.chain, titles),
    speed && growing('Parallel, µs a region', speed.parallel, titles),
    speed && growing('Map, µs an item', speed.map, titles),
    alone && together('Each in its own process, µs a step, region or item', alone, titles),
    inFlight && crowd(inFlight, titles),
    agent && agentSection(agent),
    policies && withPolicies(policies),
    observing && watched(observing),
    resuming && resumed(resuming),
    building && built(building),
    importing && imported(importing, titles),
  ].filter((section) => section !== undefined)
}

/** What a row is called: the contender and its version, or why it could not be loaded. */
function titlesOf(contenders = []) {
  const known = contenders.map(({ key, name, version, problem }) => [
    key,
    problem ? `${name} (not loaded: ${problem})` : `${name} ${version}`.replace(' –', ''),
  ])
  return Object.fromEntries([...contenderNames.map((key) => [key, key]), ...known])
}

function growing(title, section, titles) {
  const sizes = Object.keys(section)
  const keys = Object.keys(titles)
  const rows = keys.map((key) => [titles[key], ...sizes.map((size) => cell(section[size][key], size))])
  const ratio = (peers) =>
    sizes.map((size) => {
      const ratio = lead(section[size], peers, 'clock')
      return ratio === undefined ? '–' : `${number(ratio)}×`
    })
  rows.push(['**faster than the fastest of LangGraph, Mastra, LlamaIndex**', ...ratio(peerNames)])
  rows.push(['**faster than XState by hand**', ...ratio(['xstate'])])
  return `### ${title}\n\n${table(['minimum / median of the rounds', ...sizes.map(thousands)], rows)}`
}

function together(title, section, titles) {
  const columns = Object.entries(section).flatMap(([kind, sizes]) =>
    Object.entries(sizes).map(([size, cells]) => ({ head: `${kind} of ${thousands(size)}`, size, cells })),
  )
  const rows = Object.keys(titles).map((key) => [
    titles[key],
    ...columns.map(({ size, cells }) => cell(cells[key], size)),
  ])
  const leads = columns.map(({ cells }) => lead(cells, peerNames, 'clock'))
  rows.push([
    '**faster than the fastest of LangGraph, Mastra, LlamaIndex**',
    ...leads.map((ratio) => (ratio === undefined ? '–' : `${number(ratio)}×`)),
  ])
  return `### ${title}\n\n${table(['minimum / median of the rounds', ...columns.map(({ head }) => head)], rows)}`
}

function crowd({ runs, length, results }, titles) {
  const rows = Object.entries(results).map(([key, { runs: count, bytes, ms }]) => [
    count === runs ? titles[key] : `${titles[key]}, only ${thousands(count)} runs`,
    `${kilobytes(bytes.min)} / ${kilobytes(bytes.median)}`,
    thousands(Math.round(1000 / ms.min)),
  ])
  const head = ['each in its own process', 'KB of heap a run in flight', 'runs a second']
  return `### ${thousands(runs)} runs of ${length} steps at once\n\n${table(head, rows)}`
}

function watched({ length, ...timings }) {
  const names = { nobody: 'nobody', counting: 'counts events', reading: 'reads the state', streaming: '`stream()`' }
  const rows = Object.entries({ fast: 'tinyllm', stock: "tinyllm, engine: 'stock'" }).map(([engine, title]) => [
    title,
    ...Object.keys(names).map((name) => cell(timings[`${engine} ${name}`], length)),
  ])
  return `### Watched, µs a step in a chain of ${length}\n\n${table(['who watches', ...Object.values(names)], rows)}`
}

function withPolicies(policies) {
  const columns = Object.entries(policies).flatMap(([kind, sizes]) =>
    Object.entries(sizes).map(([size, cells]) => ({ head: `${kind} of ${thousands(size)}`, size, cells })),
  )
  const names = [...new Set(columns.flatMap(({ cells }) => Object.keys(cells)))]
  const rows = names.map((name) => [
    name === 'one limit' ? 'one of them with a limit' : name === 'together' ? 'all of these' : name,
    ...columns.map(({ size, cells }) => {
      const times = cells[name] && `${number(cells[name].clock.min / cells.plain.clock.min)}×`
      return times ? `${cell(cells[name], size)} (${times})` : '–'
    }),
  ])
  const head = ['each function with', ...columns.map(({ head }) => head)]
  return `### Policies, µs a step or region, and times the plain one\n\n${table(head, rows)}`
}

function resumed(resuming) {
  const rows = Object.entries(resuming).flatMap(([kind, sizes]) =>
    Object.entries(sizes).map(([size, { bytes, fast, stock }]) => [
      `${kind} of ${thousands(size)}`,
      kilobytes(bytes),
      cell(fast),
      cell(stock),
    ]),
  )
  const head = ['what was saved', 'KB of JSON', 'tinyllm, µs', "engine: 'stock', µs"]
  return `### From the JSON of a saved run to an actor that goes on\n\n${table(head, rows)}`
}

function built(building) {
  const rows = Object.entries(building).map(([size, { states, ours, stock, oursStarted, stockStarted, whole }]) => [
    `${thousands(size)} functions, ${thousands(states)} states`,
    ...[ours, stock, oursStarted, stockStarted, whole].map((result) => cell(result)),
  ])
  const head = ['a chain of', 'our machine', "XState's", 'ours, and started', "XState's, and started", 'from functions']
  return `### Building, µs\n\n${table(head, rows)}`
}

function imported(importing, titles) {
  const rows = Object.entries(importing).map(([key, { min, median }]) => [
    key === 'xstate' ? 'XState alone' : titles[key],
    `${number(min)} / ${number(median)}`,
  ])
  return `### Importing in a new process, ms\n\n${table(['minimum / median', 'ms'], rows)}`
}
