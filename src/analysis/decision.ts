import { choiceMatcher } from '../models/parsing/match-choice.ts'
import type { CompositeNode } from '../compile/scope.ts'
import type { Definition } from './definition.ts'
import { choiceValue } from './schema/choice-value.ts'
import { findValid } from './schema/find-value.ts'
import type { JsonSchema } from '../types.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'

type Choice = string | number | boolean

/** A decision, the function whose output it reads, and what that may return, where that is known. */
export type DecisionAnswers = {
  readonly choices: readonly Choice[]
  readonly decider: Definition
  readonly answers: readonly Choice[] | undefined
  /** The answers that select no choice. */
  readonly unknownAnswers: readonly Choice[]
  /** The choices that no answer selects. */
  readonly neverChosen: readonly Choice[]
}

/** Undefined for all other functions, and where several functions may return the answer. */
export function answersOf({ node, children }: Definition): DecisionAnswers | undefined {
  const { choices, decider: key } = node.facts ?? {}
  const deciding = children.find((child) => child.key === key)
  const decider = deciding && deciderOf(deciding)
  if (!choices || !decider) return undefined
  const answers = possibleAnswers(decider)
  const choose = choiceMatcher(choices)
  const chosen = answers?.map((answer) => choose(String(answer)))
  const { output } = decider.node
  const base = output && findValid(output)?.value
  const isPossible = (choice: Choice): boolean =>
    chosen ? chosen.includes(choice) : !output || choiceValue(choice, base, output) !== undefined
  return {
    choices,
    decider,
    answers,
    unknownAnswers: (answers ?? []).filter((_, index) => chosen?.[index] === undefined),
    neverChosen: choices.filter((choice) => !isPossible(choice)),
  }
}

/** Whether every answer that a decision may get is one of its choices. */
export function hasOnlyKnownAnswers(definition: Definition): boolean {
  const found = answersOf(definition)
  return found?.answers !== undefined && found.unknownAnswers.length === 0
}

/** The function whose output is the answer. */
function deciderOf(definition: Definition): Definition | undefined {
  const { dataFlow } = definition.node as Partial<CompositeNode>
  const last = definition.children.at(-1)
  // Where a flow may skip its last step or end early, another may be the last.
  if (definition.node.facts?.gates) return undefined
  if (dataFlow?.output === 'last' && dataFlow.children === 'previous') return last && deciderOf(last)
  return definition.children.length === 0 ? definition : undefined
}

/** All answers that a function may return; undefined where its schema does not list them. */
function possibleAnswers({ node }: Definition): Choice[] | undefined {
  if (node.facts?.events) return Object.keys(node.facts.events)
  const schema = node.output && jsonSchemaOf(node.output)
  return schema && listedValues(schema)
}

function listedValues(schema: JsonSchema): Choice[] | undefined {
  const { properties, anyOf, oneOf } = schema as {
    properties?: Record<string, JsonSchema>
    anyOf?: JsonSchema[]
    oneOf?: JsonSchema[]
  }
  if (Array.isArray(schema.enum)) return schema.enum as Choice[]
  if ('const' in schema) return [schema.const as Choice]
  if (schema.type === 'boolean') return [true, false]
  const alternatives = (anyOf ?? oneOf)?.map(listedValues)
  if (alternatives) return alternatives.every((each) => each !== undefined) ? alternatives.flat() : undefined
  const field = properties?.decision ?? properties?.type
  return field && listedValues(field)
}
