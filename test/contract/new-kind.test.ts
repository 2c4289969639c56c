import { agent, type AnyFn, chain, fallback, fn, map, parallel, pass, receive } from 'tinyllm'
import { check, describe as describeFunctions, diff, mermaid, svg } from 'tinyllm/analysis'
import { coverPaths, paths } from 'tinyllm/testing'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { lifecycle } from '../../src/compile/lifecycle.ts'
import { define } from '../../src/define.ts'
import { pipelineParts } from '../../src/cli/pipeline.ts'
import { indexChart } from '../../src/observe/inspector/journal/indexed-chart.ts'
import { createChartReader } from '../../src/observe/inspector/journal/machine-chart.ts'
import { createRedactor } from '../../src/observe/inspector/journal/redact.ts'
import { layout } from '../../src/observe/inspector/layout/layout.ts'
import { Held, restored } from '../nodes/saved.ts'
import { tap } from './tap.ts'

const order = z.object({ id: z.string() })
const parse = fn({ name: 'parse', input: z.string(), output: order, run: (id) => ({ id }) })
const side = (output: unknown = 'saved') => fn({ name: 'side', input: order, run: (): unknown => output })
const ship = fn({ name: 'ship', input: order, run: ({ id }) => `shipped ${id}` })
const pipeline = (make: AnyFn = tap({ name: 'audit', side: side() })) =>
  chain({ name: 'orders', children: [parse, make as never, ship as never] }) as AnyFn

const codesOf = (it: AnyFn) => check(it).map(({ code, path }) => [code, path])
const boxesOf = (it: AnyFn) => {
  const chart = indexChart(createChartReader(createRedactor())(it.machine as never).root)
  const { boxes } = layout(chart, { collapsed: new Set(), talking: new Set() })
  return new Map([...boxes.values()].map((box) => [box.state.path, box]))
}

describe('a kind with a child that is in no list', () => {
  test('runs: a plain function on the side gets the input, which is returned', async () => {
    const save = vi.fn((_: { id: string }) => 'saved')
    const it = chain({ name: 'it', children: [parse, tap({ name: 'audit', run: save }), ship] })
    expect(await it.run('a')).toBe('shipped a')
    expect(save).toHaveBeenCalledExactlyOnceWith({ id: 'a' }, expect.anything())
  })

  test('fails with its child, at the path of that', async () => {
    const broken = fn({ name: 'broken', run: () => Promise.reject(new Error('disk full')) })
    const { error } = await pipeline(tap({ name: 'audit', side: broken })).safeRun('a')
    expect(error).toMatchObject({ code: 'run', path: 'orders.audit.broken', cause: { message: 'disk full' } })
  })

  describe('in check', () => {
    test('has no findings where everything fits', () => {
      expect(codesOf(pipeline())).toEqual([])
    })

    test('passes on what stands before it, so that a field that nothing provides is found behind it', () => {
      const needy = fn({ name: 'needy', input: order.extend({ price: z.number() }), run: ({ price }) => price })
      const it = chain({ name: 'orders', children: [parse, tap({ name: 'audit', side: side() }), needy as never] })
      expect(codesOf(it)).toContainEqual(['missing-field', 'orders.needy'])
    })

    test('gives its child what stands before it, so that a missing field is found in it', () => {
      const needy = fn({ name: 'needy', input: order.extend({ price: z.number() }), run: ({ price }) => price })
      expect(codesOf(pipeline(tap({ name: 'audit', side: needy })))).toContainEqual([
        'missing-field',
        'orders.audit.needy',
      ])
    })

    test('fails only when its child can, so that a fallback behind it is never reached', () => {
      const last = (text: string) => text
      const silent = tap({ name: 'audit', side: pass<string>() })
      expect(codesOf(fallback({ name: 'it', children: [silent, last] }))).toContainEqual(['unreachable', 'it.last'])
      const reached = fallback({ name: 'it', children: [tap({ name: 'audit', run: last }), last] })
      expect(codesOf(reached)).toEqual([])
    })
  })

  test.each<[string, AnyFn]>([
    ['alone', tap({ name: 'audit', side: side() })],
    ['in a chain', pipeline()],
    ['with a policy', tap({ name: 'audit', side: side(), retry: { attempts: 2 }, timeout: 1000 })],
    ['in a parallel', parallel({ name: 'both', children: { audit: tap({ name: 'audit', side: side() }), ship } })],
    ['as the item of a map', map({ name: 'all', each: tap({ name: 'audit', side: side() }) })],
    ['around what waits', tap({ name: 'audit', side: receive({ name: 'ask', events: { OK: z.object({}) } }) })],
  ])('is covered by coverPaths: %s', async (_, it) => {
    const report = await coverPaths(it)
    expect(report.missing).toEqual([])
    expect(report.paths.filter(({ problem }) => problem)).toEqual([])
    expect(report).toMatchObject({ ok: true, states: 100, transitions: 100 })
  })

  test('its values are found by what stands in it and behind it', () => {
    const [path] = paths(pipeline())
    expect(path?.input).toEqual(expect.any(String))
    const alone = paths(tap({ name: 'audit', side: side() }))
    expect(alone.some(({ input }) => order.safeParse(input).success)).toBe(true)
  })

  test('is drawn: Mermaid and SVG name it, with its child in it', () => {
    const it = pipeline()
    expect(mermaid(it)).toMatch(/subgraph \w+ \["audit · tap"\]\n\s+\w+\["side<br\/>function"\]/)
    expect(svg(it)).toContain('<title>orders.audit.side</title>')
    expect(svg(it)).toContain('>tap</tspan>')
  })

  test('the page lays it out, with its child in it', () => {
    const boxes = boxesOf(pipeline())
    const [audit, inside] = [boxes.get('orders.audit'), boxes.get('orders.audit.side')]
    expect(audit?.parts.map(({ state }) => state.path)).toEqual(['orders.audit.side'])
    expect(inside).toMatchObject({ state: { kind: 'function' } })
    expect(audit?.state.kind).toBe('tap')
    expect(boxes.get('orders.ship')!.x).toBeGreaterThanOrEqual(audit!.x + audit!.w)
  })

  test('describe names it, and diff what changed in it', () => {
    const it = pipeline()
    expect(describeFunctions(it)).toContainEqual({ path: 'orders.audit', properties: { kind: 'tap' } })
    const other = pipeline(tap({ name: 'audit', side: side(), timeout: 50 }))
    expect(diff(it, other).changes).toContainEqual({
      path: 'orders.audit',
      what: 'timeout',
      before: undefined,
      after: '50 ms',
    })
    const replaced = diff(it, pipeline(chain({ name: 'audit', children: [side()] })))
    expect(replaced.changes).toEqual([{ path: 'orders.audit', what: 'kind', before: 'tap', after: 'chain' }])
  })

  test('is a tool of an agent, with the schema of its first child', async () => {
    const seen: unknown[] = []
    const audit = tap({ name: 'audit', description: 'Notes an order.', side: side() })
    const it = agent({
      name: 'desk',
      model: async ({ tools, messages }) => {
        seen.push(tools)
        if (messages.at(-1)?.role === 'tool') return { role: 'assistant', content: String(messages.at(-1)?.content) }
        const call = { id: 'c1', type: 'function' as const, function: { name: 'audit', arguments: '{"id":"a"}' } }
        return { role: 'assistant', content: null, tool_calls: [call] }
      },
      tools: [audit],
    })
    expect(await it.run('go')).toBe('{"id":"a"}')
    expect(seen[0]).toMatchObject([
      { name: 'audit', parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
    ])
    expect(mermaid(it)).toContain('audit · tap')
    expect((await coverPaths(it)).missing).toEqual([])
  })

  test('is the item of a map', async () => {
    const it = map({ name: 'all', each: tap({ name: 'audit', side: side() }) })
    expect(await it.run([{ id: 'a' }, { id: 'b' }])).toEqual([{ id: 'a' }, { id: 'b' }])
    const { error } = await it.safeRun([{ id: 'a' }, { id: 7 } as never])
    expect(error).toMatchObject({ code: 'input_validation', path: 'all[1].side' })
  })

  test('is saved in the midst of its work and restored', async () => {
    const held = new Held<string>()
    const it = pipeline(tap({ name: 'audit', side: fn({ name: 'side', run: held.run }) }))
    const snapshot = await held.saved(it, 'a')
    const actor = restored(it, snapshot)
    await held.resolve('saved')
    expect(await toPromise(actor)).toBe('shipped a')
  })

  test('the CLI finds the schema of its input', () => {
    const it = tap({ name: 'audit', side: side() })
    expect(pipelineParts(it)[0]?.schema).toBe(order)
  })
})

/** A leaf that says nothing of itself but what it does. */
const constant = (name: string, value: unknown): AnyFn =>
  define({
    kind: 'constant',
    name,
    policy: {},
    compile: (scope) => lifecycle(scope, { leaf: true, running: ({ work }) => ({ invoke: work(() => value) }) }),
  }) as never

describe('a leaf of a kind that is in no list, and that says nothing of itself', () => {
  const it = chain({ name: 'it', children: [constant('one', 1), constant('two', 2)] }) as AnyFn

  test('runs, alone and among others', async () => {
    expect(await constant('one', 1).run('in')).toBe(1)
    expect(await it.run('in')).toBe(2)
    expect(await toPromise(createActor(it.machine, { input: 'in' }).start())).toBe(2)
    expect(await map({ name: 'all', each: constant('one', 1) }).run(['in', 'in'])).toEqual([1, 1])
  })

  test('is checked and covered', async () => {
    expect(check(it)).toEqual([])
    expect(await coverPaths(it)).toMatchObject({ ok: true, states: 100, transitions: 100 })
  })

  test('is drawn, laid out and described', () => {
    expect(mermaid(it)).toContain('["one<br/>constant"]')
    expect(svg(it)).toContain('>constant</text>')
    expect(boxesOf(it).get('it.two')?.state.kind).toBe('constant')
    expect(describeFunctions(it)).toContainEqual({ path: 'it.two', properties: { kind: 'constant' } })
  })

  test('is replaced by a function of tinyllm; a plain one needs a kind that can be swapped', async () => {
    expect(await it.override('it.two', constant('other', 3)).run('in')).toBe(3)
    expect(() => it.override('it.two', (() => 3) as never)).toThrow(
      'it.two cannot be overridden with a function, which replaces only a leaf: it.two is a constant',
    )
  })
})
