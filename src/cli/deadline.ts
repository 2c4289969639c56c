import { timesOf } from '../border/times.ts'
import { NODE } from '../compile/scope.ts'
import { above, allParts, definitionOf, type Part } from '../testing/definition.ts'
import type { AnyFn } from '../types.ts'

/** How long a command may stand still for a deadline, in ms. */
export const PATIENCE = 60_000

/** Tells by its path whether a wait ends by itself soon: by its own timeout, or that of a function around it. */
export function deadlines(pipeline: AnyFn): (path: string) => boolean {
  // A pipeline of another copy of tinyllm tells only whether there is an end.
  if (!(NODE in pipeline)) return (path) => `${path}#timeout` in pipeline.machine.implementations.actors
  let parts: ReadonlyMap<string, Part> | undefined
  return (path) => {
    parts ??= new Map(allParts(definitionOf(pipeline)).map((part) => [part.path, part]))
    const part = definedAt(path, parts)
    return part !== undefined && [part, ...above(part)].some(isSoon)
  }
}

const isSoon = ({ node }: Part): boolean => {
  const { attempt = Infinity, idle = Infinity } = timesOf(node.policy.timeout)
  return Math.min(attempt, idle) <= PATIENCE
}

/**
 * The definition of what has this path in a run. What stands at `many.each` there is `many[3].NAME` in a run, and what is
 * below it `many[3].…`. Of what is inside a machine of the user's own, the definition of the function that holds that.
 */
function definedAt(path: string, parts: ReadonlyMap<string, Part>): Part | undefined {
  let at: Part | undefined
  for (const step of path.split(/\.|(?=\[\d+\])/)) {
    const next = /^\[\d+\]$/.test(step) ? 'each' : step
    const below: Part | undefined = parts.get(at ? `${at.path}.${next}` : next)
    if (below) at = below
    else if (at?.key !== 'each') return at
  }
  return at
}
