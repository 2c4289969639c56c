import { choiceMatcher } from '../../models/parsing/match-choice.ts'
import type { CompositeNode } from '../../compile/scope.ts'
import { spoken } from '../schema/choice-value.ts'
import { allParts, type Part } from '../definition.ts'
import { instanceOf, type JsonSchema, jsonSchemaOf } from '../schema/values.ts'
import type { Check, Finding } from '../finding.ts'

type Choice = string | number | boolean

/** What a decision can be told, and the ways it knows, must be the same. */
export const checkChoices: Check = (root) => allParts(root).flatMap(choicesOf)

function choicesOf({ path, named, node, children }: Part): Finding[] {
  const { choices, decider } = node.facts ?? {}
  const deciding = children.find(({ key }) => key === decider)
  if (!choices || !deciding) return []
  const speaker = speakerOf(deciding)
  if (!speaker) return []
  const said = textsOf(speaker)
  const { output } = speaker.node
  const base = output && instanceOf(output)?.value
  const choose = choiceMatcher(choices)
  const heard = said?.map((text) => choose(String(text)))
  const isPossible = (choice: Choice): boolean => {
    if (heard) return heard.includes(choice)
    return !output || spoken(choice, base, output) !== undefined
  }
  const known = choices.join(', ')
  const never = choices.filter((choice) => !isPossible(choice))
  const unknown = (said ?? []).filter((_, index) => heard?.[index] === undefined)
  return [
    ...never.map((choice): Finding => {
      const message = `${named} never takes the branch ${JSON.stringify(choice)}: ${speaker.named} can only return ${said?.map((text) => JSON.stringify(text)).join(', ') ?? 'what its output schema accepts'}.`
      const remedy = `Add it to what ${speaker.named} may return, or remove the choice.`
      return { code: 'choice-never', severity: 'error', path, message, remedy }
    }),
    ...unknown.map((text): Finding => {
      const message = `${speaker.named} may return ${JSON.stringify(text)}, which is not one of the choices of ${named}: ${known}. The run would fail.`
      const remedy = `Add a branch for it, or remove it from what ${speaker.named} may return.`
      return { code: 'choice-unknown', severity: 'error', path, message, remedy }
    }),
  ]
}

/** Whether a decision can be told nothing but its choices. */
export function hearsOnlyChoices({ node, children }: Part): boolean {
  const { choices, decider } = node.facts ?? {}
  const deciding = children.find(({ key }) => key === decider)
  const speaker = deciding && speakerOf(deciding)
  const said = speaker ? textsOf(speaker) : undefined
  const choose = choiceMatcher(choices ?? [])
  return said?.every((text) => choose(String(text)) !== undefined) ?? false
}

/** The function whose output is the decision. */
function speakerOf(part: Part): Part | undefined {
  const { dataFlow } = part.node as Partial<CompositeNode>
  const last = part.children.at(-1)
  // Where a flow may skip its last step or end early, another may speak.
  if (part.node.facts?.gates) return undefined
  if (dataFlow?.children === 'previous' && dataFlow.output === 'last') return last && speakerOf(last)
  return part.children.length === 0 ? part : undefined
}

/** All that it can say, where that is known. */
function textsOf({ node }: Part): Choice[] | undefined {
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
