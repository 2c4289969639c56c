import { agent, chain, decision, fn, loop, map, parallel, pass } from 'tinyllm'
import { expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { z } from 'zod'
import { screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'
import { sleep } from './pipelines.ts'

eachTestHasAPage()

type Area = { x: number; y: number; width: number; height: number }
type Drawn = {
  textContent: string
  getBBox(): Area
  querySelector(what: string): Drawn
  children: Drawn[]
  className: { baseVal: string }
}

/** The texts that leave their box, or lie on another text of it; in the chart's own measure. */
const strays = () =>
  page.locator('.box').evaluateAll((boxes) =>
    (boxes as unknown as Drawn[]).flatMap((box) => {
      const { width, height } = box.querySelector('.shape').getBBox()
      const texts = Array.from(box.children).filter(
        (one) =>
          /^(name|kind|facts|sign)$/.test(one.className.baseVal) && one.textContent !== '' && one.getBBox().width > 0,
      )
      const areas = texts.map((one) => [one, one.getBBox()] as const)
      const out = areas.filter(([, area]) => area.x < 0 || area.x + area.width > width || area.y + area.height > height)
      const over = areas.filter(([one, a]) =>
        areas.some(
          ([other, b]) =>
            one !== other &&
            a.x < b.x + b.width - 1 &&
            b.x < a.x + a.width - 1 &&
            a.y < b.y + b.height - 4 &&
            b.y < a.y + a.height - 4,
        ),
      )
      return [...out, ...over].map(([one]) => one.textContent)
    }),
  )
const ended = () =>
  page
    .getByTestId('run-status')
    .filter({ hasText: /done|failed/ })
    .waitFor()
const wide = 'WWWWWWWW_MMMMMMMM_WWWWWWWW_MMMMMMMM_WWWWWWWW_MMMMMMMM_WWWWWWWW'

test('no text of a map leaves its box: items, failures, rounds, time and tokens', async () => {
  const score = fn({
    name: 'score',
    run: async (n: number, { emit }) => {
      if (n % 50 === 7) throw new Error('no')
      emit({ type: 'usage', inputTokens: 1200, outputTokens: 130, cost: 0.0001 })
      return n
    },
  })
  const scores = map({ name: 'scores', each: score, mode: 'settled' })
  const rounds = loop({
    name: 'rounds',
    body: chain({
      name: 'body',
      children: [fn({ name: 'list', run: (_: unknown) => Array.from({ length: 500 }, (__, n) => n) }), scores],
    }),
    until: ({ iteration }) => iteration >= 2,
    maxIterations: 5,
  })
  await rounds.run(undefined as never, { inspect: inspector.inspect })
  await ended()
  const facts = page.locator('[data-kind=map] .facts')
  await facts.filter({ hasText: '490/500 items · 10 ✕' }).waitFor()
  await screenshot(page, 'boxes-map')
  expect(await strays()).toEqual([])
})

test('no name, kind or label leaves its box or covers another, however long and wide it is', async () => {
  const named = (name: string) => fn({ name, run: async (value: unknown) => (await sleep(5), value) })
  const model = async () => ({ role: 'assistant' as const, content: 'done', tool_calls: [] })
  const helper = agent({
    name: 'a rather long name of an agent that helps people with their taxes',
    model: Object.assign(model, { model: 'a-model-with-a-very-long-name-2026-01-31' }) as never,
    tools: [
      fn({ name: 'searchTheWholeArchiveOfEverything', description: 'x', input: z.object({}), run: () => 1 }),
    ] as never,
  })
  const scene = chain({
    name: wide,
    children: [
      named('illicitlillilillillillilli'),
      named(wide.slice(0, 30)),
      named('プロンプトを分類して要約する長い名前の関数'),
      parallel({ name: 'p', children: { [wide]: named(wide), short: named('i') } }),
      chain({ name: 'tiny', children: [named('x')] }),
      decision({
        name: 'way',
        decide: () => 'MMMMMMMMMMMMMMMMMMMMMMMM',
        branches: { MMMMMMMMMMMMMMMMMMMMMMMM: pass(), b: pass() },
      }),
      fn({ name: 'text', run: () => 'x' }),
      helper as never,
    ],
  })
  await scene.safeRun('x' as never, { inspect: inspector.inspect })
  await ended()
  await screenshot(page, 'boxes-names')
  expect(await strays()).toEqual([])
  await page.getByRole('button', { name: 'Collapse' }).click()
  await expect.poll(() => page.locator('.box').count()).toBeLessThan(10)
  await screenshot(page, 'boxes-folded')
  expect(await strays()).toEqual([])
})

test('nor in a machine that is not ours', async () => {
  const machine = createMachine({
    id: wide,
    initial: 'one',
    states: {
      one: { on: { GO: { target: wide } } },
      [wide]: { initial: 'x', states: { x: { type: 'final' } } },
    },
  })
  const actor = createActor(machine, { inspect: inspector.inspect }).start()
  await page.locator('.box').nth(2).waitFor()
  await sleep(600)
  await screenshot(page, 'boxes-foreign')
  expect(await strays()).toEqual([])
  actor.stop()
})
