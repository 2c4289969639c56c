import type { StandardSchema } from '../types.ts'
import type { Definition } from './definition.ts'
import { notJson } from './schema/json.ts'
import { validate, exampleOf, findValid, jsonSchemaOf, probeValues } from './schema/values.ts'
import { isUnknownValue, unknownValue } from './schema/unknown-value.ts'
import type { Rule, Finding } from './finding.ts'

/** Examples of what a function may give; none if nothing is known. */
type Examples = readonly unknown[]
const MOST = 8

/** Sends examples through the pipeline, from schema to schema: what one gives, the next must take. */
export const checkData: Rule = (root) => {
  const findings: Finding[] = []
  through(root, [], findings)
  const seen = new Set<string>()
  return findings.filter(({ code, path, message }) => {
    const isNew = !seen.has(`${code} ${path} ${message}`)
    seen.add(`${code} ${path} ${message}`)
    return isNew
  })
}

function through(definition: Definition, given: Examples, findings: Finding[]): Examples {
  const { node, children } = definition
  const { facts = {} } = node
  const input = node.input ? taken(definition, node.input, given, findings) : given
  for (const value of input) findings.push(...unfilled(definition, value))
  const run = (child: Definition, value: Examples) =>
    through(child, facts.mapped?.includes(child.key) ? [] : value, findings)

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
        const again = run(body, through(body, input, findings))
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
      made(definition, schema, findings).map((value) => ({ ...(value as object), type })),
    )
  }
  if (facts.prompt && node.kind.endsWith('Template')) return [{ messages: [{ role: 'user', content: 'text' }] }]
  if (node.output) return made(definition, node.output, findings)
  for (const child of children) through(child, [], findings)
  return []
}

/** Through the steps of a sequence: what is skipped hands on what it would have been given, and some may be its end. */
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

/** What a schema makes of what comes in; what it refuses is a finding. */
function taken(definition: Definition, schema: StandardSchema, given: Examples, findings: Finding[]): Examples {
  const known = given.filter((value) => !isUnknownValue(value))
  if (known.length === 0) return made(definition, schema, findings)
  const results = known.map((value) => ({ value, result: validate(schema, value) }))
  for (const { value, result } of results) if ('issue' in result) findings.push(refusal(definition, value, result))
  const passed = results.flatMap(({ result }) => ('value' in result ? [result.value] : []))
  return passed.length > 0 ? passed : made(definition, schema, [])
}

/** An example of what a schema gives, which must be JSON. */
function made({ path, displayName }: Definition, schema: StandardSchema, findings: Finding[]): Examples {
  const described = jsonSchemaOf(schema)
  // A schema that cannot tell what it takes may take anything.
  const found = findValid(schema, exampleOf(described ?? {}), described ? strange : probeValues)
  if (!found) {
    const result = validate(schema, exampleOf(described ?? {}))
    if ('issue' in result && result.issue.includes('asynchronous')) {
      const message = `A schema of ${displayName} is asynchronous, and validation is synchronous: it would reject every value.`
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
  const result = validate(schema, found.value)
  if (!('value' in result)) return []
  const foreign = notJson(result.value, '')
  if (foreign) {
    const where = foreign.at ? ` at ${foreign.at.replace(/^\./, '')}` : ''
    findings.push({
      code: 'not-json',
      severity: 'warning',
      path,
      message: `A schema of ${displayName} returns ${foreign.what}${where}, which JSON cannot hold: the run could not be saved.`,
      remedy: 'Give plain data, such as an ISO string for a date.',
    })
  }
  return [result.value]
}

/** What is no JSON is tried first: of several values that a schema takes, that one is the fault. */
const strange = [() => new Date(0), () => 1n, () => new Map(), () => new Set(), ...probeValues]

function refusal(
  { path, displayName }: Definition,
  value: unknown,
  { issue, path: at }: { issue: string; path: readonly PropertyKey[] },
): Finding {
  const place = at.map(String).join('.')
  const holder = at.slice(0, -1).reduce<unknown>((inside, key) => (inside as never)?.[key], value)
  const key = at.at(-1)
  const isMissing = key !== undefined && typeof holder === 'object' && holder !== null && !(key in holder)
  if (isMissing) {
    const message = `${displayName} needs ${place}, and nothing provides it: its input has ${Object.keys(holder).join(', ') || 'nothing'}.`
    const remedy = `Return ${place} from the step before, or use a flow, whose mappers reach earlier outputs.`
    return { code: 'missing-field', severity: 'error', path, message, remedy }
  }
  const message = `${displayName} cannot take its input${place && ` at ${place}`}: ${issue}.`
  return {
    code: 'mismatch',
    severity: 'error',
    path,
    message,
    remedy: 'Fix one of the two schemas, or put a step between them.',
  }
}

/** Fields that a prompt's texts ask for. */
function unfilled({ path, displayName, node }: Definition, value: unknown): Finding[] {
  if (isUnknownValue(value)) return []
  const has = (name: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return (node.facts?.asks ?? [])
    .filter((name) => !has(name))
    .map((name) => ({
      code: 'placeholder-unfilled',
      severity: 'error',
      path,
      message: `${displayName} has the placeholder {${name}}, and its input has no ${name}.`,
      remedy: `Add ${name} to the input, or write {{${name}}} if the braces are meant as text.`,
    }))
}
