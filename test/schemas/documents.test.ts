import { Ajv2020 } from 'ajv/dist/2020.js'
import { fn, llmCall, agent, type StandardSchema } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { check } from 'tinyllm/testing'
import { MockLanguageModelV3 } from 'ai/test'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answerFormat } from '../../src/models/schema/answer-format.ts'
import { toStrictSchema } from '../../src/models/schema/strict-mode.ts'
import { toolParameters } from '../../src/models/schema/tool-parameters.ts'
import { strictFaults } from './strict-rules.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })
const described = (schema: unknown): StandardSchema =>
  ({
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  }) as never
const number = { type: 'number' }
const node = (ref: string) => ({
  type: 'object',
  properties: { kids: { type: 'array', items: { $ref: ref } } },
  required: ['kids'],
})
const tree = { kids: [{ kids: [] }] }
const of = (a: unknown, rest: object = {}) => ({ type: 'object', properties: { a }, required: ['a'], ...rest })

const documents: Record<string, readonly [schema: object, right: unknown, wrong: unknown]> = {
  'a root in definitions': [{ $ref: '#/definitions/n', definitions: { n: node('#/definitions/n') } }, tree, { kids: [1] }],
  'a list of definitions': [{ type: 'array', items: { $ref: '#/definitions/n' }, definitions: { n: node('#/definitions/n') } }, [tree], [1]],
  'both kinds': [of({ $ref: '#/$defs/n' }, { $defs: { n: { $ref: '#/definitions/n' } }, definitions: { n: number } }), { a: 1 }, { a: 'x' }],
  'definitions inside': [of(of({ $ref: '#/properties/a/definitions/n' }, { definitions: { n: number } })), { a: { a: 1 } }, { a: { a: 'x' } }],
  'an anchor': [{ type: 'array', items: { $ref: '#q' }, $defs: { q: { $anchor: 'q', ...number } } }, [1], ['x']],
  'an anchor of a root': [{ ...node('#top'), $anchor: 'top' }, tree, { kids: [1] }],
  'an anchor as draft 7 has it': [of({ $ref: '#q' }, { definitions: { q: { $id: '#q', ...number } } }), { a: 1 }, { a: 'x' }],
  'an id': [of({ $ref: 'https://x/y#/$defs/q' }, { $id: 'https://x/y', $defs: { q: number } }), { a: 1 }, { a: 'x' }],
  'an id of a list': [{ $id: 'https://x/y', type: 'array', items: { $ref: '#/$defs/q' }, $defs: { q: number } }, [1], ['x']],
  'an id as a root': [{ $id: 'https://x/y', ...node('https://x/y') }, tree, { kids: [1] }],
  'an id inside': [of({ $ref: 'part' }, { $id: 'https://x/root', $defs: { p: { $id: 'part', ...of({ $ref: '#/$defs/q' }), $defs: { q: number } } } }), { a: { a: 1 } }, { a: { a: 'x' } }],
  'an anchor of an id': [of({ $ref: 'https://x/p#q' }, { $defs: { p: { $id: 'https://x/p', $defs: { q: { $anchor: 'q', ...number } } } } }), { a: 1 }, { a: 'x' }],
  'a urn': [of({ $ref: 'urn:example:q' }, { $defs: { q: { $id: 'urn:example:q', ...number } } }), { a: 1 }, { a: 'x' }],
  'a property': [of({ type: 'number' }, { properties: { a: number, b: { $ref: '#/properties/a' } }, required: ['a', 'b'] }), { a: 1, b: 2 }, { a: 1, b: 'x' }],
  'a reference to itself': [{ $dynamicAnchor: 'n', ...node('#n') }, tree, { kids: [1] }],
  'a reference of 2019': [node('#'), tree, { kids: [1] }],
  'a name with everything': [of({ $ref: '#/$defs/a~1b~0c%2520%20d%25' }, { $defs: { 'a/b~c%20 d%': number } }), { a: 1 }, { a: 'x' }],
  'names that differ in signs': [of({ $ref: '#/$defs/a b' }, { properties: { a: { $ref: '#/$defs/a b' }, b: { $ref: '#/$defs/a~1b' } }, required: ['a', 'b'], $defs: { 'a b': number, 'a/b': { type: 'string' } } }), { a: 1, b: 'x' }, { a: 1, b: 1 }],
  'a name of all objects': [of({ $ref: '#/definitions/__proto__' }, { definitions: JSON.parse('{"__proto__":{"type":"number"}}') }), { a: 1 }, { a: 'x' }],
  'any and none': [of(true, { properties: { a: true, b: false } }), { a: 1 }, { a: 1, b: 1 }],
  'a pair of draft 7': [of({ type: 'array', items: [number, { type: 'string' }], additionalItems: false, minItems: 2 }), { a: [1, 'x'] }, { a: [1, 2] }],
  'null as OpenAPI has it': [of({ type: 'string', enum: ['x'], nullable: true }), { a: null }, { a: 'y' }],
  'a reference or null of OpenAPI': [of({ $ref: '#/definitions/n', nullable: true }, { definitions: { n: number } }), { a: null }, { a: 'y' }],
  'a bound of draft 4': [of({ type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false }), { a: 3 }, { a: 1 }],
  'dependencies of draft 7': [{ type: 'object', properties: { a: {}, b: {} }, dependencies: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
  'words that are names': [{ type: 'object', properties: { $id: number, definitions: number, $ref: number }, required: ['$id', 'definitions', '$ref'] }, { $id: 1, definitions: 1, $ref: 1 }, { $id: 'x', definitions: 1, $ref: 1 }],
} // prettier-ignore

describe.each(Object.entries(documents))('a document with %s', (_, [schema, right, wrong]) => {
  const says = (form: object, value: unknown) => ajv.compile(form)(value)

  test('is sent as an output that compiles and means the same', () => {
    const { jsonSchema, wrapper } = answerFormat('it', described(schema), { scalars: 'wrapped' })
    const wrap = (value: unknown) => (wrapper ? { [wrapper]: value } : value)
    expect(says(jsonSchema!, wrap(right))).toBe(true)
    expect(says(jsonSchema!, wrap(wrong))).toBe(false)
    expect(JSON.stringify(jsonSchema)).not.toMatch(/"(\$anchor|\$dynamicAnchor|\$schema)"|#\/definitions/)
    const closed = toStrictSchema(jsonSchema!)
    if (closed) expect(strictFaults(closed)).toEqual([])
  })

  test('is sent as the arguments of a tool', () => {
    const { parameters } = toolParameters('it', described(schema))
    const wrap = (value: unknown) => ('input' in Object(parameters.properties) ? { input: value } : value)
    expect(parameters.type).toBe('object')
    expect(says(parameters, wrap(right))).toBe(true)
    expect(says(parameters, wrap(wrong))).toBe(false)
  })
})

test.each(['Growth%20', '100%', 'a%b', 'a/b', 'a~b', 'a~1b', 'a b', 'Größe', '#', '%2F', 'a/b~c%20 d', '/', '~'])(
  'the id %j of zod leads to its part',
  (id) => {
    const part = z.object({ x: z.number() }).meta({ id })
    for (const schema of [z.object({ list: z.array(part), one: part }), part]) {
      const { jsonSchema, wrapper } = answerFormat('it', schema, { scalars: 'text' })
      expect(wrapper).toBe(undefined)
      const closed = toStrictSchema(jsonSchema!)!
      expect(strictFaults(closed)).toEqual([])
      const validate = ajv.compile(closed)
      expect(validate(schema === part ? { x: 1 } : { list: [{ x: 1 }], one: { x: 1 } })).toBe(true)
      expect(validate(schema === part ? { x: 'x' } : { list: [{ x: 'x' }], one: { x: 1 } })).toBe(false)
    }
    z.globalRegistry.remove(part)
  },
)

const circle: Record<string, unknown> = { type: 'object', properties: {} }
Object.assign(circle.properties as object, { self: circle })
const endless: z.ZodType = z.object({
  get self() {
    return endless
  },
})
const [even, odd] = [
  z.object({
    get odd() {
      return odd
    },
  }),
  z.object({
    get even() {
      return z.array(even).min(1)
    },
  }),
] as [z.ZodType, z.ZodType]

const deep = (levels: number): object => Array.from({ length: levels }).reduce<object>((inside) => of(inside), number)

test.each<[string, unknown, RegExp]>([
  ['nothing', described(of({ $ref: '#/$defs/nope' })), /has no JSON Schema \(it refers to "#\/\$defs\/nope", which it does not contain\)/],
  ['a boolean of nothing', described(of({ $ref: 'https://elsewhere/x' })), /refers to "https:\/\/elsewhere\/x"/],
  ['a circle', described(circle), /has no JSON Schema \(Converting circular structure to JSON\), and/],
  ['a getter that throws', described({ get type() { throw new Error('boom') } }), /has no JSON Schema \(boom\)/],
  ['a proxy that throws', described(new Proxy({}, { ownKeys() { throw new Error('boom') } })), /has no JSON Schema \(boom\)/],
  ['a schema that throws', { get '~standard'() { throw new Error('boom') } }, /not a schema|cannot check anything|is not a tool/],
  ['a depth without an end', described(deep(1100)), /nested deeper than 1000 schemas/],
  ['required', described({ type: 'object', properties: { a: {} }, required: 'a' }), /\(required is "a", and must be an array of names\)/],
  ['properties', described(of({ type: 'object', properties: null })), /\(properties at a is null, and must be an object of schemas\)/],
  ['a part', described(of(5)), /\(properties is an object, and must be an object of schemas\)/],
  ['a type', described(of({ type: 5 })), /\(type at a is 5/],
  ['no validate', { '~standard': { version: 1, vendor: 'x', jsonSchema: { input: () => ({}) } } }, /has no validate|is not a schema|is not a tool/],
  ['z.never', z.never(), /cannot be satisfied: it takes nothing at all/],
  ['z.never inside', z.object({ a: z.never() }), /cannot be satisfied: at a it takes nothing at all/],
  ['no value', z.object({ a: z.enum([]) }), /cannot be satisfied: at a it takes nothing at all/],
  ['no way', described(of({ anyOf: [] })), /cannot be satisfied: at a it takes nothing at all/],
  ['a boolean', described(of(false)), /cannot be satisfied: at a it takes nothing at all/],
  ['itself', endless, /cannot be satisfied: at self it takes itself, endlessly/],
  ['each other', z.object({ a: odd }), /cannot be satisfied: .*it takes itself, endlessly/],
  ['twice the same id', z.object({ a: z.string().meta({ id: 'D' }), b: z.number().meta({ id: 'D' }) }), /has no JSON Schema \(Duplicate schema id "D"/],
  ['a getter of zod', z.object({ get a(): z.ZodType { throw new Error('not yet') } }), /has no JSON Schema \(not yet\)/],
])('what cannot be told is refused in words where it is given: %s', (_, output, message) => {
  const model = new MockLanguageModelV3()
  const chat = openAIChat({ name: 'chat', model: 'gpt-4o' })
  const given = output as StandardSchema
  const ways = [
    () => llmCall({ name: 'c', model, output: given }),
    () => agent({ name: 'c', model: chat, tools: [], output: given }),
    () => llmCall({ name: 'c', model, tools: { t: { description: 'T', input: given } } }),
    () => agent({ name: 'c', model: chat, tools: [fn({ name: 't', description: 'T', input: given, run: () => 1 })] }),
  ]
  for (const way of ways) {
    expect(way).toThrow(TypeError)
    expect(way).toThrow(message)
  }
}) // prettier-ignore

test('what its library threw is the cause', () => {
  const boom = new Error('boom')
  const output = described({ get type() { throw boom } }) // prettier-ignore
  let thrown: unknown
  try {
    llmCall({ name: 'c', model: new MockLanguageModelV3(), output })
  } catch (error) {
    thrown = error
  }
  expect((thrown as Error).cause).toBe(boom)
})

test.each<[string, z.ZodType]>([
  ['a way out of itself', z.object({ get next() { return z.array(endless) } })],
  ['a union with itself', z.union([z.string(), endless])],
])('what can be met without what cannot is asked for: %s', (_, output) => {
  expect(() => answerFormat('it', output, { scalars: 'wrapped' })).not.toThrow()
}) // prettier-ignore

test.each(['draft-2020-12', 'draft-07', 'openapi-3.0'])('a library that knows only %s is asked for that', (known) => {
  const input = ({ target }: { target: string }) => {
    if (target !== known) throw new Error(`unsupported target ${target}`)
    return of({ type: 'string' })
  }
  const schema = {
    '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }), jsonSchema: { input } },
  }
  expect(toolParameters('it', schema as never).parameters).toEqual(of({ type: 'string' }))
})

test('check says nothing worse of a part that may be anything', () => {
  const it = llmCall({
    name: 'c',
    model: new MockLanguageModelV3(),
    output: described(of(true, { properties: { a: true, b: false, c: { type: 'array', items: true } } })),
  })
  expect(check(it).map(({ code }) => code)).toContain('not-strict')
})
