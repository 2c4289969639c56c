import { decodeKey } from '../../border/label.ts'
import type { Way } from '../../compile/scope.ts'
import type { AnyFn } from '../../types.ts'
import { allParts, definitionOf, type Part, isCalls } from '../definition.ts'
import { mayAsk } from './approval.ts'
import { badgesOf } from './badges.ts'
import { looks, type Mark, type Marks } from './highlight.ts'

/**
 * The flowchart of a pipeline as Mermaid source.
 *
 * @example
 * await writeFile('credit-analysis.mmd', mermaid(creditAnalysis))
 */
export const mermaid = (fn: AnyFn): string => mermaidOf(definitionOf(fn))

/** The same with highlighted functions. */
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
  const kind = [part.node.kind, ...badgesOf(part)].join(' ')
  if (part.children.length === 0) return [`${indent}${id(part)}["${escaped(part.label)}<br/>${escaped(kind)}"]`]
  const ends = new Set(part.node.facts?.ways?.flatMap(({ end }) => end ?? []))
  return [
    `${indent}subgraph ${id(part)} [${quoted(`${part.label} · ${kind}`)}]`,
    ...part.children.flatMap((child, index) => [
      ...gates(part, index, id, `${indent}  `),
      ...nodes(child, id, `${indent}  `),
    ]),
    ...gates(part, part.children.length, id, `${indent}  `),
    ...asked(part).flatMap((tool) => [
      `${indent}  ${id(tool)}asks{"asks"}`,
      `${indent}  ${id(tool)}rejected([rejected])`,
    ]),
    ...Array.from(ends, (end) => `${indent}  ${id(part)}${end}([${end}])`),
    `${indent}end`,
  ]
}

/** The tools whose calls may wait for a person. */
const asked = (part: Part): readonly Part[] =>
  isCalls(part) ? part.children.filter(({ key }) => mayAsk(part, key)) : []

function edges(part: Part, id: Id): string[] {
  const { node, children } = part
  if (node.facts?.gates) return sequenceEdges(part, id)
  // The calls of tools run beside each other; a person may have to allow one.
  if (isCalls(part)) {
    return asked(part).flatMap((tool) => [
      `  ${id(tool)}asks -->|APPROVE| ${id(tool)}`,
      `  ${id(tool)}asks -.->|REJECT| ${id(tool)}rejected`,
    ])
  }
  const [first, ...rest] = children
  const { ways } = node.facts ?? {}
  if (ways) return ways.flatMap((way) => edge(part, way, id))
  if (!first || node.layout === 'stack') return []
  if (node.layout === 'choice') {
    if (first.key !== node.facts?.decider) return []
    return rest.map((way) => `  ${id(first)} -->|${quoted(decodeKey(way.key))}| ${id(way)}`)
  }
  const arrow = node.layout === 'attempts' ? '-.->|on failure|' : '-->'
  return rest.map((child, index) => `  ${id(children[index] as Part)} ${arrow} ${id(child)}`)
}

/** What is asked at a place among the steps of a flow: a node of its own, so that each way leads to the next alone. */
function gatesAt({ node, children }: Part, place: number): { at: string; label: string; ends: boolean }[] {
  return (node.facts?.gates ?? []).flatMap(({ before, ends }, index) =>
    before === place ? [{ at: `gate${index}`, label: ends ? 'end?' : `${children[place]?.key}?`, ends }] : [],
  )
}

const gates = (part: Part, place: number, id: Id, indent: string): string[] =>
  gatesAt(part, place).map(({ at, label }) => `${indent}${id(part)}${at}{${quoted(label)}}`)

/** The steps of a flow: from what asks for a step a way leads around it, and from what asks for an end one to the end. */
function sequenceEdges(part: Part, id: Id): string[] {
  const [start, end] = [`${id(part)}start`, `${id(part)}end`]
  const lines: string[] = []
  let from = [`${start} -->`]
  const lead = (to: string) => {
    lines.push(...from.map((each) => `  ${each} ${to}`))
    from = [`${to} -->`]
  }
  for (let place = 0; place <= part.children.length; place++) {
    const around: string[] = []
    for (const { at, ends } of gatesAt(part, place)) {
      lead(`${id(part)}${at}`)
      if (ends) lines.push(`  ${id(part)}${at} -.->|end early| ${end}`)
      else around.push(`${id(part)}${at} -.->|skip|`)
    }
    const child = part.children[place]
    if (child) lead(id(child))
    from.push(...around)
  }
  lead(end)
  return [`  ${start}((" "))`, `  ${end}(((" ")))`, ...lines]
}

function edge(owner: Part, { from, to, end, label }: Way, id: Id): string[] {
  const [source, target] = [from, to].map((key) => owner.children.find((child) => child.key === key))
  const goal = end ? `${id(owner)}${end}` : target && id(target)
  if (!source || goal === undefined) return []
  return [`  ${id(source)} -->${label === undefined ? '' : `|${quoted(label)}|`} ${goal}`]
}

function style(mark: Mark): string {
  const { fill, line, text, dashed } = looks[mark]
  return `  classDef ${mark} fill:${fill},stroke:${line},color:${text}${dashed ? ',stroke-dasharray:5 4' : ''}`
}

const quoted = (text: string): string => `"${escaped(text)}"`
/** Mermaid reads HTML, entities that begin with a #, and Markdown between backticks; a label is one line. */
const escaped = (text: string): string =>
  text
    .replaceAll('#', '#35;')
    .replaceAll('&', '#amp;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('`', '#96;')
    .replaceAll(/\s+/g, ' ')
