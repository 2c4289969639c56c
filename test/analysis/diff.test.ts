import { chain, decision, fn, pass, parallel, loop, fallback } from 'tinyllm'
import { openAIChat, openAIPromptTemplate, openAIUserMessage } from 'tinyllm/openai'
import { coverPaths, diff } from 'tinyllm/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { creditAnalysis } from '../../machines/credit-analysis.ts'

const make = (text: `${string}{a}?`, model: string) =>
  chain({
    name: 'ask',
    children: [
      openAIPromptTemplate({ name: 'prompt', sections: [openAIUserMessage(text)] }),
      openAIChat({ name: 'chat', model, output: z.enum(['good', 'bad']) }),
    ],
  })

describe('diff', () => {
  test('of the same is nothing', () => {
    const same = diff(creditAnalysis, creditAnalysis)
    expect(same).toMatchObject({ isSame: true, resumes: true, changes: [] })
    expect(String(same)).toBe('creditAnalysis and creditAnalysis are the same.')
  })

  test('shows prompts, models, schemas and policies that changed', () => {
    const { changes, resumes, isSame } = diff(make('Why {a}?', 'gpt-4o'), make('Why, {a}?', 'gpt-5').as('ask2'))
    expect(isSame).toBe(false)
    expect(changes).toEqual([
      { path: 'ask2.prompt', what: 'prompt', before: 'user: Why {a}?', after: 'user: Why, {a}?' },
      { path: 'ask2.chat', what: 'meta', before: '{"model":"gpt-4o"}', after: '{"model":"gpt-5"}' },
    ])
    expect(resumes).toBe(false)
  })

  test('shows functions, states and transitions that came and went', () => {
    const step = (name: string, timeout?: number) =>
      fn({ name, run: (text: string) => text, ...(timeout !== undefined && { timeout }) })
    const before = chain({ name: 'it', children: [step('a'), step('b')] })
    const after = chain({ name: 'it', children: [step('a', 100), step('c')] })
    const found = diff(before, after)
    expect(found.functions).toEqual({ added: ['it.c'], removed: ['it.b'] })
    expect(found.states.added).toContain('.running.c.running')
    expect(found.transitions.added).toContain('.running.a.running → .running.a.failed on xstate.done.actor..a#timeout')
    expect(found.changes).toContainEqual({ path: 'it.a', what: 'timeout', after: '100 ms', before: undefined })
    expect(String(found)).toContain('+ it.c\n− it.b\n~ it: order')
    expect(found.mermaid()).toMatch(/class f1 changed[\s\S]*class f2 added|class f2 added/)
    expect(found.mermaid()).toContain('%% removed: it.b')
    expect(found.svg()).toContain('data-path="it.c" data-mark="added"')
  })
})

describe('diff of odd names', () => {
  const names = [
    [
      'my-pipe',
      'a b',
      'say "hi"',
      "it's",
      'a:b',
      'a, b',
      '@me',
      'größe',
      'プロンプト',
      '🎉',
      '(a|b)+?',
      '[x]{2}',
      '^a$',
    ],
    ['a/b', 'a → b', 'starting', 'constructor', 'line\nbreak', '$&', '-', '--x', '%', '<b>'],
  ].flat()
  const make = (name: string, ...steps: string[]) =>
    chain({ name, children: steps.map((step) => fn({ name: step, timeout: 100, run: (text: string) => text })) })

  test.each(names)('%j', (name) => {
    const before = make(name, name, 'b')
    expect(diff(before, make(name, name, 'b'))).toMatchObject({ isSame: true })
    const { functions, states, transitions } = diff(before, make(name, name))
    expect(functions.added).toEqual([])
    expect(functions.removed).toHaveLength(1)
    expect(states.removed).not.toEqual([])
    expect(states.added).toEqual([])
    expect(transitions.added.every((text) => text.startsWith('.'))).toBe(true)
    // The root's own name is no change of the chart.
    const renamed = diff(before, make('renamed', name, 'b'))
    expect(renamed).toMatchObject({ states: { added: [], removed: [] }, transitions: { added: [], removed: [] } })
  })
})

describe('pictures', () => {
  const step = (name: string) => fn({ name, run: (text: string) => text })
  const all = decision({
    name: 'all',
    decide: (): string => 'a',
    branches: {
      a: parallel({ name: 'both', children: { x: step('x'), 'a "quoted" <b>': step('y') } }),
      b: loop({ name: 'l', body: step('body'), until: () => true, maxIterations: 3 }),
      c: fallback({ name: 'f', children: [step('first'), step('second')] }),
      d: pass(),
    },
  })

  test('coverage: what was never entered stands out', async () => {
    const report = await coverPaths(all, { samples: { 'all.deciding': ['a', 'b'] } })
    expect(report.ok).toBe(false)
    expect(report.svg()).toContain('data-path="all.d" data-mark="missed"')
    expect(report.mermaid()).toMatch(/classDef missed .*dasharray/)
    expect(report.missing).toContain('all.running.c')
  })

  test('boxes lie inside their parents, and siblings do not overlap', async () => {
    const svg = (await coverPaths(all)).svg()
    const boxes = [
      ...svg.matchAll(
        /<g data-path="([^"]+)"[^>]*>\n<title>.*<\/title>\n<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ]
    const places = new Map(
      boxes.map(([, path = '', ...numbers]) => [path, numbers.map(Number) as [number, number, number, number]]),
    )
    expect(places.size).toBe(11)
    for (const [path, [x, y, width, height]] of places) {
      const parent = places.get(path.slice(0, path.lastIndexOf('.')))
      if (!parent) continue
      expect(x >= parent[0] && y >= parent[1], path).toBe(true)
      expect(x + width <= parent[0] + parent[2] && y + height <= parent[1] + parent[3], path).toBe(true)
      for (const [other, [ox, oy, owidth, oheight]] of places) {
        if (other === path || other.lastIndexOf('.') !== path.lastIndexOf('.')) continue
        if (other.slice(0, other.lastIndexOf('.')) !== path.slice(0, path.lastIndexOf('.'))) continue
        const apart = x + width <= ox || ox + owidth <= x || y + height <= oy || oy + oheight <= y
        expect(apart, `${path} and ${other}`).toBe(true)
      }
    }
    expect(svg).toContain('a &quot;quoted&quot; &lt;b&gt;')
  })
})
