import { peerNames } from '../contenders/all.js'
import { agentTargets } from './agent.js'
import { lead, share, sizesOf } from './cells.js'

/** The smallest lead of all sizes from `from` on, and where that is. */
const worstLead = (kind, peers, from, sectionOf) => (node, clock) => {
  const section = sectionOf(node)?.[kind]
  if (!section) return undefined
  const leads = sizesOf(section)
    .filter((size) => size >= from)
    .map((size) => ({ value: lead(section[size], peers, clock), at: size }))
    .filter(({ value }) => value !== undefined)
  return leads.toSorted((a, b) => a.value - b.value)[0]
}

const perUnit = (cells, size, clock) => cells.tinyllm[clock].min / size
const speed = ({ speed }) => speed
const alone = ({ alone }) => alone

const policyTitles = {
  limit: 'with a limit on each function: times the plain shape',
  together: 'with limit, retry, timeout and schemas: times the plain shape',
  'one limit': 'one limit in a wide parallel: times the plain shape',
}

/** What is promised, the limit, and how to read it off the results of one node. `at` is the size that it comes from. */
export const targets = [
  {
    name: 'chain from 10 steps: times faster than the fastest peer',
    atLeast: 4,
    unit: '×',
    read: worstLead('chain', peerNames, 10, speed),
  },
  {
    name: 'the same, each in its own process',
    atLeast: 4,
    unit: '×',
    read: worstLead('chain', peerNames, 1, alone),
  },
  {
    name: 'chain: times faster than LangGraph.js',
    atLeast: 50,
    unit: '×',
    read: worstLead('chain', ['langgraph'], 1, speed),
  },
  {
    name: 'parallel from width 10: times faster than the fastest peer',
    atLeast: 4,
    unit: '×',
    read: worstLead('parallel', peerNames, 10, speed),
  },
  {
    name: 'the same, each in its own process',
    atLeast: 4,
    unit: '×',
    read: worstLead('parallel', peerNames, 10, alone),
  },
  {
    name: 'parallel: a region at the widest, in regions at width 10',
    atMost: 3,
    unit: '×',
    read: ({ speed }, clock) => {
      if (!speed) return undefined
      const widest = Math.max(...sizesOf(speed.parallel))
      const [wide, narrow] = [widest, 10].map((size) => perUnit(speed.parallel[size], size, clock))
      return { value: wide / narrow, at: widest }
    },
  },
  {
    name: 'map: µs an item',
    atMost: 3,
    unit: ' µs',
    read: ({ speed }, clock) => {
      if (!speed) return undefined
      const count = Math.max(...sizesOf(speed.map))
      return { value: 1000 * perUnit(speed.map[count], count, clock), at: count }
    },
  },
  ...Object.entries({ limit: 6, retry: 3, timeout: 4, schemas: 4, together: 9, 'one limit': 3 }).map(
    ([policy, atMost]) => ({
      name: policyTitles[policy] ?? `with ${policy}: times the plain shape`,
      atMost,
      unit: '×',
      read: ({ policies }, clock) => {
        if (!policies) return undefined
        const cells = Object.values(policies).flatMap((sizes) => Object.entries(sizes))
        const shares = cells
          .filter(([, { [policy]: cell }]) => cell)
          .map(([at, { [policy]: cell, plain }]) => ({ value: share(cell, plain, clock), at: Number(at) }))
        return shares.toSorted((a, b) => b.value - a.value)[0]
      },
    }),
  ),
  {
    name: 'heap of a run in flight',
    atMost: 6.5,
    unit: ' KB',
    read: ({ inFlight }, clock) =>
      inFlight && clock === 'clock'
        ? { value: inFlight.results.tinyllm.bytes.min / 1000, at: inFlight.runs }
        : undefined,
  },
  {
    name: 'a step with an inspector that reads the state',
    atMost: 30,
    unit: ' µs',
    read: ({ observing }, clock) =>
      observing && { value: (1000 * observing['fast reading'][clock].min) / observing.length, at: observing.length },
  },
  {
    name: "building the machine, in XState's own time for it",
    atMost: 1,
    unit: '×',
    read: ({ building }, clock) => {
      if (!building) return undefined
      const shares = sizesOf(building).map((at) => ({ value: share(building[at].ours, building[at].stock, clock), at }))
      return shares.toSorted((a, b) => b.value - a.value)[0]
    },
  },
  ...agentTargets,
]

export const isMet = ({ atLeast = -Infinity, atMost = Infinity }, { value }) => value >= atLeast && value <= atMost
