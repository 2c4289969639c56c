import { allParts, type Part } from '../definition.ts'
import { badgesOf } from './badges.ts'
import { looks, type Mark, type Marks } from './marks.ts'

/** A pipeline as a Mermaid flowchart, what is marked standing out. */
export function mermaidOf(part: Part, marks: Marks = new Map()): string {
  const ids = new Map(allParts(part).map(({ path }, index) => [path, `f${index}`]))
  const id = ({ path }: Part): string => ids.get(path) as string
  const classes = [...new Set(marks.values())]
  const marked = [...marks].flatMap(([path, mark]) => (ids.has(path) ? [`  class ${ids.get(path)} ${mark}`] : []))
  return [
    'flowchart LR',
    ...nodes(part, id, '  '),
    ...allParts(part).flatMap((each) => edges(each, id)),
    ...classes.map(style),
    ...marked,
    '',
  ].join('\n')
}

type Id = (part: Part) => string

function nodes(part: Part, id: Id, indent: string): string[] {
  const label = quoted([part.key, [part.node.kind, ...badgesOf(part)].join(' ')].join('<br/>'))
  if (part.children.length === 0) return [`${indent}${id(part)}[${label}]`]
  return [
    `${indent}subgraph ${id(part)} [${quoted(`${part.key} · ${[part.node.kind, ...badgesOf(part)].join(' ')}`)}]`,
    ...part.children.flatMap((child) => nodes(child, id, `${indent}  `)),
    `${indent}end`,
  ]
}

function edges(part: Part, id: Id): string[] {
  const { node, children } = part
  if (node.facts?.gates) return sequenceEdges(part, id)
  const [first, ...rest] = children
  if (!first || node.kind === 'parallel' || node.kind === 'branch' || node.kind === 'map') return []
  if (node.kind === 'loop') return [`  ${id(first)} -->|again| ${id(first)}`]
  if (node.kind === 'decision') return rest.map((way) => `  ${id(first)} -->|${quoted(way.key)}| ${id(way)}`)
  const arrow = node.kind === 'fallback' ? '-.->|on failure|' : '-->'
  return rest.map((child, index) => `  ${id(children[index] as Part)} ${arrow} ${id(child)}`)
}

/** The steps of a flow: what may be skipped has a way around it, and an early end one to the end. */
function sequenceEdges(part: Part, id: Id): string[] {
  const { gates = [] } = part.node.facts ?? {}
  const [start, end] = [`${id(part)}start`, `${id(part)}end`]
  const lines: string[] = []
  let from: { at: string; skips: string[] }[] = [{ at: start, skips: [] }]
  const lead = (to: string) => {
    for (const { at, skips } of from)
      lines.push(`  ${at} ${skips.length > 0 ? `-.->|${quoted(`skip ${skips.join(', ')}`)}|` : '-->'} ${to}`)
  }
  part.children.forEach((child, index) => {
    for (const { before, ends } of gates) if (ends && before === index) leave()
    lead(id(child))
    const isOptional = gates.some(({ before, ends }) => before === index && !ends)
    const around = isOptional ? from.map(({ at, skips }) => ({ at, skips: [...skips, child.key] })) : []
    from = [{ at: id(child), skips: [] }, ...around]
  })
  for (const { before, ends } of gates) if (ends && before === part.children.length) leave()
  lead(end)
  return [`  ${start}((" "))`, `  ${end}(((" ")))`, ...lines]

  function leave(): void {
    for (const { at } of from) lines.push(`  ${at} -.->|end early| ${end}`)
  }
}

function style(mark: Mark): string {
  const { fill, line, text, dashed } = looks[mark]
  return `  classDef ${mark} fill:${fill},stroke:${line},color:${text}${dashed ? ',stroke-dasharray:5 4' : ''}`
}

const quoted = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`
