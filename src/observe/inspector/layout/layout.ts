import { decodeKey } from '../../../border/label.ts'
import type { IndexedChart, IndexedState } from '../journal/indexed-chart.ts'
import { type Arranged, arrangeFallback, arrangeChoice, arrangeRow, arrangeColumns } from './arrangements.ts'
import { arrangeTools } from './tools.ts'
import { arrangeCycle } from './cycle.ts'
import { withGates, type FlowGates } from './flow-gates.ts'
import { layeredLayout } from './layered/layered-layout.ts'
import { estimateWidth, type Measure } from './text-width.ts'
import { kindLabel, stateName } from './labels.ts'
import { type Arrow, type Box, type Scene, shiftArrow, size, boxesIn } from './scene.ts'

/** What decides how large things are drawn. */
export type LayoutOptions = {
  readonly collapsed: ReadonlySet<number>
  /** The functions that stream text: they get room for it. */
  readonly talking: ReadonlySet<number>
  /** Measures what is written; where it is left out, widths are guessed. */
  readonly measure?: Measure
}

/**
 * Lays out a chart. One that tinyllm compiled is regular: it is arranged by what each of its functions is, in the written
 * order. Any other chart gets a layered layout.
 */
export function layout(chart: IndexedChart, { collapsed, talking, measure = estimateWidth }: LayoutOptions): Scene {
  if (!chart.isTinyllm) return layeredLayout(chart, collapsed, measure)
  const arrows: Arrow[] = []
  const boxes = new Map<number, Box>()

  const place = (index: number, depth: number): Box => {
    const state = chart.states[index] as IndexedState
    const open = state.inside.length > 0 && !collapsed.has(index)
    if (!open) {
      const h = talking.has(index) ? size.high : size.low
      return { index, state, x: 0, y: 0, w: leafWidth(state, measure), h, open, depth, parts: [] }
    }
    const parts = state.inside.map((child) => place(child, depth + 1))
    const arranged = arrange(chart, state, parts, measure)
    const w = Math.max(arranged.w, 60 + Math.min(size.widest, measure(stateName(state), 'name')) + 90)
    const box = { index, state, x: 0, y: 0, w, h: arranged.h, open, depth, parts }
    // Arrows are moved with their box when it has found its place.
    pending.push([box, arranged.arrows])
    return box
  }
  const pending: [Box, Arrow[]][] = []
  const root = place(0, 0)
  for (const box of boxesIn(root)) boxes.set(box.index, box)
  for (const [box, own] of pending) for (const arrow of own) arrows.push(shiftArrow(arrow, box.x, box.y))
  return { root, boxes, arrows }
}

function arrange(chart: IndexedChart, state: IndexedState, parts: readonly Box[], measure: Measure): Arranged {
  const [first] = parts
  if (state.ways) return arrangeCycle(state.index, parts, state.ways, measure)
  if (state.layout === 'calls') return arrangeTools(state.index, parts, measure)
  if (state.layout === 'stack' || state.type === 'parallel') return arrangeColumns(parts)
  if (state.layout === 'choice') {
    const decider = first?.state.key === 'deciding' ? first : undefined
    const ways = decider ? parts.slice(1) : parts
    // A decision without branches only returns its choice.
    return ways.length === 0
      ? arrangeRow(parts)
      : arrangeChoice(decider, ways, ({ state: { key } }) => decodeKey(key), measure)
  }
  if (state.layout === 'attempts') return arrangeFallback(parts)
  return state.layout === 'optional steps'
    ? withGates(arrangeRow(parts), parts, gatesIn(chart, parts))
    : arrangeRow(parts)
}

/** What stands between the steps of a flow in its chart: a state that may skip the next step, or end the flow. */
function gatesIn({ states }: IndexedChart, parts: readonly Box[]): FlowGates {
  const gates: FlowGates = { skips: new Set(), ends: new Set() }
  const parent = parts[0]?.state.parent
  let place = 0
  for (const index of parent === undefined ? [] : (states[parent] as IndexedState).children) {
    const { key, path } = states[index] as IndexedState
    if (path !== undefined) place++
    else if (key.startsWith('when:')) gates.skips.add(place)
    else if (key.startsWith('endWhen:')) gates.ends.add(place)
  }
  return gates
}

/** As wide as what is written in it asks for, within bounds. */
function leafWidth(state: IndexedState, measure: Measure): number {
  const isFolded = state.inside.length > 0
  const head = 60 + measure(stateName(state), 'name') + measure(kindLabel(state), 'kind') + (isFolded ? 20 : 0)
  // How far it is stands in it, too.
  const facts =
    measure !== estimateWidth && (isFolded || state.actors === 'items') ? 28 + measure(PROGRESS, 'facts') : 0
  const told = measure !== estimateWidth && state.tool ? 28 + measure(state.description ?? '', 'facts') : 0
  return Math.min(size.widest, Math.max(size.leaf, head, facts, Math.min(DESCRIPTION_WIDTH, told)))
}
/** So much room is made for the description of a tool; what is longer is cut. */
const DESCRIPTION_WIDTH = 280
const PROGRESS = '1000/1000 items · 100 ✕ · 59 m 59 s'

/** A large chart is shown folded up: the deepest composites first, until it is small enough to be read. */
export function collapseLarge(chart: IndexedChart, most = 90): Set<number> {
  const composites = chart.drawn.filter(
    (index) => (chart.states[index] as IndexedState).inside.length > 0 && index !== 0,
  )
  const level = (index: number): number => {
    const { within: above } = chart.states[index] as IndexedState
    return above === undefined ? 0 : 1 + level(above)
  }
  const collapsed = new Set<number>()
  if (chart.drawn.length <= most) return collapsed
  const depths = new Map(chart.drawn.map((index) => [index, level(index)]))
  for (let depth = Math.max(...depths.values()); depth > 0; depth--) {
    const visible = [...depths.values()].filter((one) => one <= depth).length
    if (visible <= most) break
    for (const index of composites) if (depths.get(index) === depth - 1) collapsed.add(index)
  }
  return collapsed
}
