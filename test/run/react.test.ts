// @vitest-environment happy-dom
import { useActor, useActorRef, useSelector } from '@xstate/react'
import { agent, chain, fn, limit, map, parallel, receive, type RunContext } from 'tinyllm'
import { Activity, act, createElement, StrictMode } from 'react'
import { type Container, createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'

const draft = fn({ name: 'draft', run: async (topic: string) => `about ${topic}` })
const review = receive({ name: 'review', events: { APPROVE: z.object({ by: z.string() }) } })
const report = chain({ name: 'report', children: [draft, review] })

const { document } = globalThis as unknown as { document: Page }
type Page = { body: Element; createElement(tag: string): Element; querySelector(tag: string): Element | null }
type Element = Container & { textContent: string; append(element: Element): void; remove(): void }

let root: Root
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const main = document.createElement('main')
  document.body.append(main)
  root = createRoot(main)
})
afterEach(async () => {
  await act(async () => root.unmount())
  document.querySelector('main')?.remove()
  vi.unstubAllGlobals()
})

const shown = () => document.querySelector('main')?.textContent
const show = (component: () => string | null) =>
  act(async () => root.render(createElement(StrictMode, {}, createElement(component))))

test('useActor runs a pipeline, shows its states, and sends it an event', async () => {
  let send!: (event: { type: 'APPROVE'; by: string }) => void
  await show(function Report() {
    const [snapshot, sendTo] = useActor(report.machine, { input: 'cats' })
    send = sendTo
    const isWaiting = snapshot.matches({ running: { review: 'running' } })
    return `${snapshot.status}, ${isWaiting ? 'waiting' : 'not waiting'}, ${JSON.stringify(snapshot.output ?? null)}`
  })
  await act(async () => vi.waitFor(() => expect(shown()).toBe('active, waiting, null')))
  await act(async () => send({ type: 'APPROVE', by: 'me' }))
  expect(shown()).toBe('done, not waiting, {"by":"me","type":"APPROVE"}')
})

test('useSelector renders again only for what was selected', async () => {
  let renders = 0
  await show(function Report() {
    const actor = useActorRef(report.machine, { input: 'cats' })
    const isOver = useSelector(actor, ({ status }) => status !== 'active')
    renders++
    return String(isOver)
  })
  const before = renders
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)))
  expect(shown()).toBe('false')
  expect(renders).toBe(before)
})

test('a component that goes away stops the run and aborts what is under way', async () => {
  let signal: AbortSignal | undefined
  const endless = fn({
    name: 'endless',
    run: (_: string, ctx) => ((signal = ctx.signal), new Promise<string>(() => {})),
  })
  await show(function Endless() {
    const [{ status }] = useActor(endless.machine, { input: 'x' })
    return status
  })
  expect(shown()).toBe('active')
  await vi.waitFor(() => expect(signal?.aborted).toBe(false))
  await act(async () => root.render(null))
  await vi.waitFor(() => expect(signal?.aborted).toBe(true))
})

test('what begins when a component mounts runs once, though StrictMode starts it twice', async () => {
  const calls: string[] = []
  const leaf = (name: string) =>
    fn({
      name,
      run: async (_: unknown, { idempotencyKey, signal }: RunContext) => {
        calls.push(`${name} ${idempotencyKey.split(':').slice(1)}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        return `${name} ${signal.aborted}`
      },
    })
  const all = parallel({
    name: 'all',
    children: { a: leaf('a'), many: map({ name: 'm', each: leaf('item') }), slow: leaf('slow') },
    inputs: { many: () => [1, 2] },
  })
  await show(function All() {
    const [snapshot] = useActor(all.machine, { input: 'x' as never })
    return JSON.stringify(snapshot.output ?? null)
  })
  await act(async () => vi.waitFor(() => expect(shown()).not.toBe('null')))
  expect(JSON.parse(shown() ?? '')).toEqual({ a: 'a false', many: ['item false', 'item false'], slow: 'slow false' })
  expect(calls.toSorted()).toEqual([
    'a all.a',
    'item all.many[0],all.many.each',
    'item all.many[1],all.many.each',
    'slow all.slow',
  ])
})

test('limits, retries and timeouts hold in StrictMode, which starts, stops and starts again', async () => {
  const calls: string[] = []
  const one = limit({ concurrency: 1 })
  const first = fn({
    name: 'first',
    timeout: 5000,
    limit: one,
    retry: { attempts: 2, backoff: { initial: 5 } },
    run: async (n: number, { attempt }) => {
      calls.push(`first ${attempt}`)
      if (attempt === 1) throw new Error('busy')
      return n + 1
    },
  })
  const each = fn({ name: 'each', limit: one, run: async (n: number) => (calls.push('each'), n) })
  const model = async () => (calls.push('model'), { role: 'assistant', content: 'hi' } as const)
  const all = chain({
    name: 'all',
    limit: limit({ concurrency: 1 }),
    timeout: 10_000,
    children: [
      first,
      (n: number) => [n, n],
      map({ name: 'both', each }),
      String,
      agent({ name: 'ask', model, tools: [] }),
    ],
  })
  await show(function All() {
    const [{ status, output }] = useActor(all.machine, { input: 1 })
    return `${status} ${String(output)}`
  })
  await act(async () => vi.waitFor(() => expect(shown()).toBe('done hi')))
  expect(calls).toEqual(['first 1', 'first 2', 'each', 'each', 'model'])
})

test('a component that is hidden aborts what is under way, and runs it again when it is shown', async () => {
  const signals: AbortSignal[] = []
  const settle: ((word: string) => void)[] = []
  const slow = fn({
    name: 'slow',
    run: (_: string, { signal }: RunContext) => {
      signals.push(signal)
      return new Promise<string>((resolve) => settle.push(resolve))
    },
  })
  const Slow = () => {
    const [{ status, output }] = useActor(slow.machine, { input: 'x' })
    return `${status} ${String(output)}`
  }
  const as = (mode: 'visible' | 'hidden') =>
    act(async () => root.render(createElement(Activity, { mode, children: createElement(Slow) })))
  await as('visible')
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  await as('hidden')
  expect(signals[0]?.aborted).toBe(true)
  await as('visible')
  await vi.waitFor(() => expect(signals).toHaveLength(2))
  await act(async () => settle[0]?.('of the first'))
  expect(shown()).toBe('active undefined')
  await act(async () => settle[1]?.('of the second'))
  await act(async () => vi.waitFor(() => expect(shown()).toBe('done of the second')))
  expect(signals[1]?.aborted).toBe(false)
})
