import { timeoutsOf } from '../border/timeouts.ts'
import { NODE } from '../compile/scope.ts'
import { ancestors, allDefinitions, definitionOf, type Definition } from '../analysis/definition.ts'
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
  let definitions: ReadonlyMap<string, Definition> | undefined
  return ({ path, call }) => {
    definitions ??= new Map(allDefinitions(definitionOf(pipeline)).map((definition) => [definition.path, definition]))
    const definition = definedAt(path, definitions)
    if (!definition) return false
    const own = [definition, ...ancestors(definition)]
    if (!call) return own.some(isSoon)
    const calls = own.find(({ node }) => node.facts?.calling)
    return (
      (calls?.node.facts?.approvalTimeout ?? Infinity) <= MAX_DEADLINE || ancestors(calls ?? definition).some(isSoon)
    )
  }
}

function isSoon({ node }: Definition): boolean {
  if (node.children?.some(({ fn }) => fn[NODE].facts?.calling)) return false
  const { attempt = Infinity, idle = Infinity } = timeoutsOf(node.policy.timeout)
  return Math.min(attempt, idle) <= MAX_DEADLINE
}

/**
 * The definition of what has this path in a run. What stands at `many.each` there is `many[3].NAME` in a run, and what is
 * below it `many[3].…`; what stands at `assistant.act.pay`, a tool, is `assistant.act[ID].pay`. Of what is inside a machine of the user's own, the definition of the function that holds that.
 */
function definedAt(path: string, definitions: ReadonlyMap<string, Definition>): Definition | undefined {
  let at: Definition | undefined
  for (const step of path.split(/\.|(?=\[)/)) {
    const isItem = step.startsWith('[')
    if (isItem && at?.node.facts?.calling) continue
    const next = isItem ? 'each' : step
    const below: Definition | undefined = definitions.get(at ? `${at.path}.${next}` : next)
    if (below) at = below
    else if (at?.key !== 'each') return at
  }
  return at
}
