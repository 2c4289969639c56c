import { readFileSync } from 'node:fs'
import { number, table } from './format.js'
import { isMet, targets } from './targets.js'
import { sections } from './sections.js'

const preface = [
  '# Results',
  'Written by `npm run bench`. [How it was measured](#how-it-was-measured) is below the tables.',
]
const about = readFileSync(new URL('about.md', import.meta.url), 'utf8').trim()

/** RESULTS.md; or only the numbers, for a terminal. */
export function report({ machine, nodes }, { brief = false } = {}) {
  const parts = [
    ...(brief ? [] : preface),
    describe(machine, nodes),
    '## Targets',
    verdicts(nodes),
    ...(brief ? [] : ['![µs a step, by size](results.svg)']),
    ...nodes.map((node) => [`## Node ${node.node}`, ...sections(node)].join('\n\n')),
    ...(brief ? [] : [about]),
  ]
  return `${parts.join('\n\n')}\n`
}

function describe(machine, nodes) {
  const { cpu, cores, memory, system, date, commit, loadBefore, loadAfter, loadOneBefore, loadOneAfter } = machine
  const lines = [
    `- ${date} UTC; tinyllm at ${commit}; Node ${nodes.map(({ node }) => node).join(' and ')}`,
    `- ${cpu}, ${cores} cores, ${memory}, ${system}`,
    `- load average before: ${loadBefore}; after: ${loadAfter}`,
  ]
  if (Math.max(loadOneBefore, loadOneAfter) > 1.5) {
    lines.push(
      '- **The machine was busy with other work.** Times are too high and medians wander; ratios of minima, and what CPU time says, are the best that can be had.',
    )
  }
  return lines.join('\n')
}

function verdicts(nodes) {
  const clocks = nodes.flatMap((node) => [
    { node, clock: 'clock', title: `Node ${node.node}` },
    { node, clock: 'cpu', title: 'by CPU time' },
  ])
  const isMeasured = ({ read }) => nodes.some((node) => read(node, 'clock'))
  const rows = targets.filter(isMeasured).map((target) => {
    const { name, atLeast, atMost, unit, read } = target
    const limit = atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`
    const cells = clocks.map(({ node, clock }) => {
      const found = read(node, clock)
      return found
        ? `${number(found.value)}${unit} at ${found.at.toLocaleString('en')} ${isMet(target, found) ? '✓' : '✗'}`
        : '–'
    })
    return [name, limit, ...cells]
  })
  return table(['what', 'target', ...clocks.map(({ title }) => title)], rows)
}
