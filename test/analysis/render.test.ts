import { agent, type AnyFn, fn, llmCall, loop, map } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { z } from 'zod'
import { indexChart } from '../../src/observe/inspector/journal/indexed-chart.ts'
import { createRedactor } from '../../src/observe/inspector/journal/redact.ts'
import { createChartReader } from '../../src/observe/inspector/journal/machine-chart.ts'
import { layout } from '../../src/observe/inspector/layout/layout.ts'
import { definitionOf } from '../../src/analysis/definition.ts'
import { mermaidOf } from '../../src/analysis/render/mermaid.ts'
import { svgOf } from '../../src/analysis/render/svg.ts'
import { kinds } from '../contract/kinds.ts'

const tool = (name: string) =>
  fn({ name, description: 'Looks.', input: z.object({ id: z.string() }), run: ({ id }) => id })
const model = llmCall({ name: 'chat', model: async () => 'hi' })
const desk = agent({
  name: 'desk',
  model,
  tools: [tool('look'), tool('refund')],
  approve: ['refund'],
  stopWhen: () => false,
  maxTurns: 6,
})
const improve = (text: string) => text
const refine = loop({ name: 'refine', body: improve, until: () => true, maxIterations: 4 })

const pathOf = ({ meta }: AnyStateNode) => (meta as { path?: string } | undefined)?.path

/** The functions and ends that a state leads to, states that are only passed through left out: read from the chart. */
function reached(state: AnyStateNode, seen = new Set<AnyStateNode>()): Set<string> {
  const found = new Set<string>()
  const transitions = [...state.transitions.values(), state.always ?? []].flat()
  for (const next of transitions.flatMap(({ target }) => target ?? [])) {
    const path = pathOf(next as AnyStateNode)
    const owner = next.parent && pathOf(next.parent)
    if (path !== undefined && next.parent === state.parent) found.add(path)
    else if (owner !== undefined) found.add(`${owner}#${next.key}`)
    else if (!seen.has(next)) for (const more of reached(next, seen.add(next))) found.add(more)
  }
  return found
}

const pipelines: Record<string, AnyFn> = {
  ...Object.fromEntries(kinds.map(({ name, make }) => [name, make(() => 'out')])),
  desk,
  refine,
  'without tools': agent({ name: 'quiet', model, tools: [] }),
}

describe.each(Object.entries(pipelines))('the picture of %s', (_, { machine }) => {
  const built = machine as unknown as AnyStateMachine
  const { root } = createChartReader(createRedactor())(built)
  const chart = indexChart(root)
  const { arrows, boxes } = layout(chart, { collapsed: new Set(), talking: new Set() })
  const drawn = arrows.map(({ from, to, end }) => [
    chart.states[from]?.path,
    end === undefined ? chart.states[to]?.path : `${chart.states[to]?.path}#${end}`,
  ])
  const composites: AnyStateNode[] = []
  const visit = (node: AnyStateNode) => {
    if (node.key === 'running' && node.type === 'compound') composites.push(node)
    for (const child of Object.values(node.states)) visit(child)
  }
  visit(built.root)

  test('has every way back that its chart has', () => {
    for (const running of composites) {
      const children = Object.values(running.states).filter((child) => pathOf(child) !== undefined)
      const order = children.map(pathOf)
      for (const [place, child] of children.entries()) {
        const back = [...reached(child)].filter((to) => order.includes(to) && order.indexOf(to) <= place)
        for (const to of back) expect(drawn).toContainEqual([pathOf(child), to])
      }
    }
  })

  test('has no way that its chart has not', () => {
    const nodes = new Map<string, AnyStateNode>()
    const add = (node: AnyStateNode) => {
      const path = pathOf(node)
      if (path !== undefined) nodes.set(path, node)
      for (const child of Object.values(node.states)) add(child)
    }
    add(built.root)
    for (const arrow of arrows.filter(({ exact }) => exact)) {
      const from = nodes.get(chart.states[arrow.from]?.path ?? '')
      // The calls of tools are actors, with charts of their own.
      if (!from || chart.states[arrow.to]?.kind === 'tool') continue
      const owner = chart.states[arrow.to]?.path
      const after = arrow.end === 'complete' ? ['complete', 'validatingOutput', 'processingOutput'] : ['failed']
      const goals = arrow.end === undefined ? [owner] : after.map((end) => `${owner}#${end}`)
      expect(
        [...reached(from)].some((to) => goals.includes(to)),
        `${pathOf(from)} → ${goals[0]}`,
      ).toBe(true)
    }
  })

  test('keeps its arrows inside the boxes', () => {
    const outer = boxes.get(0)
    for (const [x, y] of arrows.flatMap(({ points }) => points)) {
      expect(x >= 0 && y >= 0 && x <= (outer?.w ?? 0) && y <= (outer?.h ?? 0)).toBe(true)
    }
  })
})

describe('an agent', () => {
  test('is a cycle in Mermaid, with its ways out, and the approval as a branch before a tool', () => {
    expect(
      mermaidOf(definitionOf(desk))
        .split('\n')
        .filter((line) => line.includes('-->')),
    ).toEqual([
      '  f1 -->|"calls"| f2',
      '  f1 -->|"answer"| f0complete',
      '  f1 -->|"MESSAGE"| f1',
      '  f2 -->|"results"| f1',
      '  f2 -->|"stopWhen"| f0complete',
      '  f2 -->|"after 6 turns"| f0failed',
      '  f4asks -->|APPROVE| f4',
    ])
    expect(mermaidOf(definitionOf(desk))).toContain('  f4asks -.->|REJECT| f4rejected')
    expect(mermaidOf(definitionOf(desk))).toContain('f1["think: chat<br/>llmCall"]')
  })

  test('is a cycle in SVG', () => {
    const svg = svgOf(definitionOf(desk))
    for (const label of ['answer → complete', 'after 6 turns → failed', 'APPROVE', 'REJECT', 'results'])
      expect(svg).toContain(`>${label}</text>`)
    expect(svg).toContain('>think: chat</text>')
    expect(svg).toContain('<title>desk.act.look</title>')
  })
})

test('a loop shows its body, its way back and its ways out', () => {
  expect(mermaidOf(definitionOf(refine))).toContain(
    '  f1 -->|"again"| f1\n  f1 -->|"until"| f0complete\n  f1 -->|"after 4"| f0failed',
  )
  expect(svgOf(definitionOf(refine))).toContain('>body: improve</text>')
})

test('a name cannot break a picture', () => {
  const odd = { 'a "b" <c> #d;': (text: string) => text }['a "b" <c> #d;'] as (text: string) => string
  const root = map({ name: 'm', each: odd })
  expect(mermaidOf(definitionOf(root))).toContain('["each: a #quot;b#quot; #lt;c#gt; #35;d;<br/>function"]')
  expect(svgOf(definitionOf(root))).toContain('each: a &quot;b&quot; &lt;c&gt; #d;')
})
