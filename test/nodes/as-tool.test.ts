import { agent, type AnyFn, asTool, chain, fn, llmCall, map, receive } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from '../../src/models/schema/json-schema.ts'
import { NODE, type HasNode } from '../../src/compile/scope.ts'

const description = 'Tells the weather.'
const city = z.object({ city: z.string().trim().min(2), days: z.number().default(1) })
const weather = fn({
  name: 'weather',
  description,
  input: city,
  tags: ['slow'],
  run: ({ city, days }, { path }) => `${path}: ${city} ${days}`,
})
const place = z.object({ place: z.string() }).transform(({ place }) => ({ city: place }))
const nodeOf = (tool: object) => (tool as HasNode)[NODE]
const thrownBy = (make: () => unknown) => {
  try {
    make()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

describe('a function dressed as a tool', () => {
  test('runs as the function does, under its own name', async () => {
    const sky = asTool(weather, { name: 'sky', description: 'Looks up.' })
    expect(await sky.run({ city: 'Oslo' })).toBe('sky: Oslo 1')
    expect(sky).toMatchObject({ name: 'sky', kind: 'function' })
    expect(nodeOf(sky).policy).toEqual({ description: 'Looks up.', tags: ['slow'] })
    expect(nodeOf(sky).names).toEqual(['sky', 'weather'])
  })

  test('is what it was where nothing is said', async () => {
    const same = asTool(weather, {})
    expect(await same.run({ city: 'Oslo', days: 2 })).toBe('weather: Oslo 2')
    expect(same.machine.version).toBe(weather.machine.version)
    expect(nodeOf(same).policy.description).toBe(description)
  })

  test('leaves the function as it was', async () => {
    asTool(weather, { name: 'sky', input: place, approve: true })
    expect(await weather.run({ city: 'Oslo' })).toBe('weather: Oslo 1')
    expect(nodeOf(weather).facts?.tool).toBeUndefined()
  })

  test('keeps how it is told to a model, and who is asked, for its agent', () => {
    const toModel = (output: string) => output.length
    const approve = ({ days }: { days: number }) => days > 3
    const dressed = asTool(weather, { toModel, approve })
    expect(nodeOf(dressed).facts?.tool).toEqual({ toModel, approve })
    expect(nodeOf(dressed).facts?.run).toBe(nodeOf(weather).facts?.run)
    const again = asTool(dressed, { name: 'again', approve: true })
    expect(nodeOf(again).facts?.tool).toEqual({ toModel, approve: true })
    expect(nodeOf(dressed.as('other')).facts?.tool).toEqual({ toModel, approve })
  })
})

describe('another schema of the arguments', () => {
  const local = asTool(weather, { input: place })

  test('makes what the schema of the function is then asked about', async () => {
    expect(await local.run({ place: ' Oslo ' })).toBe('weather: Oslo 1')
  })

  test('has the first word, and the function the last', async () => {
    const first = await local.safeRun({ city: 'Oslo' } as never)
    expect(first.error).toMatchObject({ code: 'input_validation', issues: [{ path: ['place'] }] })
    const second = await local.safeRun({ place: ' O ' })
    expect(second.error).toMatchObject({ code: 'input_validation', issues: [{ path: ['city'] }] })
  })

  test('is what the model is told of, and what a person sees', () => {
    expect(jsonSchemaOf(nodeOf(local).input as never)).toMatchObject({
      type: 'object',
      properties: { place: { type: 'string' } },
    })
    expect(nodeOf(local).facts?.tool).toEqual({ input: place })
  })

  test('goes to a function that has none of its own', async () => {
    const length = fn({ name: 'length', run: (text: string) => text.length })
    const dressed = asTool(length, { description, input: z.object({ text: z.string() }).transform(({ text }) => text) })
    expect(await dressed.run({ text: 'four' })).toBe(4)
    expect((await dressed.safeRun({ text: 4 } as never)).error).toMatchObject({ code: 'input_validation' })
  })

  test('goes to the first function of a chain, whose schema is asked after it', async () => {
    const steps = chain({ name: 'steps', children: [weather, (text: string) => text.length] })
    const dressed = asTool(steps, { input: place })
    expect(await dressed.run({ place: 'Oslo' })).toBe('steps.weather: Oslo 1'.length)
    expect((await dressed.safeRun({ place: 'O' })).error).toMatchObject({
      code: 'input_validation',
      path: 'steps.weather',
    })
  })

  test('goes to a model, a map, an agent, and a wait', async () => {
    const said = vi.fn(async (messages: readonly { content: unknown }[]) => String(messages[0]?.content))
    const question = z.object({ about: z.string() }).transform(({ about }) => `What is ${about}?`)
    expect(await asTool(llmCall({ name: 'ask', model: said }), { input: question }).run({ about: 'rain' })).toBe(
      'What is rain?',
    )
    const scout = agent({
      name: 'scout',
      model: ({ messages }) => `${messages.length} ${messages[0]?.content}`,
      tools: [],
    })
    expect(await asTool(scout, { input: question }).run({ about: 'snow' })).toBe('1 What is snow?')
    const each = map({ name: 'each', each: (text: string) => text.length })
    const listed = asTool(each, { input: z.object({ all: z.string() }).transform(({ all }) => all.split(' ')) })
    expect(await listed.run({ all: 'a bc' })).toEqual([1, 2])
    const wait = receive({ name: 'wait', input: z.string(), events: { GO: z.object({}) } })
    const actor = asTool(wait, { input: question }).start({ about: 'hail' })
    actor.send({ type: 'GO' })
    expect(actor.getSnapshot().output).toEqual({ type: 'GO' })
  })

  test('of one that was dressed already comes first of all', async () => {
    const twice = asTool(local, { input: z.string().transform((place) => ({ place })) })
    expect(await twice.run('Oslo')).toBe('weather: Oslo 1')
  })
})

test('the function in it may be replaced, and the dress stays', async () => {
  const dressed = asTool(weather, { name: 'sky', input: place })
  const replaced = dressed.override('sky', (input: unknown) => JSON.stringify(input))
  expect(await replaced.run({ place: ' Oslo ' } as never)).toBe('{"city":"Oslo","days":1}')
})

test('an agent calls it by its own name and schema', async () => {
  const asked: unknown[] = []
  const it = agent({
    name: 'it',
    model: ({ messages, tools = [] }) => {
      const last = messages.at(-1)
      if (last?.role === 'tool') return `It says: ${last.content as string}`
      asked.push(...tools)
      return { tool_calls: [{ function: { name: 'sky', arguments: { place: 'Oslo' } } }] }
    },
    tools: [asTool(weather, { name: 'sky', description: 'Looks up.', input: place })],
  })
  expect(await it.run('Rain?')).toMatch(/^It says: it\.act\.?.*sky: Oslo 1$/)
  expect(asked).toMatchObject([{ name: 'sky', description: 'Looks up.', parameters: { required: ['place'] } }])
})

test.each<[what: string, given: unknown, config: unknown, message: RegExp]>([
  [
    'a plain function',
    () => 1,
    { name: 'a' },
    /^asTool takes a function of tinyllm, and was given .*Give the result of/,
  ],
  ['nothing', undefined, {}, /^asTool takes a function of tinyllm, and was given undefined/],
  ['no options', weather, undefined, /^asTool of weather takes an object of options, and was given undefined/],
  ['an unknown option', weather, { describtion: 'x' }, /^asTool of weather has no option .*Did you mean description\?/],
  ['no name', weather, { name: 'a.b' }, /cannot be named "a\.b"/],
  ['no description', weather, { description: 5 }, /^function weather: description is 5\. Give a string\.$/],
  [
    'no schema',
    weather,
    { input: { a: 'string' } },
    /^asTool of weather: input is not a schema but .*\. Give a Standard Schema/,
  ],
  ['no toModel', weather, { toModel: 'text' }, /^asTool of weather: toModel is .*Give \(output\) =>/],
  [
    'false',
    weather,
    { approve: false },
    /^asTool of weather: approve is false\. Give true, or \(input, call\) => boolean/,
  ],
  ['names', weather, { approve: ['weather'] }, /^asTool of weather: approve is .*\. Give true, or/],
])('%s is rejected where it is given', (_, given, config, message) => {
  const thrown = thrownBy(() => asTool(given as AnyFn, config as never))
  expect(thrown).toBeInstanceOf(TypeError)
  expect((thrown as Error).message).toMatch(message)
})
