import { agentNames, agentPeers } from '../contenders/agents/all.js'
import { lead, share, sizesOf } from './cells.js'
import { cell, number, table } from './format.js'

const thousands = (count) => Number(count).toLocaleString('en')
const times = (ratio) => (ratio === undefined ? '–' : `${number(ratio)}×`)

/** A turn of ours in turns of the fastest peer. */
const turnShare = (sectionOf) => (node, clock) => {
  const cells = sectionOf(node)?.[50]
  const ratio = cells && lead(cells, agentPeers, clock)
  return ratio && { value: 1 / ratio, at: 50 }
}

/** What is promised of an agent; `at` is a number of turns, tools or agents. */
export const agentTargets = [
  {
    name: 'agent, 50 turns: a turn, in turns of the fastest peer',
    atMost: 0.5,
    unit: '×',
    read: turnShare(({ agent }) => agent?.turns),
  },
  {
    name: 'the same, each in its own process',
    atMost: 0.5,
    unit: '×',
    read: turnShare(({ agent }) => agent?.alone),
  },
  {
    name: 'agent: a turn with the most tools, in turns with 2',
    atMost: 1.5,
    unit: '×',
    read: ({ agent }, clock) => {
      if (!agent?.tools) return undefined
      const { cells } = agent.tools
      const most = Math.max(...sizesOf(cells))
      return { value: share(cells[most].tinyllm, cells[2].tinyllm, clock), at: most }
    },
  },
  {
    name: 'agent: a turn of the longest conversation, in turns of one of 100',
    atMost: 2,
    unit: '×',
    read: ({ agent }, clock) => {
      const hundred = agent?.turns[100]?.tinyllm
      if (!hundred) return undefined
      const most = Math.max(...sizesOf(agent.turns))
      const long = agent.turns[most].tinyllm
      // One that was left out is judged by its forecast, not by a shorter one.
      const ms = long.leftOut ?? long[clock].min
      return { value: ms / hundred[clock].min / (most / 100), at: most }
    },
  },
  {
    name: 'agents of 3 turns at once: ms for all',
    atMost: 1000,
    unit: ' ms',
    read: ({ agent }, clock) => agent?.crowd && { value: agent.crowd.cells.tinyllm[clock].min, at: agent.crowd.runs },
  },
]

/** One table: µs a turn by turns, by tools, of many agents at once, and of each contender alone. */
export function agentSection({ contenders, turns, tools, crowd, alone }) {
  const columns = [
    ...Object.entries(turns).map(([size, cells]) => ({ head: `${thousands(size)} turns`, cells, units: size })),
    ...Object.entries(tools?.cells ?? {}).map(([size, cells]) => ({
      head: `${thousands(tools.turns)} turns, ${size} tools`,
      cells,
      units: tools.turns,
    })),
    ...(crowd
      ? [
          {
            head: `${thousands(crowd.runs)} agents of ${crowd.turns} turns at once`,
            cells: crowd.cells,
            units: crowd.runs * crowd.turns,
          },
        ]
      : []),
    ...Object.entries(alone ?? {}).map(([size, cells]) => ({
      head: `${thousands(size)} turns, each in its own process`,
      cells,
      units: size,
    })),
  ]
  const titles = contenders.map(({ key, name, version, problem }) => [
    key,
    problem ? `${name} (not loaded: ${problem})` : `${name} ${version}`.replace(' –', ''),
  ])
  const rows = titles
    .filter(([key]) => agentNames.includes(key))
    .map(([key, title]) => [title, ...columns.map(({ cells, units }) => cell(cells[key], units))])
  rows.push([
    '**faster than the faster of AI SDK, OpenAI Agents**',
    ...columns.map(({ cells }) => times(lead(cells, agentPeers, 'clock'))),
  ])
  return `### Agent with a call of a tool in each turn, µs a turn\n\n${table(['minimum / median of the rounds', ...columns.map(({ head }) => head)], rows)}`
}
