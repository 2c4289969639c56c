import { timesOf } from '../border/times.ts'
import { NODE } from '../compile/scope.ts'
import { above, allParts, definitionOf } from '../testing/definition.ts'
import type { AnyFn } from '../types.ts'

/** How long a command may stand still for a deadline, in ms. */
export const PATIENCE = 60_000

/** Whether a wait ends by itself soon: by its own timeout, or that of a function around it. */
export function endsSoon(pipeline: AnyFn, path: string): boolean {
  // A pipeline of another copy of tinyllm tells only whether there is an end.
  if (!(NODE in pipeline)) return `${path}#timeout` in pipeline.machine.implementations.actors
  // An item of a map is `many[3].NAME` in a run, and `many.each` where it was defined.
  const defined = path.replaceAll(/\[\d+\]\.[^.[]+/g, '.each')
  const part = allParts(definitionOf(pipeline)).find((each) => each.path === defined)
  const parts = part ? [part, ...above(part)] : []
  return parts.some(({ node }) => {
    const { attempt = Infinity, idle = Infinity } = timesOf(node.policy.timeout)
    return Math.min(attempt, idle) <= PATIENCE
  })
}
