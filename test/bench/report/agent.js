import { agentPeers } from '../contenders/agents/all.js'
import { lead, share, sizesOf } from './cells.js'
import { cell, number, table } from './format.js'

const thousands = (count) => Number(count).toLocaleString('en')

/** A turn of ours in turns of the fastest peer. */
const turnShare = (timed, clock) => {
  const ratio = timed && lead(timed.cells, agentPeers, clock)
  return ratio && { value: 1 / ratio, at: timed.turns }
}

/** What is promised of an agent; `at` is a number of turns, tools or agents. */
export const agentTargets = [
  {
    name: 'agent: a turn, in turns of the fastest peer',
    atMost: 0.5,
    unit: '×',
    read: ({ agent }, clock) => turnShare(agent?.loop, clock),
  },
  {
    name: 'the same, each in its own process',
    atMost: 0.5,
    unit: '×',
    read: ({ agent }, clock) => turnShare(agent?.alone, clock),
  },
  {
    name: 'agent: a turn with the most tools, in turns with 2',
    atMost: 1.5,
    unit: '×',
    read: ({ agent }, clock) => {
      if (!agent) return undefined
      const { sizes } = agent.tools
      const most = Math.max(...sizesOf(sizes))
      return { value: share(sizes[most].tinyllm, sizes[2].tinyllm, clock), at: most }
    },
  },
  {
    name: 'agent: a turn of the longest conversation, in turns of one of 100',
    atMost: 2,
    unit: '×',
    read: ({ agent }, clock) => {
      if (!agent) return undefined
      const most = Math.max(...sizesOf(agent.turns))
      const [short, long] = [100, most].map((size) => agent.turns[size].tinyllm)
      // One that was left out is judged by its forecast, not by a shorter one.
      const ms = long.leftOut ?? long[clock].min
      return { value: ms / short[clock].min / (most / 100), at: most }
    },
  },
  {
    name: 'agents of 3 turns at once: ms for all',
    atMost: 1000,
    unit: ' ms',
    read: ({ agent }, clock) => agent && { value: agent.crowd.cells.tinyllm[clock].min, at: agent.crowd.runs },
  },
]

/** µs a turn: side by side, then each in its own process. */
export function agentSection({ contenders, loop, tools, crowd, turns, alone }) {
  const titles = contenders.map(({ key, name, version, problem }) => [
    key,
    problem ? `${name} (not loaded: ${problem})` : `${name} ${version}`.replace(' –', ''),
  ])
  const tableOf = (corner, columns) => {
    const rows = titles.map(([key, title]) => [title, ...columns.map(({ cells, units }) => cell(cells[key], units))])
    const leads = columns.map(({ cells }) => lead(cells, agentPeers, 'clock'))
    rows.push([
      '**faster than the faster of AI SDK, OpenAI Agents**',
      ...leads.map((ratio) => (ratio === undefined ? '–' : `${number(ratio)}×`)),
    ])
    return table([corner, ...columns.map(({ head }) => head)], rows)
  }
  const beside = [
    { head: `${loop.turns} turns`, cells: loop.cells, units: loop.turns },
    ...Object.entries(tools.sizes).map(([size, cells]) => ({ head: `${size} tools`, cells, units: tools.turns })),
    {
      head: `${thousands(crowd.runs)} agents of ${crowd.turns} turns at once`,
      cells: crowd.cells,
      units: crowd.runs * crowd.turns,
    },
  ]
  const apart = [
    ...(alone ? [{ head: `${alone.turns} turns`, cells: alone.cells, units: alone.turns }] : []),
    ...Object.entries(turns).map(([size, cells]) => ({ head: `${thousands(size)} turns`, cells, units: size })),
  ]
  return [
    '### Agent that calls a tool in each turn, µs a turn',
    tableOf('minimum / median of the rounds', beside),
    tableOf('each in its own process', apart),
  ].join('\n\n')
}
