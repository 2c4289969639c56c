import type { Definition } from '../definition.ts'
import type { Rule } from '../rule.ts'

/** A child of a fallback behind one that cannot fail. */
export const unreachableFallback: Rule = ({ definitions }) => definitions.flatMap(behindFallback)

/** Whether anything in it can end in failure. */
function canFail({ node, children }: Definition): boolean {
  if (node.input || node.output) return true
  const { fails } = node.dataFlow ?? {}
  return fails === 'by children' ? children.some(canFail) : fails !== 'never'
}

function behindFallback({ displayName, node, children }: Definition) {
  if (node.dataFlow?.output !== 'first') return []
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
