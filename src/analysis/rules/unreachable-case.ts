import type { Definition } from '../definition.ts'
import type { Finding } from '../finding.ts'
import type { Rule } from '../rule.ts'

/** A case of a branch whose predicate is always false, or that is behind one whose predicate is always true. */
export const unreachableCase: Rule = ({ definitions }) => definitions.flatMap(casesOf)

const unreachable = ({ path }: Definition, message: string, remedy: string): Finding => ({
  code: 'unreachable',
  severity: 'error',
  path,
  message,
  remedy,
})

function casesOf({ displayName, node, children }: Definition): Finding[] {
  const { cases } = node.facts ?? {}
  if (!cases) return []
  // A predicate without a parameter always returns the same.
  const constants = cases.map((predicate) => (predicate.length === 0 ? resultOf(predicate) : undefined))
  const always = constants.indexOf(true)
  return children.flatMap((child, index) => {
    const isOtherwise = child.key === 'otherwise' && index === children.length - 1
    if (!isOtherwise && constants[index] === false) {
      const message = `${child.displayName} never runs: its predicate is always false.`
      return unreachable(child, message, 'Fix it, or remove the case.')
    }
    if (always === -1 || index <= always) return []
    const before = children[always]?.key
    const message = `${child.displayName} never runs: the case ${before} comes before it in ${displayName}, and always matches.`
    return unreachable(child, message, `Move ${before} to the end, as otherwise.`)
  })
}

function resultOf(predicate: (input: never) => unknown): unknown {
  try {
    return predicate(undefined as never)
  } catch {
    return undefined
  }
}
