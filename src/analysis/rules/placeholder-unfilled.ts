import type { Rule } from '../rule.ts'
import { isUnknownValue } from '../schema/unknown-value.ts'

/** A prompt has a placeholder for a field that its input does not have. */
export const placeholderUnfilled: Rule = ({ dataFlow }) =>
  dataFlow.flatMap((event) => {
    if (event.type !== 'input' || isUnknownValue(event.value)) return []
    const { value, definition } = event
    const { path, displayName, node } = definition
    const has = (name: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    const unfilled = (node.facts?.asks ?? []).filter((name) => !has(name))
    return unfilled.map((name) => ({
      code: 'placeholder-unfilled',
      severity: 'error',
      path,
      message: `${displayName} has the placeholder {${name}}, and its input has no ${name}.`,
      remedy: `Add ${name} to the input, or write {{${name}}} if the braces are meant as text.`,
    }))
  })
