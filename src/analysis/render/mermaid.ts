import { decodeKey } from '../../border/label.ts'
import type { Way } from '../../compile/scope.ts'
import type { AnyFn } from '../../types.ts'
import { allDefinitions, definitionOf, isToolCalls, type Definition } from '../definition.ts'
import { mayNeedApproval } from './approval.ts'
import { badgesOf } from './badges.ts'
import { highlightStyles, type Highlight, type Highlights } from './highlight.ts'

/**
 * The flowchart of a pipeline as Mermaid source.
 *
 * @example
 * await writeFile('credit-analysis.mmd', mermaid(creditAnalysis))
 */
export const mermaid = (fn: AnyFn): string => renderMermaid(definitionOf(fn))

/** The same with highlighted functions. */
export function renderMermaid(definition: Definition, marks: Highlights = new Map()): string {
  const ids = new Map(allDefinitions(definition).map(({ path }, index) => [path, `f${index}`]))
  const id = ({ path }: Definition): string => ids.get(path) as string
  const classes = [...new Set(marks.values())]
  const marked = [...marks].flatMap(([path, mark]) => (ids.has(path) ? [`  class ${ids.get(path)} ${mark}`] : []))
  return [
    'flowchart LR',
    ...nodes(definition, id, '  '),
    ...allDefinitions(definition).flatMap((each) => edges(each, id)),
    ...classes.map(style),
    ...marked,
    '',
  ].join('\n')
}

type Id = (definition: Definition) => string

function nodes(definition: Definition, id: Id, indent: string): string[] {
  const kind = [definition.node.kind, ...badgesOf(definition)].join(' ')
  if (definition.children.length === 0)
    return [`${indent}${id(definition)}["${escaped(definition.label)}<br/>${escaped(kind)}"]`]
  const ends = new Set(definition.node.facts?.ways?.flatMap(({ end }) => end ?? []))
  return [
    `${indent}subgraph ${id(definition)} [${quoted(`${definition.label} · ${kind}`)}]`,
    ...definition.children.flatMap((child, index) => [
      ...gates(definition, index, id, `${indent}  `),
      ...nodes(child, id, `${indent}  `),
    ]),
    ...gates(definition, definition.children.length, id, `${indent}  `),
    ...asked(definition).flatMap((tool) => [
      `${indent}  ${id(tool)}asks{"asks"}`,
      `${indent}  ${id(tool)}rejected([rejected])`,
    ]),
    ...Array.from(ends, (end) => `${indent}  ${id(definition)}${end}([${end}])`),
    `${indent}end`,
  ]
}

/** The tools whose calls may wait for a person. */
const asked = (definition: Definition): readonly Definition[] =>
  isToolCalls(definition) ? definition.children.filter(({ key }) => mayNeedApproval(definition, key)) : []

function edges(definition: Definition, id: Id): string[] {
  const { node, children } = definition
  if (node.facts?.gates) return sequenceEdges(definition, id)
  // The calls of tools run beside each other; a person may have to allow one.
  if (isToolCalls(definition)) {
    return asked(definition).flatMap((tool) => [
      `  ${id(tool)}asks -->|APPROVE| ${id(tool)}`,
      `  ${id(tool)}asks -.->|REJECT| ${id(tool)}rejected`,
    ])
  }
  const [first, ...rest] = children
  const { ways } = node.facts ?? {}
  if (ways) return ways.flatMap((way) => edge(definition, way, id))
  if (!first || node.layout === 'stack') return []
  if (node.layout === 'choice') {
    if (first.key !== node.facts?.decider) return []
    return rest.map((way) => `  ${id(first)} -->|${quoted(decodeKey(way.key))}| ${id(way)}`)
  }
  const arrow = node.layout === 'attempts' ? '-.->|on failure|' : '-->'
  return rest.map((child, index) => `  ${id(children[index] as Definition)} ${arrow} ${id(child)}`)
}

/** What is asked at a place among the steps of a flow: a node of its own, so that each way leads to the next alone. */
function gatesAt({ node, children }: Definition, place: number): { at: string; label: string; ends: boolean }[] {
  return (node.facts?.gates ?? []).flatMap(({ before, ends }, index) =>
    before === place ? [{ at: `gate${index}`, label: ends ? 'end?' : `${children[place]?.key}?`, ends }] : [],
  )
}

const gates = (definition: Definition, place: number, id: Id, indent: string): string[] =>
  gatesAt(definition, place).map(({ at, label }) => `${indent}${id(definition)}${at}{${quoted(label)}}`)

/** The steps of a flow: from what asks for a step a way leads around it, and from what asks for an end one to the end. */
function sequenceEdges(definition: Definition, id: Id): string[] {
  const [start, end] = [`${id(definition)}start`, `${id(definition)}end`]
  const lines: string[] = []
  let from = [`${start} -->`]
  const lead = (to: string) => {
    lines.push(...from.map((each) => `  ${each} ${to}`))
    from = [`${to} -->`]
  }
  for (let place = 0; place <= definition.children.length; place++) {
    const around: string[] = []
    for (const { at, ends } of gatesAt(definition, place)) {
      lead(`${id(definition)}${at}`)
      if (ends) lines.push(`  ${id(definition)}${at} -.->|end early| ${end}`)
      else around.push(`${id(definition)}${at} -.->|skip|`)
    }
    const child = definition.children[place]
    if (child) lead(id(child))
    from.push(...around)
  }
  lead(end)
  return [`  ${start}((" "))`, `  ${end}(((" ")))`, ...lines]
}

function edge(owner: Definition, { from, to, end, label }: Way, id: Id): string[] {
  const [source, target] = [from, to].map((key) => owner.children.find((child) => child.key === key))
  const goal = end ? `${id(owner)}${end}` : target && id(target)
  if (!source || goal === undefined) return []
  return [`  ${id(source)} -->${label === undefined ? '' : `|${quoted(label)}|`} ${goal}`]
}

function style(mark: Highlight): string {
  const { fill, line, text, dashed } = highlightStyles[mark]
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
