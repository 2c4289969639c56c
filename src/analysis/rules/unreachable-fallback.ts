import type { Definition } from '../definition.ts'
import type { Rule } from '../rule.ts'

/** A child of a fallback behind one that cannot fail. */
export const unreachableFallback: Rule = ({ definitions }) => definitions.flatMap(behindFallback)

/** Whether anything in it can end in failure: only what hands its input on cannot. */
function canFail({ node, children }: Definition): boolean {
  if (node.kind === 'pass') return false
  if (node.kind === 'validator' || node.input || node.output) return true
  return children.length === 0 || node.kind !== 'chain' || children.some(canFail)
}

function behindFallback({ displayName, node, children }: Definition) {
  if (node.kind !== 'fallback') return []
  const sure = children.findIndex((child) => !canFail(child))
  if (sure === -1) return []
  return children.slice(sure + 1).map((child) => ({
    code: 'unreachable' as const,
    severity: 'error' as const,
    path: child.path,
    message: `${child.displayName} never runs: ${children[sure]?.key} comes before it in the fallback ${displayName}, and cannot fail.`,
    remedy: `Move it before ${children[sure]?.key}, or remove it.`,
  }))
}
