import {
  type AgentEvent,
  actor,
  agent,
  type AnyFn,
  branch,
  type CancelEvent,
  chain,
  decision,
  fallback,
  flow,
  fn,
  type Fn,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  type Prompt,
  receive,
  type SchemaMissing,
  type StandardSchema,
  type ToolMark,
  validator,
} from 'tinyllm'
import { mcpTools } from 'tinyllm/mcp'
import { openAIChat } from 'tinyllm/openai'
import { expectTypeOf, test } from 'vitest'
import { fromPromise } from 'xstate'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const city = z.object({ city: z.string(), days: z.number().default(1) })
const description = 'Tells the weather.'
const weather = fn({ name: 'weather', description, input: city, run: (place) => `${place.city} ${place.days}` })
const plain = fn({ name: 'plain', input: city, run: () => 1 })
type City = { city: string; days: number }
type Given = { city: string; days?: number | undefined }

test('a function with a description has the mark of a tool, and one without none', () => {
  expectTypeOf(weather).toEqualTypeOf<Fn<Given, string, 'weather', CancelEvent> & ToolMark<City>>()
  expectTypeOf(weather).toEqualTypeOf<
    Fn<Given, string, 'weather', CancelEvent> & { readonly '~tool'?: { parsed: City } }
  >()
  expectTypeOf(plain).toEqualTypeOf<Fn<Given, number, 'plain', CancelEvent>>()
  const bare = fn({ name: 'bare', description, run: (text: string) => text })
  expectTypeOf(bare).toEqualTypeOf<Fn<string, string, 'bare', CancelEvent> & SchemaMissing>()
  const scout = agent({ name: 'scout', description, model, tools: [weather], input: city })
  expectTypeOf(scout).toEqualTypeOf<Fn<Given, string, 'scout', CancelEvent | AgentEvent> & ToolMark<City>>()
  expectTypeOf(agent({ name: 'a', description, model, tools: [] })).toExtend<ToolMark<string>>()
  const ask = receive({ name: 'ask', description, input: z.object({ q: z.string() }), events: { A: z.object({}) } })
  expectTypeOf<(typeof ask)['~tool']>().toEqualTypeOf<{ parsed: { q: string } } | undefined>()
})

test('another name and another function inside keep it', () => {
  expectTypeOf(weather.as('again')).toEqualTypeOf<Fn<Given, string, 'again', CancelEvent> & ToolMark<City>>()
  expectTypeOf(weather.override(weather, () => 'rain')).toEqualTypeOf<typeof weather>()
  expectTypeOf(weather.override('weather', () => 'rain').as('b')).toExtend<ToolMark<City>>()
  expectTypeOf(plain.as('other')).toEqualTypeOf<Fn<Given, number, 'other', CancelEvent>>()
  agent({ name: 'it', model, tools: [weather.as('a'), weather.override(weather, () => '')], approve: ['a', 'weather'] })
})

const pipelines = [
  chain({ name: 'chain', description, children: [weather, (text: string) => text.length] }),
  chain({ name: 'undescribed', description, children: [plain, (n: number) => n] }),
  chain({ name: 'checked', description, children: [validator(city), parallel({ name: 'both', children: { plain } })] }),
  flow({ name: 'flow', description, input: city, steps: (s) => s.step(weather) }),
  decision({ name: 'decision', description, decide: weather, branches: { good: pass() } }),
  fallback({ name: 'fallback', description, children: [weather, plain] }),
  loop({ name: 'loop', description, body: plain, next: ({ input }) => input, until: () => true, maxIterations: 2 }),
  validator(city, { name: 'validator', description }),
  actor({ name: 'actor', description, input: z.string(), logic: fromPromise<number, string>(async () => 1) }),
  llmCall({ name: 'llmCall', description, model: async () => 'ok' }),
  openAIChat({ name: 'openAIChat', description, model: 'gpt-4o-mini' }),
] as const

test('pipelines are tools where they, or what gets their input, have a schema', () => {
  agent({ name: 'it', model, tools: pipelines })
  agent({ name: 'it', model, tools: [...pipelines, weather], approve: ['flow', 'weather'] })
  expectTypeOf(pipelines[0]).toExtend<ToolMark<City>>()
  expectTypeOf(pipelines[3]).toExtend<ToolMark<City>>()
  expectTypeOf<(typeof pipelines)[1]['~tool']>().toEqualTypeOf<{ parsed: unknown } | undefined>()
  agent({
    name: 'it',
    model,
    tools: [
      chain({ name: 'in place', description, children: [weather, (text: string) => text.length] }),
      fn({ name: 'there', description, input: city, run: ({ days }) => days }),
      fallback({ name: 'first', description, children: [weather] }),
    ],
    approve: ['there'],
  })
})

declare const fromServer: AnyFn[]
declare const typedByHand: Fn<Record<string, unknown>, unknown, string, CancelEvent>[]
declare const sometimes: boolean
const tool = (name: string, more?: { description: string }) =>
  fn({ name, description, input: city, run: () => name, ...more })

test('tools may come in any list', async () => {
  const mcp = await mcpTools(null!)
  const list = [weather, tool('other')]
  agent({ name: 'it', model, tools: list })
  agent({ name: 'it', model, tools: mcp })
  agent({ name: 'it', model, tools: fromServer })
  agent({ name: 'it', model, tools: typedByHand })
  agent({ name: 'it', model, tools: [...mcp, weather, ...fromServer, ...typedByHand] })
  agent({ name: 'it', model, tools: [weather, ...(sometimes ? [tool('a')] : [])] })
  agent({ name: 'it', model, tools: sometimes ? [weather] : [] })
  agent({ name: 'it', model, tools: ['a', 'b'].map((name) => tool(name)) })
  agent({ name: 'it', model, tools: [mcp[0]!, list[0]!, sometimes ? weather : tool('b')] })
  const tools = [weather, tool('c')] as const
  agent({ name: 'it', model, tools, approve: ['weather'] })
  const asked = agent({ name: 'it', model, tools: Object.values({ weather }), approve: ['weather'] })
  expectTypeOf(await asked.run('Go')).toEqualTypeOf<string>()
  // @ts-expect-error -- no such tool
  agent({ name: 'it', model, tools: [weather], approve: ['other'] })
  // @ts-expect-error -- no such tool
  agent({ name: 'it', model, tools: list.slice(0, 0) as (typeof weather)[], approve: ['other'] })
})

test('a function whose type is written by hand does not say', () => {
  const byHand: Fn<Given, string> = weather
  const named: Fn<Given, string, 'weather'> = weather
  const it = agent({ name: 'it', model, tools: [byHand, named] })
  expectTypeOf(it).toEqualTypeOf<Fn<Prompt, string, 'it', any>>()
})

test('helpers of schemas and texts that are not known yet make tools', () => {
  const make = <const N extends string, S extends StandardSchema>(name: N, text: string, input: S) =>
    fn({ name, description: text, input, run: () => 1 })
  expectTypeOf(make('a', 'A', city)).toEqualTypeOf<Fn<Given, number, 'a', CancelEvent> & ToolMark<City>>()
  agent({ name: 'it', model, tools: [make('a', 'A', city), make('b', 'B', z.string())], approve: ['b'] })
  const agentOf = <T>(schema: z.ZodType<T>, more: { description?: string }) =>
    agent({
      name: 'it',
      model,
      tools: [
        fn({ name: 'a', description, input: schema, run: () => 1 }),
        fn({ name: 'b', input: city, run: () => 1, ...more }),
      ],
      approve: ['a'],
    })
  agentOf(city, { description })
  const withAny = (...tools: AnyFn[]) => agent({ name: 'it', model, tools })
  withAny(weather)
})

test('a map and a branch with a description stay what they were', () => {
  expectTypeOf(map({ name: 'm', description, each: plain })).toExtend<AnyFn>()
  expectTypeOf(
    branch({ name: 'm', description, cases: [{ name: 'a', when: () => true, then: plain }] }),
  ).toExtend<AnyFn>()
})
