import { ancestors, allDefinitions, definitionOf, type Definition } from './definition.ts'
import type { DataFlow, FlowGate, Node } from '../compile/node.ts'
import { timeoutsOf } from '../border/timeouts.ts'
import type { AnyFn, StandardSchema } from '../types.ts'
import { jsonSchemaOf } from '../models/schema/json-schema.ts'
import { lenientStringify } from './stringify.ts'

/** One function of a pipeline: its path, and its properties as texts (`kind`, `input`, `prompt`, `retry`, `code`, …). */
export type Description = { readonly path: string; readonly properties: Readonly<Record<string, string>> }

/**
 * Every function of a pipeline, parents first, with its properties as texts: schemas as JSON Schema, prompts, policies and
 * the source of the user's code. `diff` compares these texts. Runs nothing.
 *
 * @example
 * test('the prompts', () => expect(describe(creditAnalysis)).toMatchSnapshot())
 */
export const describe = (fn: AnyFn): Description[] =>
  allDefinitions(definitionOf(fn)).map((definition) => ({
    path: definition.path,
    properties: Object.fromEntries(propertiesOf(definition)),
  }))

/** The properties of a function as texts that can be compared. */
export function propertiesOf(definition: Definition): ReadonlyMap<string, string> {
  const { node, children } = definition
  const { facts = {}, policy } = node
  const { retry, timeout, description, tags, meta } = policy
  const { attempt, idle } = timeoutsOf(timeout)
  const texts: readonly (readonly [string, unknown])[] = [
    ['name', definition.parent && definition.ownName],
    ['kind', node.kind],
    ['input', node.input && schemaText(node.input)],
    ['output', node.output && schemaText(node.output, 'output')],
    ['transcript', facts.transcript],
    ['order', children.length > 1 && isOrdered(node) ? children.map(({ key }) => key).join(' → ') : undefined],
    [
      'prompt',
      facts.prompt
        ?.map(
          ({ role, content }) =>
            `${role}: ${typeof content === 'object' ? lenientStringify(content) : String(content)}`,
        )
        .join('\n'),
    ],
    ['choices', facts.choices?.join(', ')],
    ['predicates', facts.cases?.map(String).join('\n')],
    ['gates', facts.gates?.map((gate) => gateText(gate, children)).join('\n')],
    ['until', facts.until && String(facts.until)],
    ['next', facts.next && String(facts.next)],
    ['result', facts.result && String(facts.result)],
    ['maxIterations', facts.maxIterations],
    [
      'events',
      facts.events &&
        Object.entries(facts.events)
          .map(([type, schema]) => `${type} ${schemaText(schema)}`)
          .join('\n'),
    ],
    // A composite's code is its children; an adapter's is its own.
    ['code', facts.code && String(facts.code)],
    ['retry', retry && lenientStringify({ ...retry, ...(retry.when && { when: String(retry.when) }) })],
    ['timeout', attempt === undefined ? undefined : `${attempt} ms`],
    ['idle', idle === undefined ? undefined : `${idle} ms`],
    ['description', description],
    ['tags', tags?.join(', ')],
    ['meta', meta && lenientStringify(Object.fromEntries(Object.entries(meta).filter(([key]) => key !== 'events')))],
  ]
  return new Map(texts.flatMap(([what, text]) => (text === undefined || text === '{}' ? [] : [[what, String(text)]])))
}

const gateText = ({ before, ends, predicate, result }: FlowGate, children: readonly Definition[]): string => {
  if (!ends) return `${children[before]?.key} when ${String(predicate)}`
  const after = children[before - 1]?.key
  return `ends${after === undefined ? '' : ` after ${after}`} when ${String(predicate)}${result ? ` with ${String(result)}` : ''}`
}

/** Whether another order of its children would be another function. */
const isOrdered = ({ dataFlow, facts }: Node): boolean =>
  (dataFlow as Partial<DataFlow> | undefined)?.children === 'previous' ||
  dataFlow?.output === 'first' ||
  facts?.cases !== undefined

function schemaText(schema: StandardSchema, side: 'input' | 'output' = 'input'): string {
  const { $schema: _, ...described } = jsonSchemaOf(schema, { io: side }) ?? {}
  return Object.keys(described).length > 0 ? lenientStringify(described) : `a schema of ${schema['~standard'].vendor}`
}

/** Its path from the root, which may have another name in another version. */
export const pathFromRoot = (definition: Definition): string => {
  const root = ancestors(definition).at(-1) ?? definition
  return definition.path.slice(root.path.length + 1)
}
