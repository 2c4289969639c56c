import type { ChartState } from './line.ts'

/** One state of an indexed chart. */
export type IndexedState = ChartState & {
  readonly index: number
  readonly parent?: number
  readonly depth: number
  readonly children: readonly number[]
  /** The function whose lifecycle this state belongs to, by number. */
  readonly owner?: number
  /** Functions and, in a chart that tinyllm did not compile, all states: the nearest above that is drawn. */
  readonly within?: number
  /** It is a function that waits for events from outside. */
  readonly waits?: boolean
  /** What is drawn inside it. */
  readonly inside: readonly number[]
}
/** A chart whose states can be looked up by number and by path. */
export type IndexedChart = {
  readonly isTinyllm: boolean
  readonly states: readonly IndexedState[]
  readonly byPath: ReadonlyMap<string, number>
  /** The states that are drawn: functions, or every state of a chart that tinyllm did not compile. */
  readonly drawn: readonly number[]
}
type Building = { -readonly [K in keyof IndexedState]: IndexedState[K] } & { children: number[]; inside: number[] }

/** Numbers the states of a chart in the order in which they are written, as the journal does. */
export function indexChart(root: ChartState): IndexedChart {
  const states: Building[] = []
  const byPath = new Map<string, number>()
  const isTinyllm = root.path !== undefined
  const drawn: number[] = []
  const add = (state: ChartState, parent: Building | undefined): void => {
    const index = states.length
    const isDrawn = !isTinyllm || state.path !== undefined
    const within = parent && (!isTinyllm || parent.path !== undefined ? parent.index : parent.within)
    const own: Building = {
      ...state,
      index,
      depth: parent ? parent.depth + 1 : 0,
      children: [],
      inside: [],
      ...(parent && { parent: parent.index }),
      ...(parent?.path !== undefined && state.path === undefined && { owner: parent.index }),
      ...(within !== undefined && { within }),
    }
    states.push(own)
    parent?.children.push(index)
    if (state.path !== undefined) byPath.set(state.path, index)
    if (isDrawn) {
      drawn.push(index)
      if (within !== undefined) states[within]?.inside.push(index)
    }
    if (own.owner !== undefined && own.key === 'running' && state.events?.length) states[own.owner]!.waits = true
    for (const child of state.states ?? []) add(child, own)
  }
  add(root, undefined)
  return { isTinyllm, states, byPath, drawn }
}
