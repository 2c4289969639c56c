import { choosing } from '../../models/spoken/choices.ts'
import { choiceValue } from '../schema/choice-value.ts'
import { allDefinitions, type Definition } from '../definition.ts'
import { findValid, type JsonSchema, jsonSchemaOf } from '../schema/values.ts'
import type { Rule, Finding } from '../finding.ts'

type Choice = string | number | boolean

/** What a decision can be told, and the ways it knows, must be the same. */
export const checkChoices: Rule = (root) => allDefinitions(root).flatMap(choicesOf)

function choicesOf({ path, displayName, node, children }: Definition): Finding[] {
  const { choices } = node.facts ?? {}
  const [deciding] = children
  if (node.kind !== 'decision' || !choices || !deciding) return []
  const speaker = speakerOf(deciding)
  if (!speaker) return []
  const said = textsOf(speaker)
  const { output } = speaker.node
  const base = output && findValid(output)?.value
  const choose = choosing(choices)
  const heard = said?.map((text) => choose(String(text)))
  const isPossible = (choice: Choice): boolean => {
    if (heard) return heard.includes(choice)
    return !output || choiceValue(choice, base, output) !== undefined
  }
  const known = choices.join(', ')
  const never = choices.filter((choice) => !isPossible(choice))
  const unknown = (said ?? []).filter((_, index) => heard?.[index] === undefined)
  return [
    ...never.map((choice): Finding => {
      const message = `${displayName} never takes the branch ${JSON.stringify(choice)}: ${speaker.displayName} can only return ${said?.map((text) => JSON.stringify(text)).join(', ') ?? 'what its output schema accepts'}.`
      const remedy = `Add it to what ${speaker.displayName} may return, or remove the choice.`
      return { code: 'choice-never', severity: 'error', path, message, remedy }
    }),
    ...unknown.map((text): Finding => {
      const message = `${speaker.displayName} may return ${JSON.stringify(text)}, which is not one of the choices of ${displayName}: ${known}. The run would fail.`
      const remedy = `Add a branch for it, or remove it from what ${speaker.displayName} may return.`
      return { code: 'choice-unknown', severity: 'error', path, message, remedy }
    }),
  ]
}

/** Whether a decision can be told nothing but its choices. */
export function hearsOnlyChoices({ node, children }: Definition): boolean {
  const { choices } = node.facts ?? {}
  const [deciding] = children
  const speaker = node.kind === 'decision' && deciding && speakerOf(deciding)
  const said = speaker ? textsOf(speaker) : undefined
  const choose = choosing(choices ?? [])
  return said?.every((text) => choose(String(text)) !== undefined) ?? false
}

/** The function whose output is the decision. */
function speakerOf(definition: Definition): Definition | undefined {
  const { kind } = definition.node
  const last = definition.children.at(-1)
  // Where a flow may skip its last step or end early, another may speak.
  if (definition.node.facts?.gates) return undefined
  if (kind === 'chain' || kind === 'flow') return last && speakerOf(last)
  return definition.children.length === 0 ? definition : undefined
}

/** All that it can say, where that is known. */
function textsOf({ node }: Definition): Choice[] | undefined {
  if (node.facts?.events) return Object.keys(node.facts.events)
  const schema = node.output && jsonSchemaOf(node.output)
  return schema && listed(schema)
}

function listed(schema: JsonSchema): Choice[] | undefined {
  const { properties, anyOf, oneOf } = schema as {
    properties?: Record<string, JsonSchema>
    anyOf?: JsonSchema[]
    oneOf?: JsonSchema[]
  }
  if (Array.isArray(schema.enum)) return schema.enum as Choice[]
  if ('const' in schema) return [schema.const as Choice]
  if (schema.type === 'boolean') return [true, false]
  const ways = (anyOf ?? oneOf)?.map(listed)
  if (ways) return ways.every((way) => way !== undefined) ? ways.flat() : undefined
  const field = properties?.decision ?? properties?.type
  return field && listed(field)
}
