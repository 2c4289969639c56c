import type { AnyFn } from 'tinyllm'
import { expect } from 'vitest'

type Transition = string | { target?: string; guard?: string; actions?: string | string[] }
export type Chart = {
  type?: string
  initial?: string
  states?: Record<string, Chart>
  entry?: string
  always?: Transition | Transition[]
  onDone?: Transition | Transition[]
  on?: Record<string, Transition | Transition[]>
  invoke?: Invoke | Invoke[]
}
type Invoke = { src: string; id: string; onDone?: Transition | Transition[]; onError?: Transition | Transition[] }

export const chartOf = (fn: AnyFn): Chart & { id: string } => fn.machine.config as never

/** Every state with its path of keys, the root first. */
export function states(chart: Chart, at: string[] = []): { at: string[]; state: Chart }[] {
  return [
    { at, state: chart },
    ...Object.entries(chart.states ?? {}).flatMap(([key, state]) => states(state, [...at, key])),
  ]
}

export const list = <T>(items: T | T[] | undefined): T[] => (items === undefined ? [] : ([items].flat() as T[]))
export const invokes = (state: Chart): Invoke[] => list(state.invoke)
export const transitions = (state: Chart): Exclude<Transition, string>[] =>
  [
    ...list(state.always),
    ...list(state.onDone),
    ...Object.values(state.on ?? {}).flatMap(list),
    ...invokes(state).flatMap((invoke) => [...list(invoke.onDone), ...list(invoke.onError)]),
  ].map((transition) => (typeof transition === 'string' ? { target: transition } : transition))

/** The states that some path from the start leads to, as dotted keys. */
export function reachable(root: Chart & { id: string }): Set<string> {
  const byKey = new Map(states(root).map(({ at, state }) => [at.join('.'), state]))
  const seen = new Set<string>()
  const enter = (key: string) => {
    const state = byKey.get(key)
    if (!state) throw new Error(`a transition leads to ${key}, which does not exist`)
    if (seen.has(key)) return
    seen.add(key)
    const below = (name: string) => (key ? `${key}.${name}` : name)
    if (state.type === 'parallel') for (const name of Object.keys(state.states ?? {})) enter(below(name))
    else if (state.initial) enter(below(state.initial))
    for (const { target } of transitions(state)) {
      if (target === undefined) continue
      const parent = key.split('.').slice(0, -1).join('.')
      const to = target.startsWith('#')
        ? target.slice(1 + root.id.length + 1)
        : target.startsWith('.')
          ? below(target.slice(1))
          : parent
            ? `${parent}.${target}`
            : target
      // Whatever stands above a state is entered with it.
      to.split('.').forEach((_, index, keys) => enter(keys.slice(0, index + 1).join('.')))
    }
  }
  enter('')
  return seen
}

/** What holds for the chart of every kind. */
export function expectChart(fn: AnyFn): void {
  expect(functionsIn(fn).filter((key) => key !== 'input')).toEqual([])
  const { actors, actions, guards } = fn.machine.implementations as unknown as Record<string, object>
  for (const { state } of states(chartOf(fn))) {
    for (const { src, id } of invokes(state)) {
      expect(id).toBe(src)
      expect(actors).toHaveProperty([src])
    }
    for (const name of list(state.entry)) expect(actions).toHaveProperty([name])
    for (const transition of transitions(state)) {
      if (transition.guard) expect(guards).toHaveProperty([transition.guard])
      for (const name of list(transition.actions)) expect(actions).toHaveProperty([name])
    }
  }
  const reached = reachable(chartOf(fn))
  const all = states(chartOf(fn)).map(({ at }) => at.join('.'))
  // The root's `failed` is where a cancel leads, whether or not the function can fail by itself.
  expect(all.filter((key) => !reached.has(key))).toEqual([])
}

/** The keys of the functions in a chart, beside the root's context and output. */
function functionsIn(fn: AnyFn): string[] {
  const { context: _, output: __, ...chart } = fn.machine.config
  const keys: string[] = []
  JSON.stringify(chart, (key, value: unknown) => {
    if (typeof value === 'function') keys.push(key)
    return value
  })
  return keys
}
