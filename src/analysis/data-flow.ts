import type { StandardSchema } from '../types.ts'
import type { Definition } from './definition.ts'
import { isUnknownValue, unknownValue } from './schema/unknown-value.ts'
import { exampleOf } from './schema/example.ts'
import { findValid, probeValues } from './schema/find-value.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'
import { validate } from './schema/validate.ts'

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
  const run = (child: Definition, value: Examples) =>
    through(child, facts.mapped?.includes(child.key) ? [] : value, observe)

  switch (node.kind) {
    case 'chain':
    case 'flow':
      return alongSteps(definition, input, run)
    case 'parallel': {
      const outputs = children.map((child) => [child.key, run(child, input)[0] ?? unknownValue()] as const)
      if (facts.gathers === 'list') return [outputs.map(([, output]) => output)]
      return facts.gathers ? [Object.fromEntries(outputs)] : []
    }
    case 'decision': {
      const [deciding, ...ways] = children
      if (deciding) run(deciding, input)
      if (ways.length === 0) return (facts.choices ?? []).map((decision) => ({ decision }))
      return ways.flatMap((way) => run(way, input)).slice(0, MOST)
    }
    case 'branch':
    case 'fallback':
      return children.flatMap((child) => run(child, input)).slice(0, MOST)
    case 'loop':
      // The first round gets the loop's input, whether or not a mapper feeds the others.
      return children.flatMap((body) => {
        const again = run(body, through(body, input, observe))
        return facts.result ? [] : again
      })
    case 'map': {
      const items = input.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [])).slice(0, MOST)
      return children.map((each) => [...run(each, items)])
    }
    case 'pass':
    case 'validator':
      return input
  }
  if (facts.events) {
    return Object.entries(facts.events).flatMap(([type, schema]) =>
      made(definition, schema, observe).map((value) => ({ ...(value as object), type })),
    )
  }
  if (facts.prompt && node.kind.endsWith('Template')) return [{ messages: [{ role: 'user', content: 'text' }] }]
  if (node.output) return made(definition, node.output, observe)
  for (const child of children) through(child, [], observe)
  return []
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
  if (known.length === 0) return made(definition, schema, observe)
  const outputs = known.flatMap((value) => {
    const result = validate(schema, value)
    if ('value' in result) return [result.value]
    observe({ type: 'rejected', definition, value, issue: result.issue, at: result.path })
    return []
  })
  return outputs.length > 0 ? outputs : made(definition, schema, () => {})
}

/** A sample of what a schema outputs. */
function made(definition: Definition, schema: StandardSchema, observe: Observe): Examples {
  const described = jsonSchemaOf(schema)
  const example = exampleOf(described ?? {})
  // A schema without a JSON Schema may accept anything.
  const found = findValid(schema, example, described ? foreignFirst : probeValues)
  const result = validate(schema, found ? found.value : example)
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
