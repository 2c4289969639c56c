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
  const run = (child: Part, value: Examples) => through(child, facts.mapped?.includes(child.key) ? [] : value, findings)

  switch (node.kind) {
    case 'chain':
    case 'flow':
      return alongSteps(part, input, run)
    case 'parallel': {
      const outputs = children.map((child) => [child.key, run(child, input)[0] ?? whatever()] as const)
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
      made(part, schema, findings).map((value) => ({ ...(value as object), type })),
    )
  }
  if (facts.prompt && node.kind.endsWith('Template')) return [{ messages: [{ role: 'user', content: 'text' }] }]
  if (node.output) return made(part, node.output, findings)
  for (const child of children) through(child, [], findings)
  return []
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
  if (known.length === 0) return made(part, schema, findings)
  const results = known.map((value) => ({ value, result: checked(schema, value) }))
  for (const { value, result } of results) if ('refused' in result) findings.push(refusal(part, value, result))
  const passed = results.flatMap(({ result }) => ('value' in result ? [result.value] : []))
  return passed.length > 0 ? passed : made(part, schema, [])
}

/** An example of what a schema gives, which must be JSON. */
function made({ path, named }: Part, schema: StandardSchema, findings: Finding[]): Examples {
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
