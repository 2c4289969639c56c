import { flow, fn, loop } from 'tinyllm'
import { check, coverPaths, diff, paths } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { definitionOf } from '../../src/analysis/definition.ts'
import { renderMermaid } from '../../src/analysis/render/mermaid.ts'

const search = fn({ name: 'search', run: (q: string) => [`about ${q}`] })
const score = fn({
  name: 'score',
  output: z.object({ score: z.number(), ok: z.boolean() }),
  run: (q: string) => ({ score: q.length, ok: true }),
})
const premium = z.object({ q: z.string(), premium: z.boolean().default(false) })

const answer = flow({
  name: 'answer',
  input: premium,
  steps: (s) =>
    s
      .endWhen(
        ({ input }) => input.q === '',
        () => 'none',
      )
      .when(
        ({ input }) => input.premium,
        search,
        ({ input }) => input.q,
      )
      .step('write', ({ outputs }) => outputs.search?.length ?? 0),
})
const rounds = loop({
  name: 'rounds',
  body: score,
  until: ({ value }) => value.score > 3,
  next: ({ value }) => `${value.score}`,
  result: ({ value, iteration }) => ({ ...value, rounds: iteration }),
  maxIterations: 3,
})

const pipelines = {
  'the input decides': answer,
  'an output decides, with retries': flow({
    name: 'it',
    input: z.string(),
    retry: { attempts: 2 },
    steps: (s) =>
      s
        .step(score)
        .when(
          ({ value }) => value.score < 5,
          'again',
          ({ value }) => value.score + 1,
        )
        .endWhen(({ outputs }) => outputs.score.ok)
        .step('end', ({ outputs }) => outputs.again),
  }),
  'the value decides, through skipped steps': flow({
    name: 'it',
    input: z.string(),
    steps: (s) =>
      s
        .when(({ input }) => input.length > 10, search)
        .when(
          ({ value }) => Array.isArray(value),
          'many',
          ({ value }) => value.length,
        )
        .endWhen(({ value }) => typeof value === 'string'),
  }),
  'each field decides something else': flow({
    name: 'it',
    input: z.object({ a: z.boolean(), b: z.boolean(), c: z.number() }),
    steps: (s) =>
      s
        .endWhen(({ input }) => input.a)
        .when(
          ({ input }) => input.b,
          'x',
          () => 1,
        )
        .when(
          ({ input }) => input.c > 7,
          'y',
          () => 2,
        ),
  }),
  'a loop with next and result': rounds,
  'the same around a schema, with retries': loop({
    name: 'it',
    body: fn({ name: 'n', input: z.number(), run: (n: number) => `${n}` }),
    until: ({ value }) => value.length > 3,
    next: ({ value, iteration }) => value.length + iteration,
    maxIterations: 3,
    retry: { attempts: 2 },
  }),
}

test.each(Object.entries(pipelines))('%s: every way is found and gone', async (_, pipeline) => {
  const report = await coverPaths(pipeline)
  expect(report.missing).toEqual([])
  report.verify()
  expect(check(pipeline)).toEqual([])
})

describe('paths in words', () => {
  test('tell what is skipped, what ends, and whose code breaks', () => {
    const told = paths(answer).map(({ description }) => description)
    expect(told).toEqual(
      expect.arrayContaining([
        'input {"q":"","premium":false} → answer ends early → no failures → complete',
        'input {"q":"text","premium":false} → search is skipped → no failures → complete',
        'input {"q":"text","premium":true} → no failures → complete',
        'input {"q":"text","premium":false} → endWhen of answer throws → failed at answer (run)',
        'input {"q":"text","premium":false} → the predicate of search throws → failed at answer.search (run)',
      ]),
    )
  })

  test('next breaks after the first round only', () => {
    const told = paths(rounds).map(({ description }) => description)
    expect(told).toContain(
      'rounds.body: score returns {"score":1,"ok":true} → next of rounds throws → failed at rounds.body: score (run)',
    )
  })
})

describe('pictures', () => {
  test('in Mermaid each question is a node, with a way around and out', async () => {
    const report = await coverPaths(answer)
    const lines = report.mermaid().split('\n')
    expect(lines.filter((line) => line.includes('{'))).toEqual(['    f0gate0{"end?"}', '    f0gate1{"search?"}'])
    expect(lines.filter((line) => line.includes('->'))).toEqual([
      '  f0start --> f0gate0',
      '  f0gate0 -.->|end early| f0end',
      '  f0gate0 --> f0gate1',
      '  f0gate1 --> f1',
      '  f1 --> f2',
      '  f0gate1 -.->|skip| f2',
      '  f2 --> f0end',
    ])
  })

  test('in Mermaid a flow of many optional steps and ends grows with them, and no edge is there twice', () => {
    const make = (count: number) => {
      const named = (n: number) => fn({ name: `s${n}`, run: (value: string) => value })
      type Any = { when(when: () => boolean, step: object): Any; endWhen(when: () => boolean): Any }
      const steps = (first: Any) => {
        let flow = first
        for (let n = 0; n < count; n++) {
          flow = flow.when(() => true, named(n))
          if (n % 2) flow = flow.endWhen(() => false).endWhen(() => false)
        }
        return flow.endWhen(() => false)
      }
      return renderMermaid(definitionOf(flow({ name: 'it', input: z.string(), steps: steps as never }))).split('\n')
    }
    const [few, many] = [make(15), make(150)]
    expect(many.length).toBeLessThan(few.length * 11)
    expect(new Set(many).size).toBe(many.length)
    // Every node that an edge names is there.
    const nodes = new Set(many.flatMap((line) => /^ +(?:subgraph )?(\w+)[ {[(]/.exec(line)?.[1] ?? []))
    for (const line of many.filter((each) => each.includes('->')))
      for (const end of line.match(/\bf\w+/g) ?? []) expect(nodes).toContain(end)
  })

  test('in Mermaid no name breaks out of its label', () => {
    const odd = fn({ name: 'a "b" <c> `d` &amp; {e} --> f; %% g\nh', run: (value: string) => value })
    const text = renderMermaid(
      definitionOf(flow({ name: 'it', input: z.string(), steps: (s) => s.when(() => true, odd) })),
    )
    const label = 'a #quot;b#quot; #lt;c#gt; #96;d#96; #amp;amp; {e} --#gt; f; %% g h'
    expect(text).toContain(`    f0gate0{"${label}?"}\n`)
    expect(text).toContain(`    f1["${label}<br/>function"]\n`)
  })

  test('in SVG they are drawn and named', async () => {
    const svg = (await coverPaths(answer)).svg()
    expect(svg.match(/>(skip|end early)</g)).toEqual(['>skip<', '>end early<'])
  })

  test('a flow without them is drawn as before', async () => {
    const plain = flow({
      name: 'it',
      input: z.string(),
      steps: (s) => s.step(search).step('n', ({ value }) => value.length),
    })
    const report = await coverPaths(plain)
    expect(report.mermaid()).not.toContain('start')
    expect(report.svg()).not.toContain('skip')
  })
})

test('diff tells of another predicate, end, next and result', () => {
  const make = (limit: number) =>
    flow({
      name: 'it',
      input: z.string(),
      steps: (s) =>
        limit > 5 ? s.when(({ input }) => input.length > 5, search) : s.when(({ input }) => input === '', search),
    })
  const [change] = diff(make(1), make(9)).changes
  expect(change).toMatchObject({ path: 'it', what: 'gates', before: expect.stringContaining('search when') })
  expect(diff(make(1), make(9)).resumes).toBe(true)
})
