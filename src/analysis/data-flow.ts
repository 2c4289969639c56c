import type { CompositeNode } from '../compile/scope.ts'
import type { StandardSchema } from '../types.ts'
import type { Definition } from './definition.ts'
import { isUnknownValue, unknownValue } from './schema/unknown-value.ts'
import { exampleOf } from './schema/example.ts'
import { findValid, probeValues } from './schema/find-value.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'
import { tryValidate } from './schema/validate.ts'

/** What happens to a sample value: it gets to a function, a schema rejects it, or a schema outputs it. */
export type DataFlowEvent = { readonly definition: Definition } & (
  | { readonly type: 'input'; readonly value: unknown }
  | { readonly type: 'rejected'; readonly value: unknown; readonly issue: string; readonly at: readonly PropertyKey[] }
  | { readonly type: 'output'; readonly value: unknown }
  /** No sample was found; `issue` is about the last one that was tried. */
  | { readonly type: 'no-sample'; readonly issue: string }
)
type Observe = (event: DataFlowEvent) => void

/** Samples of a value; none where nothing is known of it. */
type Examples = readonly unknown[]
const MOST = 8

/** Sends sample values through a pipeline, from schema to schema. Mappers and leaves do not run. */
export function dataFlowOf(root: Definition): DataFlowEvent[] {
  const events: DataFlowEvent[] = []
  through(root, [], (event) => events.push(event))
  return events
}

function through(definition: Definition, given: Examples, observe: Observe): Examples {
  const { node, children } = definition
  const { facts = {} } = node
  const input = node.input ? taken(definition, node.input, given, observe) : given
  for (const value of input) observe({ type: 'input', definition, value })
  const outputs = children.length > 0 ? throughChildren(definition, input, observe) : []
  const output = outputFrom(definition, input, outputs)
  if (output) return output
  if (facts.events) {
    return Object.entries(facts.events).flatMap(([type, schema]) =>
      examplesOf(definition, schema, observe).map((value) => ({ ...(value as object), type })),
    )
  }
  if (facts.example !== undefined) return [facts.example]
  return node.output ? examplesOf(definition, node.output, observe) : []
}

/** The outputs of each child. */
function throughChildren(definition: Definition, input: Examples, observe: Observe): readonly Examples[] {
  const { node, children } = definition
  const run = (child: Definition, value: Examples) =>
    through(child, node.facts?.mapped?.includes(child.key) ? [] : value, observe)
  switch ((node as CompositeNode).dataFlow.children) {
    case 'previous':
      return [alongSteps(definition, input, run)]
    case 'input':
      return children.map((child) => run(child, input))
    case 'item': {
      const items = input.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [])).slice(0, MOST)
      return children.map((each) => run(each, items))
    }
    case 'round':
      // The first round gets the input, whether or not a mapper makes the input of the others.
      return children.map((body) => run(body, through(body, input, observe)))
    case 'unknown':
      return children.map((child) => through(child, [], observe))
  }
}

/** The output of a function, where it follows from its input and its children; undefined where it does not. */
function outputFrom(
  { node, children }: Definition,
  input: Examples,
  outputs: readonly Examples[],
): Examples | undefined {
  const { decider, choices = [] } = node.facts ?? {}
  switch (node.dataFlow?.output) {
    case 'input':
      return input
    case 'last':
      return outputs.at(-1) ?? []
    case 'chosen':
    case 'first':
      return outputs
        .filter((_, index) => children[index]?.key !== decider)
        .flat()
        .slice(0, MOST)
    case 'choice':
      return choices.map((decision) => ({ decision }))
    case 'each':
      return outputs.map((items) => [...items])
    case 'list':
      return [outputs.map(([first = unknownValue()]) => first)]
    case 'record':
      return [Object.fromEntries(outputs.map(([first = unknownValue()], index) => [children[index]?.key, first]))]
    default:
      return undefined
  }
}

/** Through the steps of a sequence: a skipped step passes its input on, and the output of some may be that of the sequence. */
function alongSteps(
  { node, children }: Definition,
  input: Examples,
  run: (child: Definition, given: Examples) => Examples,
): Examples {
  const gates = node.facts?.gates ?? []
  const ends: unknown[] = []
  const end = (place: number, value: Examples) => {
    if (gates.some(({ before, ends: isEnd, result }) => before === place && isEnd && !result)) ends.push(...value)
  }
  const last = children.reduce((value, child, index) => {
    end(index, value)
    const given = run(child, value)
    return gates.some(({ before, ends: isEnd }) => before === index && !isEnd) ? [...value, ...given] : given
  }, input)
  end(children.length, last)
  return [...last, ...ends].slice(0, Math.max(MOST, last.length))
}

/** The outputs of a schema for these inputs. */
function taken(definition: Definition, schema: StandardSchema, given: Examples, observe: Observe): Examples {
  const known = given.filter((value) => !isUnknownValue(value))
  if (known.length === 0) return examplesOf(definition, schema, observe)
  const outputs = known.flatMap((value) => {
    const result = tryValidate(schema, value)
    if ('value' in result) return [result.value]
    observe({ type: 'rejected', definition, value, issue: result.issue, at: result.path })
    return []
  })
  return outputs.length > 0 ? outputs : examplesOf(definition, schema, () => {})
}

/** A sample of what a schema outputs. */
function examplesOf(definition: Definition, schema: StandardSchema, observe: Observe): Examples {
  const described = jsonSchemaOf(schema)
  const example = exampleOf(described ?? {})
  // A schema without a JSON Schema may accept anything.
  const found = findValid(schema, example, described ? foreignFirst : probeValues)
  const result = tryValidate(schema, found ? found.value : example)
  if ('issue' in result) {
    if (!found) observe({ type: 'no-sample', definition, issue: result.issue })
    return []
  }
  if (!found) return []
  observe({ type: 'output', definition, value: result.value })
  return [result.value]
}

/** What JSON cannot hold comes first: where a schema accepts that, it is what the schema is for. */
const foreignFirst = [() => new Date(0), () => 1n, () => new Map(), () => new Set(), ...probeValues]
