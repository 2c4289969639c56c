import type { Chart } from '../../journal/chart-index.ts'
import { row, stack } from '../../layout/arrange.ts'
import { type Box, type Scene, size, within } from '../../layout/scene.ts'
import { ask } from './elk.ts'
import { measured } from './measure.ts'

const known = new WeakMap<Chart, Map<string, Scene>>()

/**
 * A machine that is not ours has any shape: elkjs lays it out, in a worker and loaded only now. Until it has, states
 * stand in rows.
 */
export function foreignScene(chart: Chart, collapsed: ReadonlySet<number>, ready: () => void): Scene {
  const key = [...collapsed].toSorted((a, b) => a - b).join()
  const scenes = known.get(chart) ?? new Map<string, Scene>()
  known.set(chart, scenes)
  const found = scenes.get(key)
  if (found) return found
  const first = inRows(chart, collapsed)
  scenes.set(key, first)
  void improve(chart, first, (scene) => {
    scenes.set(key, scene)
    ready()
  })
  return first
}

async function improve(chart: Chart, first: Scene, use: (scene: Scene) => void): Promise<void> {
  try {
    use(await ask(chart, first))
  } catch {
    // Without elkjs (an exported file) the rows stay.
  }
}

function inRows(chart: Chart, collapsed: ReadonlySet<number>): Scene {
  const boxes = new Map<number, Box>()
  const place = (index: number, depth: number): Box => {
    const state = chart.states[index] as Chart['states'][number]
    const open = state.inside.length > 0 && !collapsed.has(index)
    if (!open)
      return {
        index,
        state,
        x: 0,
        y: 0,
        w: Math.min(
          size.widest,
          Math.max(state.type === 'final' ? 130 : size.leaf - 20, 110 + measured(state.key, 'name')),
        ),
        h: size.low,
        open,
        depth,
        parts: [],
      }
    const parts = state.inside.map((child) => place(child, depth + 1))
    const { w, h } = state.type === 'parallel' ? stack(parts) : row(parts)
    return {
      index,
      state,
      x: 0,
      y: 0,
      w: Math.max(w, 240, 150 + Math.min(size.widest, measured(state.key, 'name'))),
      h,
      open,
      depth,
      parts,
    }
  }
  const root = place(0, 0)
  for (const box of within(root)) boxes.set(box.index, box)
  return { root, boxes, arrows: [] }
}
