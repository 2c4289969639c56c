import fc from 'fast-check'
import { fn, type StandardSchema } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readArguments, toolNamed } from '../../../src/nodes/agent/arguments.ts'
import { type AgentTool, toolsOf } from '../../../src/nodes/agent/tools.ts'

const toolWith = (input: StandardSchema, name = 't') =>
  toolsOf('it', [fn({ name, description: 'A tool.', input, run: () => 1 }) as never]).get(name) as AgentTool
const NOT_JSON = 'Error: the arguments are not JSON. Write them as one JSON object.'

const city = toolWith(z.object({ city: z.string() }))
const text = toolWith(z.string())
const nullable = toolWith(z.string().nullable())
const list = toolWith(z.array(z.number()))
const anything = toolWith(z.unknown())
const free = toolWith(z.record(z.string(), z.unknown()))
const none = toolWith(z.object({}))

const fence = (inner: string, info = 'json') => `\`\`\`${info}\n${inner}\n\`\`\``
const oslo = { city: 'Oslo' }
const json = JSON.stringify(oslo)

describe('arguments that a model wrote', () => {
  test.each<[string, AgentTool, string, unknown]>([
    ['JSON', city, json, oslo],
    ['JSON with blanks and a byte order mark', city, `\ufeff\n ${json} \n`, oslo],
    ['a block of code', city, fence(json), oslo],
    ['a block of code without a language', city, fence(json, ''), oslo],
    ['a block of code among words', city, `Here you are:\n${fence(json)}`, oslo],
    ['JSON in a JSON string', city, JSON.stringify(json), oslo],
    ['JSON in a JSON string, twice', city, JSON.stringify(JSON.stringify(json)), oslo],
    ['a block of code in a JSON string', city, JSON.stringify(fence(json)), oslo],
    ['words around the object', city, `I call it with ${json} now`, oslo],
    ['thinking before the object', city, `<think>{"city":"Rome"}?</think>${json}`, oslo],
    ['nothing', none, '', {}],
    ['white space', none, ' \n\t', {}],
    ['null', none, 'null', {}],
    ['an empty JSON string', none, '""', {}],
    ['null in a JSON string', none, '"null"', {}],
    ['a wrapped text', text, '{"input":"Oslo"}', 'Oslo'],
    ['a wrapped text in a block of code', text, fence('{"input":"Oslo"}'), 'Oslo'],
    ['a wrapped text in a JSON string', text, JSON.stringify('{"input":"Oslo"}'), 'Oslo'],
    ['a text without its wrapper', text, '"Oslo"', 'Oslo'],
    ['a wrapped list, in a JSON string', list, '{"input":"[1,2]"}', [1, 2]],
    ['a list without its wrapper', list, fence('[1,2]'), [1, 2]],
    ['null that a tool takes', nullable, 'null', null],
  ])('are read: %s', (_, tool, given, input) => {
    expect(readArguments(tool, given)).toEqual({ input })
  })

  test.each<[string, string]>([
    ['JSON', json],
    ['a block of code', fence(json)],
    ['a number', '5'],
    ['nothing', ''],
    ['null', 'null'],
    ['an object with another key', '{"output":"x"}'],
  ])('are a text where a tool takes one, and are not taken apart: %s', (_, said) => {
    for (const tool of [text, anything]) {
      expect(readArguments(tool, JSON.stringify(said))).toEqual({ input: said })
      expect(readArguments(tool, JSON.stringify({ input: said }))).toEqual({ input: said })
    }
  })

  test.each<[string, AgentTool, string]>([
    ['words', city, 'Oslo'],
    ['half of an object', city, '{"city":"Os'],
    ['two objects', city, `${json} ${json}`],
    ['a list in a block of code', city, fence('[1]')],
    ['a block of code that is no text in its wrapper', text, fence(json)],
    ['an object of JavaScript', city, "{ city: 'Oslo' }"],
  ])('that are no JSON are a problem: %s', (_, tool, given) => {
    expect(readArguments(tool, given)).toEqual({ input: given, problem: NOT_JSON })
  })

  test.each<[string, string]>([
    ['{"a":1e999}', 'Infinity at arguments.a'],
    [fence('{"a":{"__proto__":1}}'), 'a key with this name at arguments.a.__proto__'],
    [JSON.stringify('{"a":[1e999]}'), 'Infinity at arguments.a[0]'],
  ])('that cannot be saved are a problem: %s', (given, what) => {
    const problem = `Error: the arguments hold ${what}. Write them as plain JSON, and call again.`
    expect(readArguments(free, given)).toEqual({ input: null, problem })
  })

  test.each(['', 'null', '{}'])('that are nothing are so to a tool whose one value is optional: %j', (given) => {
    expect(readArguments(toolWith(z.string().optional()), given)).toStrictEqual({ input: undefined })
    expect(readArguments(toolWith(z.object({}).optional()), given)).toStrictEqual({ input: {} })
  })

  test('of another kind than the tool takes are left to its schema', () => {
    expect(readArguments(city, '[1]')).toEqual({ input: [1] })
    expect(readArguments(city, '"Oslo"')).toEqual({ input: 'Oslo' })
    expect(readArguments(city, '5')).toEqual({ input: 5 })
  })

  const objects = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue({ noUnicodeString: false }),
  )
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown
  // What an answer is told by must not stand in it: the reader of answers takes no text with more than one block.
  const isPlain = (said: string) => !/`{3}|~{3}|<|\[\/?think/i.test(said)

  test('come back equal from each form', () => {
    fc.assert(
      fc.property(objects, (given) => {
        const said = JSON.stringify(given)
        const input = plain(given)
        const forms = [said, ` ${said}\n`, JSON.stringify(said), JSON.stringify(JSON.stringify(said))]
        if (isPlain(said))
          forms.push(fence(said), fence(said, ''), JSON.stringify(fence(said)), `Here:\n${fence(said)}`)
        for (const form of forms) expect(readArguments(free, form)).toEqual({ input })
      }),
      { numRuns: 300 },
    )
  })

  test('come back equal where they are a text, whatever it holds', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      objects.map((each) => JSON.stringify(each)),
    )
    fc.assert(
      fc.property(texts, (said) => {
        expect(readArguments(text, JSON.stringify({ input: said }))).toEqual({ input: said })
        expect(readArguments(text, fence(JSON.stringify({ input: said })))).toEqual(
          isPlain(said) ? { input: said } : expect.anything(),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('never make it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((said) => said.slice(1)),
        ),
        (given) => {
          for (const tool of [city, text, nullable, list, anything, none]) readArguments(tool, given)
        },
      ),
    )
  })
})

describe('the name of a tool', () => {
  const named = (...names: string[]) => new Map(names.map((name) => [name, toolWith(z.object({}), name)] as const))
  const of = (name: string, ...names: string[]) => toolNamed(name, named(...names))?.name

  test.each([
    'get_weather',
    'functions.get_weather',
    'default_api.get_weather',
    'tools.get_weather',
    ' get_weather\n',
    '"get_weather"',
    '`get_weather`',
    '"functions.get_weather"',
    'Get_Weather',
    'GET-WEATHER',
    'get weather',
    'getWeather',
    'functions.getWeather',
  ])('may be written as %s', (name) => {
    expect(of(name, 'get_weather', 'other')).toBe('get_weather')
  })

  test('goes by what is exactly written first', () => {
    expect(of('pay', 'Pay', 'pay')).toBe('pay')
    expect(of('functions.pay', 'Pay', 'pay')).toBe('pay')
    expect(of(' Pay ', 'Pay', 'pay')).toBe('Pay')
  })

  test.each([
    ['PAY', ['pay', 'Pay']],
    ['get weather', ['get_weather', 'get-weather']],
    ['payment', ['pay']],
    ['other.pay', ['pay']],
    ['', ['pay']],
    ['-', ['_']],
    ['toString', ['pay']],
    [`pay${' '.repeat(100_000)}`, ['pay']],
  ])('that could mean two, or none, means none: %s', (name, names) => {
    expect(of(name, ...names)).toBeUndefined()
  })
})
