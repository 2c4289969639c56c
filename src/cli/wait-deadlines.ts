import { timeoutsOf } from '../border/timeouts.ts'
import { NODE } from '../compile/scope.ts'
import { above, allParts, definitionOf, type Part } from '../analysis/definition.ts'
import type { AnyFn } from '../types.ts'
import type { PromptedWait } from './prompts/prompted-wait.ts'

/** How long a command may stand still for a deadline, in ms. */
export const MAX_DEADLINE = 60_000

/**
 * Whether a wait ends by itself soon: by its own timeout, or that of a function around it. The clock of an agent stands
 * still while only people are waited for, and that of a tool has not begun while its call waits for an approval.
 */
export function endsByDeadline(pipeline: AnyFn): (wait: Pick<PromptedWait, 'path' | 'call'>) => boolean {
  // Of a pipeline of another copy of tinyllm, only the existence of a timeout is known.
  if (!(NODE in pipeline)) return ({ path }) => `${path}#timeout` in pipeline.machine.implementations.actors
  let parts: ReadonlyMap<string, Part> | undefined
  return ({ path, call }) => {
    parts ??= new Map(allParts(definitionOf(pipeline)).map((part) => [part.path, part]))
    const part = definedAt(path, parts)
    if (!part) return false
    const own = [part, ...above(part)]
    if (!call) return own.some(isSoon)
    const calls = own.find(({ node }) => node.facts?.calling)
    return (calls?.node.facts?.approvalTimeout ?? Infinity) <= MAX_DEADLINE || above(calls ?? part).some(isSoon)
  }
}

function isSoon({ node }: Part): boolean {
  if (node.children?.some(({ fn }) => fn[NODE].facts?.calling)) return false
  const { attempt = Infinity, idle = Infinity } = timeoutsOf(node.policy.timeout)
  return Math.min(attempt, idle) <= MAX_DEADLINE
}

/**
 * The definition of what has this path in a run. What stands at `many.each` there is `many[3].NAME` in a run, and what is
 * below it `many[3].…`; what stands at `assistant.act.pay`, a tool, is `assistant.act[ID].pay`. Of what is inside a machine of the user's own, the definition of the function that holds that.
 */
function definedAt(path: string, parts: ReadonlyMap<string, Part>): Part | undefined {
  let at: Part | undefined
  for (const step of path.split(/\.|(?=\[)/)) {
    const isItem = step.startsWith('[')
    if (isItem && at?.node.facts?.calling) continue
    const next = isItem ? 'each' : step
    const below: Part | undefined = parts.get(at ? `${at.path}.${next}` : next)
    if (below) at = below
    else if (at?.key !== 'each') return at
  }
  return at
}
