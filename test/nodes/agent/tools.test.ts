import {
  actor,
  agent,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  receive,
  validator,
} from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { fromPromise } from 'xstate'
import { z } from 'zod'

// What the types take as a tool and what they refuse (test/types), when it runs.

const model = async () => ({ role: 'assistant' as const, content: 'ok' })
const input = z.object({ city: z.string() })
const description = 'Tells the weather.'
const weather = fn({ name: 'weather', description, input, run: () => 'good' })
const plain = fn({ name: 'plain', input, run: () => 'good' })

describe('a tool of an agent', () => {
  test('is what has a description, and a schema of its own or of the child that gets its input', () => {
    const loops = { until: () => true, maxIterations: 2 }
    const tools = [
      weather.as('again'),
      weather.override(weather, () => 'bad'),
      agent({ name: 'agent', description, model, tools: [weather] }),
      chain({ name: 'chain', description, children: [plain, (text: string) => text.length] }),
      flow({ name: 'flow', description, input, steps: (s) => s.step(weather) }),
      decision({ name: 'decision', description, decide: plain, branches: { good: pass() } }),
      fallback({ name: 'fallback', description, children: [weather, plain] }),
      loop({ name: 'loop', description, body: plain, next: ({ input: given }) => given, ...loops }),
      validator(input, { name: 'validator', description }),
      actor({ name: 'actor', description, input: z.string(), logic: fromPromise<number, string>(async () => 1) }),
      llmCall({ name: 'llmCall', description, model: async () => 'ok' }),
      receive({ name: 'ask', description, input, events: { ANSWER: z.object({}) } }),
      agent({ name: 'asks', description, model, tools: [weather], approve: ['weather'] }),
    ] as const
    expect(agent({ name: 'it', model, tools }).kind).toBe('agent')
  })

  test.each<[lacks: RegExp, tool: AnyFn]>([
    [/no description/, plain],
    [/no description/, agent({ name: 'agent', model, tools: [weather] })],
    [/no description/, fallback({ name: 'fallback', children: [weather] })],
    [/no description/, fn({ name: 'empty', description: '', input, run: () => 1 })],
    [/no input schema/, fn({ name: 'untyped', description, run: (city: string) => city })],
    [/no input schema/, chain({ name: 'chain', description, children: [(city: string) => ({ city }), weather] })],
    [/no input schema/, fallback({ name: 'fallback', description, children: [pass<string>()] })],
    [/no input schema/, parallel({ name: 'parallel', description, children: [weather] })],
    [
      /no input schema/,
      branch({ name: 'branch', description, cases: [{ name: 'a', when: () => true, then: weather }] }),
    ],
    [/no JSON Schema/, map({ name: 'map', description, each: weather })],
  ])('is refused with %s', (lacks, tool) => {
    expect(() => agent({ name: 'it', model, tools: [tool] })).toThrow(lacks)
  })
})
