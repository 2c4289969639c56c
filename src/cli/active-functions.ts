import type { RunEvent } from '../types.ts'

type StateEvent = Extract<RunEvent, { type: 'state' }>

const FINAL_STATES: ReadonlySet<string> = new Set(['complete', 'rejected', 'failed'])

/** Which functions of a run are at work, from its events. */
export class ActiveFunctions {
  /** By path, the place in time of its last change. */
  readonly #changes = new Map<string, number>()
  readonly #active = new Set<string>()
  #now = 0

  on({ path, state }: StateEvent): void {
    this.#changes.set(path, this.#now++)
    if (FINAL_STATES.has(state)) this.#active.delete(path)
    else this.#active.add(path)
  }

  /** Those at work. One that was left with the function around it says nothing: that one has changed after it. */
  paths(): string[] {
    return [...this.#active].filter((path) => {
      const since = this.#changes.get(path) ?? 0
      return functionsAround(path).every((outer) => (this.#changes.get(outer) ?? -1) < since)
    })
  }

  /** Those at work that no other one at work is inside of. */
  innermost(): string[] {
    const paths = this.paths()
    const outer = new Set(paths.flatMap(functionsAround))
    return paths.filter((path) => !outer.has(path))
  }

  /** Nothing is at work but what waits at these paths, and what is around it. */
  isOnlyAt(waiting: readonly string[]): boolean {
    const held = new Set(waiting.flatMap((path) => [path, ...functionsAround(path)]))
    return this.paths().every((path) => held.has(path))
  }
}

/** The paths above a path, the nearest first: of `many[3].ask` they are `many[3]` and `many`; an id holds no `.` or `[`. */
function functionsAround(path: string): string[] {
  const ends = [...path.matchAll(/[.[]/g)].map(({ index }) => index)
  return ends.toReversed().map((end) => path.slice(0, end))
}
