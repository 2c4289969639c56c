import {
  agent,
  type AgentEvent,
  type ApprovalEvent,
  asTool,
  type CancelEvent,
  chain,
  type EventsOf,
  fn,
  type Fn,
  llmCall,
  type SchemaMissing,
  type ToolMark,
} from 'tinyllm'
import { mcpTools } from 'tinyllm/mcp'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const description = 'Tells the weather.'
const city = z.object({ city: z.string(), days: z.number().default(1) })
type City = { city: string; days: number }
type Given = { city: string; days?: number | undefined }
interface Report {
  text: string
  picture?: string
}
const report = (text: string): Report => ({ text })
const weather = fn({ name: 'weather', description, input: city, run: ({ city }) => report(city) })
const plain = fn({ name: 'plain', input: city, run: ({ days }) => days })
const bare = fn({ name: 'bare', run: (text: string) => text })
const place = z.object({ place: z.string() }).transform(({ place }) => ({ city: place }))
const first = chain({ name: 'first', children: [plain, (days: number) => days > 1] })

test('a dressed function keeps its input and output, and has the mark of a tool', () => {
  expectTypeOf(asTool(weather, {})).toEqualTypeOf<typeof weather>()
  expectTypeOf(asTool(weather, { name: 'sky' })).toEqualTypeOf<Fn<Given, Report, 'sky', CancelEvent> & ToolMark<City>>()
  expectTypeOf(asTool(weather, { description: 'Looks.' })).toEqualTypeOf<typeof weather>()
  expectTypeOf(asTool(first, { description })).toEqualTypeOf<
    Fn<Given, boolean, 'first', CancelEvent> & ToolMark<unknown>
  >()
  expectTypeOf(asTool(plain, { name: 'other' })).toEqualTypeOf<Fn<Given, number, 'other', CancelEvent>>()
  const untyped = fn({ name: 'untyped', description, run: (text: string) => text })
  expectTypeOf(asTool(untyped, { name: 'b' })).toEqualTypeOf<Fn<string, string, 'b', CancelEvent> & SchemaMissing>()
})

test('another schema is that of its arguments, and makes what the function takes', () => {
  const dressed = asTool(bare, { description, input: z.object({ text: z.string() }).transform(({ text }) => text) })
  expectTypeOf(dressed).toEqualTypeOf<Fn<{ text: string }, string, 'bare', CancelEvent> & ToolMark<string>>()
  expectTypeOf(asTool(weather, { input: place })).toEqualTypeOf<
    Fn<{ place: string }, Report, 'weather', CancelEvent> & ToolMark<{ city: string }>
  >()
  expectTypeOf(asTool(plain, { input: place })).toEqualTypeOf<Fn<{ place: string }, number, 'plain', CancelEvent>>()
  // @ts-expect-error -- the function takes a city
  asTool(weather, { input: z.object({ town: z.string() }) })
})

test('what the model is told of it is made of its output', () => {
  const told = asTool(weather, { toModel: (output) => output.text })
  expectTypeOf(told).toEqualTypeOf<typeof weather>()
  asTool(weather, { toModel: (output) => output })
  asTool(plain, { toModel: (days) => ({ days }) })
  asTool(weather, {
    toModel: ({ text, picture = '' }) => [
      { type: 'text', text },
      { type: 'image_url', image_url: { url: picture, detail: 'low' } },
    ],
  })
  // @ts-expect-error -- no such field
  asTool(weather, { toModel: (output) => output.words })
  // @ts-expect-error -- at once
  asTool(weather, { toModel: async (output) => output.text })
  // @ts-expect-error -- something
  asTool(weather, { toModel: () => undefined })
})

test('a tool that asks adds the events of approval to its agent', () => {
  type Asked = CancelEvent | AgentEvent | ApprovalEvent
  const asking = asTool(weather, { approve: true })
  expectTypeOf<EventsOf<typeof asking>>().toEqualTypeOf<CancelEvent>()
  const it = agent({ name: 'it', model, tools: [asking, asTool(plain, { description })] })
  expectTypeOf<EventsOf<typeof it>>().toEqualTypeOf<Asked>()
  const inPlace = agent({
    name: 'it',
    model,
    tools: [
      asTool(weather, {
        name: 'sky',
        approve: (input, call) => {
          expectTypeOf(input).toEqualTypeOf<City>()
          expectTypeOf(call).toEqualTypeOf<{ readonly id: string; readonly name: 'sky'; readonly input: City }>()
          return input.days > 3
        },
      }),
    ],
  })
  expectTypeOf<EventsOf<typeof inPlace>>().toEqualTypeOf<Asked>()
  const again = [
    asking.as('other'),
    asking.override(weather, () => ({ text: 'rain' })),
    asTool(asking, { name: 'b' }),
    asTool(asking, { description: 'Looks.' }),
    asTool(asking, { input: place }),
    asTool(plain, { description, approve: (input) => input !== null }),
    asTool(bare, { description, input: z.string(), approve: (text) => text.length > 9 }),
  ] as const
  agent({ name: 'it', model, tools: [again[0]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[1]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[2]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[3]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[4]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[5]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  agent({ name: 'it', model, tools: [again[6]] })
    .start('Go')
    .send({ type: 'APPROVE' })
  const silent = agent({ name: 'it', model, tools: [asTool(weather, { approve: undefined })] })
  expectTypeOf<EventsOf<typeof silent>>().toEqualTypeOf<CancelEvent | AgentEvent>()
  const outer = agent({
    name: 'outer',
    model,
    tools: [agent({ name: 'inner', description, model, tools: [asking] })],
  })
  expectTypeOf<EventsOf<typeof outer>>().toEqualTypeOf<Asked>()
  // @ts-expect-error -- true, or left out
  asTool(weather, { approve: false })
  // @ts-expect-error -- at once
  asTool(weather, { approve: async () => true })
})

test('it stands in the list of an agent under its own name', async () => {
  const sky = asTool(plain, { name: 'sky', description, input: place })
  const it = agent({
    name: 'it',
    model,
    tools: [weather, sky],
    endWith: 'sky',
    approve: { sky: (input) => input.city > '' },
  })
  expectTypeOf(await it.run('Go')).toEqualTypeOf<number>()
  const mcp = await mcpTools(null!)
  agent({ name: 'it', model, tools: mcp.map((tool) => asTool(tool, { toModel: (output) => String(output) })) })
  agent({ name: 'it', model, tools: [asTool(mcp[0]!, { name: 'one', approve: true }), sky] })
  // @ts-expect-error -- nothing says what it is for
  agent({ name: 'it', model, tools: [asTool(plain, { name: 'a' })] })
  // @ts-expect-error -- no such option
  asTool(plain, { names: 'a' })
  // @ts-expect-error -- a plain function
  asTool((text: string) => text, { name: 'a' })
})
