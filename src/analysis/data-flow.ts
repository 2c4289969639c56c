import type { CompositeNode } from '../compile/scope.ts'
import type { StandardSchema } from '../types.ts'
import type { Part } from './definition.ts'
import { notJson } from './schema/json.ts'
import { checked, exampleOf, instanceOf, jsonSchemaOf, probes } from './schema/values.ts'
import { isWhatever, whatever } from './schema/unknown-value.ts'
import type { Check, Finding } from './finding.ts'

/** Examples of what a function may give; none if nothing is known. */
type Examples = readonly unknown[]
const MOST = 8

/** Sends examples through the pipeline, from schema to schema: what one gives, the next must take. */
export const checkData: Check = (root) => {
  const findings: Finding[] = []
  through(root, [], findings)
  const seen = new Set<string>()
  return findings.filter(({ code, path, message }) => {
    const isNew = !seen.has(`${code} ${path} ${message}`)
    seen.add(`${code} ${path} ${message}`)
    return isNew
  })
}

function through(part: Part, given: Examples, findings: Finding[]): Examples {
  const { node, children } = part
  const { facts = {} } = node
  const input = node.input ? taken(part, node.input, given, findings) : given
  for (const value of input) findings.push(...unfilled(part, value))
  const outputs = children.length > 0 ? throughChildren(part, input, findings) : []
  const made = outputFrom(part, input, outputs)
  if (made) return made
  if (facts.events) {
    return Object.entries(facts.events).flatMap(([type, schema]) =>
      examplesOf(part, schema, findings).map((value) => ({ ...(value as object), type })),
    )
  }
  if (facts.example !== undefined) return [facts.example]
  return node.output ? examplesOf(part, node.output, findings) : []
}

/** What each child returns, of what it is given. */
function throughChildren(part: Part, input: Examples, findings: Finding[]): readonly Examples[] {
  const { node, children } = part
  const run = (child: Part, value: Examples) =>
    through(child, node.facts?.mapped?.includes(child.key) ? [] : value, findings)
  switch ((node as CompositeNode).dataFlow.children) {
    case 'previous':
      return [alongSteps(part, input, run)]
    case 'input':
      return children.map((child) => run(child, input))
    case 'item': {
      const items = input.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [])).slice(0, MOST)
      return children.map((each) => run(each, items))
    }
    case 'round':
      // The first round gets the input, whether or not a mapper feeds the others.
      return children.map((body) => run(body, through(body, input, findings)))
    case 'unknown':
      return children.map((child) => through(child, [], findings))
  }
}

/** What a function returns, where that follows from its input and its children; undefined where it does not. */
function outputFrom({ node, children }: Part, input: Examples, outputs: readonly Examples[]): Examples | undefined {
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
      return [outputs.map(([first = whatever()]) => first)]
    case 'record':
      return [Object.fromEntries(outputs.map(([first = whatever()], index) => [children[index]?.key, first]))]
    default:
      return undefined
  }
}

/** Through the steps of a sequence: what is skipped hands on what it would have been given, and some may be its end. */
function alongSteps(
  { node, children }: Part,
  input: Examples,
  run: (child: Part, given: Examples) => Examples,
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

/** What a schema makes of what comes in; what it refuses is a finding. */
function taken(part: Part, schema: StandardSchema, given: Examples, findings: Finding[]): Examples {
  const known = given.filter((value) => !isWhatever(value))
  if (known.length === 0) return examplesOf(part, schema, findings)
  const results = known.map((value) => ({ value, result: checked(schema, value) }))
  for (const { value, result } of results) if ('refused' in result) findings.push(refusal(part, value, result))
  const passed = results.flatMap(({ result }) => ('value' in result ? [result.value] : []))
  return passed.length > 0 ? passed : examplesOf(part, schema, [])
}

/** An example of what a schema gives, which must be JSON. */
function examplesOf({ path, named }: Part, schema: StandardSchema, findings: Finding[]): Examples {
  const described = jsonSchemaOf(schema)
  // A schema that cannot tell what it takes may take anything.
  const found = instanceOf(schema, exampleOf(described ?? {}), described ? strange : probes)
  if (!found) {
    const result = checked(schema, exampleOf(described ?? {}))
    if ('refused' in result && result.refused.includes('asynchronous')) {
      const message = `A schema of ${named} is asynchronous, and validation is synchronous: it would reject every value.`
      findings.push({
        code: 'async-schema',
        severity: 'error',
        path,
        message,
        remedy: 'Move the asynchronous check into run.',
      })
    }
    return []
  }
  const result = checked(schema, found.value)
  if (!('value' in result)) return []
  const foreign = notJson(result.value, '')
  if (foreign) {
    const where = foreign.at ? ` at ${foreign.at.replace(/^\./, '')}` : ''
    findings.push({
      code: 'not-json',
      severity: 'warning',
      path,
      message: `A schema of ${named} returns ${foreign.what}${where}, which JSON cannot hold: the run could not be saved.`,
      remedy: 'Give plain data, such as an ISO string for a date.',
    })
  }
  return [result.value]
}

/** What is no JSON is tried first: of several values that a schema takes, that one is the fault. */
const strange = [() => new Date(0), () => 1n, () => new Map(), () => new Set(), ...probes]

function refusal(
  { path, named }: Part,
  value: unknown,
  { refused, at }: { refused: string; at: readonly PropertyKey[] },
): Finding {
  const place = at.map(String).join('.')
  const holder = at.slice(0, -1).reduce<unknown>((inside, key) => (inside as never)?.[key], value)
  const key = at.at(-1)
  const isMissing = key !== undefined && typeof holder === 'object' && holder !== null && !(key in holder)
  if (isMissing) {
    const message = `${named} needs ${place}, and nothing provides it: its input has ${Object.keys(holder).join(', ') || 'nothing'}.`
    const remedy = `Return ${place} from the step before, or use a flow, whose mappers reach earlier outputs.`
    return { code: 'missing-field', severity: 'error', path, message, remedy }
  }
  const message = `${named} cannot take its input${place && ` at ${place}`}: ${refused}.`
  return {
    code: 'mismatch',
    severity: 'error',
    path,
    message,
    remedy: 'Fix one of the two schemas, or put a step between them.',
  }
}

/** Fields that a prompt's texts ask for. */
function unfilled({ path, named, node }: Part, value: unknown): Finding[] {
  if (isWhatever(value)) return []
  const has = (name: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return (node.facts?.asks ?? [])
    .filter((name) => !has(name))
    .map((name) => ({
      code: 'placeholder-unfilled',
      severity: 'error',
      path,
      message: `${named} has the placeholder {${name}}, and its input has no ${name}.`,
      remedy: `Add ${name} to the input, or write {{${name}}} if the braces are meant as text.`,
    }))
}
