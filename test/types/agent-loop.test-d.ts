// What leads the loop of an agent: calls by tool, names of tools, and outputs.
import {
  agent,
  type AgentCall,
  type AgentEvent,
  type AgentRound,
  type AnyFn,
  type Approve,
  type ApprovalEvent,
  type BeforeTurn,
  type CancelEvent,
  type ChatMessage,
  type ErrorData,
  type EventsOf,
  fn,
  key,
  llmCall,
  type PipelineError,
  type RoundCall,
  type Transcript,
  type TurnChange,
  type Usage,
} from 'tinyllm'
import type { mcpTools } from 'tinyllm/mcp'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const model = llmCall({ name: 'model', model: async () => 'ok' })
const money = z.object({ amount: z.string().transform(Number), to: z.string() })
const pay = fn({ name: 'pay', description: 'Pays.', input: money, run: ({ amount }) => ({ paid: amount }) })
const mail = fn({ name: 'mail', description: 'Sends.', input: z.object({ to: z.string() }), run: () => true })
const tools = [pay, mail] as const
type Both = typeof tools
type Money = { amount: number; to: string }
const user = key<string>('user')
declare const mcp: Awaited<ReturnType<typeof mcpTools>>
declare const fromServer: AnyFn[]

test('a call is one of a tool of the list, and its name tells its input', () => {
  const look = (call: AgentCall<Both>) => {
    expectTypeOf(call.name).toEqualTypeOf<'pay' | 'mail'>()
    if (call.name === 'pay') expectTypeOf(call.input).toEqualTypeOf<Money>()
    else expectTypeOf(call.input).toEqualTypeOf<{ to: string }>()
    return true
  }
  agent({ name: 'a', model, tools, approve: look })
  agent({
    name: 'a',
    model,
    tools: [pay, mail],
    approve: (call) => {
      expectTypeOf(call.id).toEqualTypeOf<string>()
      // @ts-expect-error -- not before it is known which tool it is
      if (call.input.amount === 1) return true
      return call.name === 'pay' && call.input.amount > 100
    },
  })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], approve: (call) => call.name === 'male' })
})

test('without a list, or with one of unknown length, a call is of any tool', () => {
  expectTypeOf<AgentCall>().toEqualTypeOf<{ readonly id: string; readonly name: string; readonly input: unknown }>()
  agent({ name: 'a', model, tools: mcp, approve: ({ name, input }) => name === 'pay' && input !== null })
  agent({ name: 'a', model, tools: mcp, approve: ['whatever'] })
  agent({ name: 'a', model, tools: fromServer, approve: { whatever: (input) => input !== null } })
  agent({ name: 'a', model, tools: [...fromServer, pay], approve: ({ name }) => name === 'pay' })
  agent({ name: 'a', model, tools: fromServer, endWith: 'done', stopWhen: ({ calls }) => calls.length > 3 })
  agent({ name: 'a', model, tools: mcp, beforeTurn: () => ({ tools: ['whatever'] }) })
  agent({
    name: 'a',
    model,
    tools: [],
    approve: ({ name }) => name === 'x',
    stopWhen: ({ calls: [call] }) => !call?.id,
  })
  const every = (call: AgentCall) => call.name.startsWith('pay')
  agent({ name: 'a', model, tools: [pay, mail], approve: every })
  const far = (round: AgentRound) => round.turn > 3 || round.calls.some(({ status }) => status === 'failed')
  agent({ name: 'a', model, tools: [pay, mail], stopWhen: far })
})

test('a round has the conversation and what its calls came to', () => {
  agent({
    name: 'a',
    model,
    tools: [pay, mail],
    input: z.object({ city: z.string(), days: z.number().default(1) }),
    stopWhen: ({ turn, messages, calls, usage, input, get }) => {
      expectTypeOf(turn).toEqualTypeOf<number>()
      expectTypeOf(messages).toEqualTypeOf<readonly ChatMessage[]>()
      expectTypeOf(calls).toEqualTypeOf<readonly RoundCall<readonly [typeof pay, typeof mail]>[]>()
      expectTypeOf(usage).toEqualTypeOf<Readonly<Usage>>()
      expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>()
      expectTypeOf(get(user)).toEqualTypeOf<string>()
      for (const call of calls) {
        if (call.name === 'pay') expectTypeOf(call.input).toEqualTypeOf<Money>()
        if (call.name === 'pay') expectTypeOf(call.output).toEqualTypeOf<{ paid: number } | undefined>()
        if (call.status === 'complete' && call.name === 'mail') expectTypeOf(call.output).toEqualTypeOf<boolean>()
        if (call.status !== 'complete') expectTypeOf(call.error).toEqualTypeOf<ErrorData | undefined>()
      }
      return false
    },
  })
  agent({ name: 'a', model, tools, stopWhen: ({ input }) => input.messages.length > 9 || { output: 'Enough.' } })
  // @ts-expect-error -- at once
  agent({ name: 'a', model, tools, stopWhen: async () => true })
})

test('approve takes names and predicates of the tools, and says so in the events', () => {
  const byTool = agent({
    name: 'a',
    model,
    tools: [pay, mail],
    approve: {
      mail: true,
      pay: (input, call) => {
        expectTypeOf(input).toEqualTypeOf<Money>()
        expectTypeOf(call).toEqualTypeOf<{ readonly id: string; readonly name: 'pay'; readonly input: Money }>()
        return input.amount > 100
      },
    },
  })
  type Events = CancelEvent | AgentEvent | ApprovalEvent
  expectTypeOf<EventsOf<typeof byTool>>().toEqualTypeOf<Events>()
  const one = agent({ name: 'a', model, tools: [pay, mail], approve: { pay: ({ amount }) => amount > 100 } })
  expectTypeOf<EventsOf<typeof one>>().toEqualTypeOf<Events>()
  const called = agent({ name: 'a', model, tools: [pay], approve: (call) => call.input.amount > 100 })
  expectTypeOf<EventsOf<typeof called>>().toEqualTypeOf<Events>()
  const rule: Approve<Both> = { pay: (input, call) => call.id !== input.to }
  const stored = agent({ name: 'a', model, tools, approve: rule })
  expectTypeOf<EventsOf<typeof stored>>().toEqualTypeOf<Events>()
  const never = agent({ name: 'a', model, tools, approve: undefined })
  expectTypeOf<EventsOf<typeof never>>().toEqualTypeOf<CancelEvent | AgentEvent>()
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], approve: ['pay', 'male'] })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], approve: { pay: true, male: true } })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], approve: { male: () => true } })
  agent({ name: 'a', model, tools: [pay, mail], approve: { pay: false } })
  // @ts-expect-error -- true, or left out
  agent({ name: 'a', model, tools: [pay, mail], approve: false })
})

test('endWith makes the output of that tool the output of the agent', async () => {
  const one = agent({ name: 'a', model, tools: [pay, mail], endWith: 'pay' })
  expectTypeOf(await one.run('Go')).toEqualTypeOf<{ paid: number }>()
  const two = agent({ name: 'a', model, tools, endWith: ['pay', 'mail'] })
  expectTypeOf(await two.run('Go')).toEqualTypeOf<{ paid: number } | boolean>()
  const alone = agent({ name: 'a', model, tools: [pay, mail], endWith: ['mail'], output: z.object({ n: z.number() }) })
  expectTypeOf(await alone.run('Go')).toEqualTypeOf<boolean>()
  const told = agent({ name: 'a', model, tools, endWith: 'mail', transcript: true })
  expectTypeOf(await told.run('Go')).toEqualTypeOf<Transcript<boolean>>()
  const none = agent({ name: 'a', model, tools, endWith: undefined })
  expectTypeOf(await none.run('Go')).toEqualTypeOf<string>()
  const unknown = agent({ name: 'a', model, tools: mcp, endWith: 'pay' })
  expectTypeOf(await unknown.run('Go')).toEqualTypeOf<unknown>()
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], endWith: 'male' })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], endWith: ['pay', 'male'] })
})

test('beforeTurn changes the turn', () => {
  const small = llmCall({ name: 'small', model: async () => 'ok' })
  agent({
    name: 'a',
    model,
    tools: [pay, mail],
    beforeTurn: async ({ turn, messages, calls, input }, ctx) => {
      expectTypeOf(input.messages).toEqualTypeOf<ChatMessage[]>()
      if (ctx.get(user) === 'Ada') return { messages: messages.slice(-3), instructions: 'Be brief.' }
      if (calls.some((call) => call.name === 'pay' && call.input.amount > 9)) return { stop: { output: 'Enough.' } }
      if (turn > 4) return { tools: ['mail'], toolChoice: 'required', model: small }
      if (turn > 2) return { toolChoice: { type: 'tool', toolName: 'pay' }, model: async () => 'Hi' }
      return undefined
    },
  })
  agent({ name: 'a', model, tools, beforeTurn: () => {} })
  agent({ name: 'a', model, tools, beforeTurn: ({ turn }) => (turn > 3 ? { tools: [] } : undefined) })
  const compact = fn({
    name: 'compact',
    retry: { attempts: 3 },
    run: ({ messages }: AgentRound) => ({ messages: messages.slice(-3) }),
  })
  agent({ name: 'a', model, tools, beforeTurn: compact })
  const change: TurnChange<Both> = { tools: ['pay'] }
  const before: BeforeTurn<Both> = () => change
  agent({ name: 'a', model, tools, beforeTurn: before })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay, mail], beforeTurn: () => ({ tools: ['male'] }) })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: [pay], beforeTurn: () => ({ toolChoice: { type: 'tool', toolName: 'male' } }) })
  // @ts-expect-error -- no such change
  agent({ name: 'a', model, tools: [pay, mail], beforeTurn: () => ({ tool: ['pay'] }) })
  const wrong = fn({ name: 'wrong', run: (text: string) => ({ instructions: text }) })
  // @ts-expect-error -- it takes a text, and not a round
  agent({ name: 'a', model, tools, beforeTurn: wrong })
})

test('the other options are of their kinds', () => {
  agent({
    name: 'a',
    model,
    tools,
    instructions: ({ turn, input }) => `Turn ${turn} of ${input.messages.length}`,
    outputRetries: 3,
    onMaxTurns: ({ messages }) => messages.at(-1)?.content,
    toolErrors: (error, call) => {
      expectTypeOf(error).toExtend<PipelineError>()
      return call.name === 'pay' && call.input.amount > 9 ? 'fail' : 'Try again later.'
    },
    approvalTimeout: 1000,
    concurrency: 1,
    maxResultLength: 1000,
    toolChoice: { type: 'tool', toolName: 'mail' },
  })
  agent({ name: 'a', model, tools, onMaxTurns: 'answer', toolErrors: 'fail', toolChoice: 'required' })
  // @ts-expect-error -- no such choice
  agent({ name: 'a', model, tools, onMaxTurns: 'stop' })
  // @ts-expect-error -- no such choice
  agent({ name: 'a', model, tools, toolErrors: 'ignore' })
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools, toolChoice: { type: 'tool', toolName: 'male' } })
})

test('the tools of each turn may come from a function', async () => {
  const it = agent({ name: 'a', model, tools: ({ turn }) => (turn > 3 ? [mail] : [pay, mail]), endWith: 'pay' })
  expectTypeOf(await it.run('Go')).toEqualTypeOf<{ paid: number }>()
  agent({ name: 'a', model, tools: () => [pay, mail], approve: (call) => call.name === 'pay' && call.input.amount > 9 })
  agent({ name: 'a', model, tools: () => fromServer, approve: ['whatever'] })
  const plain = agent({ name: 'a', model, tools: () => [pay] })
  expectTypeOf<EventsOf<typeof plain>>().toEqualTypeOf<CancelEvent | AgentEvent>()
  // @ts-expect-error -- no such tool
  agent({ name: 'a', model, tools: () => [pay, mail], approve: ['male'] })
  const untold = fn({ name: 'untold', input: money, run: () => 1 })
  // @ts-expect-error -- it has no description
  agent({ name: 'a', model, tools: () => [pay, untold] })
})
