import { PassThrough } from 'node:stream'
import { actor, agent, chain, fallback, flow, fn, loop, map, type ModelRequest, parallel, receive } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ActiveFunctions } from '../../src/cli/active-functions.ts'
import { answerWaits } from '../../src/cli/answer-waits.ts'
import { PreparedAnswers } from '../../src/cli/prompts/prepared-answers.ts'
import type { EventAnswer, PromptedWait } from '../../src/cli/prompts/prompted-wait.ts'
import { pausableOutput } from '../../src/cli/pausable-output.ts'
import type { AnyFn } from '../../src/types.ts'
import { terminalOf } from './prompts/scripted.ts'

const ask = (name: string) =>
  receive({ name, events: { OK: z.object({ by: z.string() }), NO: z.object({ reason: z.string().optional() }) } })

type Options = {
  keys?: string[]
  isTTY?: boolean
  answers?: EventAnswer[]
  isOpen?: boolean
  /** Hears when the text is on the screen. */
  onText?: (text: string) => void
}

/** Runs a pipeline as the command does, at a terminal of streams: what it came to, or waits for, and the screen. */
async function answered(pipeline: AnyFn, input: unknown, options: Options = {}) {
  const { keys = [], isTTY = true, answers: prepared = [], isOpen = false, onText } = options
  const screen = terminalOf(keys, { isTTY, onText })
  const activity = new ActiveFunctions()
  const stream = pipeline.stream(input)
  const answers = answerWaits(pipeline, stream, {
    activity,
    terminal: screen.terminal,
    prepared: new PreparedAnswers(prepared, 'answers.json'),
    paper: pausableOutput(new PassThrough()),
    isOpen,
  })
  let output: unknown
  const ended = (async () => {
    for await (const event of stream) {
      if (event.type === 'state') activity.on(event)
      if (event.type === 'output') output = event.output
      if (event.type === 'error') throw event.error
      answers.on(event)
    }
    await answers.end()
  })()
  const waiting = (await Promise.race([ended, answers.unanswered])) as readonly PromptedWait[] | undefined
  await stream[Symbol.asyncIterator]().return?.()
  return { output, waiting: waiting?.map(({ path }) => path), screen: screen.text, interrupts: screen.interrupts }
}

describe('a run at a terminal', () => {
  test('asks which event, then its fields, and sends it', async () => {
    const { output, screen } = await answered(ask('approval'), 1, { keys: ['1\r', 'Grace\r'] })
    expect(output).toEqual({ type: 'OK', by: 'Grace' })
    expect(screen).toMatch(/\? approval waits for OK or NO\n[^]*1\) OK\n +2\) NO\n[^]*by \(text\): /)
  })

  test('asks for the only event at once, and does not send one without fields unasked', async () => {
    const go = receive({ name: 'go', events: { GO: z.object({}) } })
    const { output, screen } = await answered(go, 1, { keys: ['n\r', '\r'] })
    expect(output).toEqual({ type: 'GO' })
    expect(screen).toContain('GO is all that can be sent here')
  })

  test('says why an event was rejected, and asks again', async () => {
    const even = z.object({ n: z.number().refine((n) => n % 2 === 0, 'must be even') })
    const { output, screen } = await answered(receive({ name: 'set', events: { SET: even } }), 1, {
      keys: ['3\r', '4\r'],
    })
    expect(output).toEqual({ type: 'SET', n: 4 })
    expect(screen).toMatch(/✖ set rejected SET: n: must be even/)
    expect(screen.match(/\? set waits/g)).toHaveLength(1)
  })

  test('asks one wait after the other, each by its path', async () => {
    const both = parallel({ name: 'both', children: { a: ask('a'), b: ask('b') } })
    const { output, screen } = await answered(both, 1, { keys: ['1\r', 'Ada\r', 'NO\r', 'late\r'] })
    expect(output).toEqual({ a: { type: 'OK', by: 'Ada' }, b: { type: 'NO', reason: 'late' } })
    expect(screen).toMatch(/\? both\.a waits[^]*\? both\.b waits/)
  })

  test('asks again where the run waits at the same place again', async () => {
    const again = loop({ name: 'again', body: ask('ask'), until: ({ iteration }) => iteration === 2, maxIterations: 3 })
    const { output, screen } = await answered(again, 1, { keys: ['2\r', '\r', '1\r', 'Ada\r'] })
    expect(output).toEqual({ type: 'OK', by: 'Ada' })
    expect(screen.match(/\? again\.\w+ waits/g)).toHaveLength(2)
  })

  test('takes a question away whose wait ends in another way, and goes on with the next', async () => {
    let fail = () => {}
    const broken = fn({ name: 'broken', run: () => new Promise((_, reject) => (fail = () => reject(new Error('no')))) })
    const first = parallel({ name: 'first', children: { ask: ask('ask'), broken } })
    const { waiting, screen } = await answered(fallback({ name: 'f', children: [first, ask('second')] }), 1, {
      keys: ['1\r', '', '\u0004'],
      onText: (text) => text.endsWith('by (text): ') && fail(),
    })
    expect(screen).toMatch(/f\.first\.ask no longer waits\.\n[^]*\? f\.second waits/)
    expect(waiting).toEqual(['f.second'])
  })

  test('Ctrl-D leaves the run as if there was no terminal', async () => {
    const { waiting } = await answered(ask('approval'), 1, { keys: ['1\r', '\u0004'] })
    expect(waiting).toEqual(['approval'])
  })

  test('Ctrl-C is passed on', async () => {
    const { interrupts, output } = await answered(ask('approval'), 1, { keys: ['1\r', '\u0003Grace\r'] })
    expect([interrupts, output]).toEqual([1, { type: 'OK', by: 'Grace' }])
  })
})

describe('a run without a terminal', () => {
  const isTTY = false

  test('is left when nothing but waits is left of it, with all of them', async () => {
    let isDone = false
    const work = fn({
      name: 'work',
      run: () => new Promise((resolve) => setImmediate(resolve)).then(() => (isDone = true)),
    })
    const all = parallel({ name: 'all', children: { a: ask('a'), work, b: ask('b') } })
    expect((await answered(all, 1, { isTTY })).waiting).toEqual(['all.a', 'all.b'])
    expect(isDone).toBe(true)
  })

  test('is left also where a function was left at work before', async () => {
    const slow = fn({ name: 'slow', run: () => new Promise(() => {}) })
    const broken = fn({ name: 'broken', run: () => Promise.reject(new Error('no')) })
    const first = parallel({ name: 'first', children: { slow, broken } })
    const pipeline = fallback({ name: 'f', children: [first, ask('second')] })
    expect((await answered(pipeline, 1, { isTTY })).waiting).toEqual(['f.second'])
  })

  test('waits for a timeout that is near: its own, or that of a function around it', async () => {
    const own = receive({ name: 'own', timeout: 30, events: { OK: z.object({}) } })
    const around = parallel({ name: 'around', timeout: 30, children: { ask: ask('ask') } })
    const item = map({ name: 'items', each: own })
    const inItem = map({ name: 'items', each: chain({ name: 'each', children: [own] }) })
    const aroundItem = map({ name: 'items', timeout: 30, each: ask('ask') })
    for (const waits of [own, around, item, inItem, aroundItem]) {
      const pipeline = fallback({ name: 'f', children: [waits, fn({ name: 'other', run: () => 'no answer' })] })
      expect(await answered(pipeline, [1], { isTTY })).toMatchObject({ output: 'no answer', waiting: undefined })
    }
    const far = receive({ name: 'far', timeout: 3_600_000, events: { OK: z.object({}) } })
    expect((await answered(far, 1, { isTTY })).waiting).toEqual(['far'])
  })

  test('is left with what waits in items, once no other item can begin', async () => {
    const work = fn({ name: 'work', run: (n: number) => n })
    const each = flow({
      name: 'each',
      input: z.number(),
      steps: (s) => s.step(work).when(({ value }) => value > 1, ask('ask')),
    })
    const items = map({ name: 'items', concurrency: 2, each })
    expect((await answered(items, [1, 2, 1, 3, 4], { isTTY })).waiting).toEqual(['items[1].ask', 'items[3].ask'])
  })
})

describe('what waits deep inside a run', () => {
  const refund = fn({
    name: 'refund',
    description: 'Refunds an order.',
    input: z.object({ amount: z.number() }),
    run: ({ amount }) => `refunded ${amount}`,
  })
  const askUser = receive({
    name: 'askUser',
    description: 'Asks the user.',
    input: z.object({ question: z.string() }),
    events: { ANSWER: z.object({ text: z.string() }) },
  })
  const calls = [
    { id: 'c1', name: 'refund', arguments: '{"amount":500}' },
    { id: 'c2', name: 'refund', arguments: '{"amount":7}' },
    { id: 'c3', name: 'askUser', arguments: '{"question":"Why?"}' },
  ].map(({ id, ...asked }) => ({ id, type: 'function' as const, function: asked }))
  const model = ({ messages }: ModelRequest) => {
    const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
    if (results.length > 0) return results.join('\n')
    return { role: 'assistant' as const, content: null, tool_calls: calls }
  }
  const shopping = { name: 'shop' as const, model }
  const shop = agent({ ...shopping, tools: [refund, askUser], approve: ['refund'] })

  test('is asked item by item, with the input of each', async () => {
    const items = map({ name: 'items', each: ask('ask') })
    const { output, screen } = await answered(items, ['first', 'second'], { keys: ['2\r', '\r', '1\r', 'Ada\r'] })
    expect(output).toEqual([{ type: 'NO' }, { type: 'OK', by: 'Ada' }])
    expect(screen).toMatch(/\? items\[0\]\.ask waits[^]*first[^]*\? items\[1\]\.ask waits[^]*second/)
  })

  test('approvals of an agent, one call after the other, and a tool that waits', async () => {
    const keys = ['3\r', '5\r', 'reject\r', 'no receipt\r', 'It broke.\r']
    const { output, screen } = await answered(shop, 'Refund me.', { keys })
    const [changed, rejected, told] = String(output).split('\n')
    expect(changed).toMatch(/refunded 5$/)
    expect(rejected).toMatch(/rejected .*no receipt/)
    expect(told).toContain('It broke.')
    expect(screen).toMatch(/amount: 500[^]*amount: 7[^]*question: Why\?/)
  })

  test('approvals of several calls in any order, or all at once', async () => {
    const keys = ['6\r', 'approve\r', 'later.\r', 'reject\r', 'too much\r']
    const { output, screen } = await answered(shop, 'Refund me.', { keys })
    expect(String(output).split('\n')).toEqual([
      'A person rejected this call. Their reason: too much',
      'refunded 7',
      expect.stringContaining('later.'),
    ])
    expect(screen).toMatch(/amount: 500[^]*amount: 7[^]*Why\?[^]*amount: 500/)
    const all = await answered(shop, 'Refund me.', { keys: ['5\r', 'fine\r'] })
    expect(String(all.output)).toMatch(/^refunded 500\nrefunded 7\n/)
  })

  test('approvals by answers that were prepared, by the ids of their calls', async () => {
    const answers = [
      { type: 'REJECT', id: 'c2', reason: 'twice' },
      { type: 'ANSWER', text: 'so' },
      { type: 'APPROVE', id: 'c1' },
    ]
    const { output } = await answered(shop, 'Refund me.', { isTTY: false, answers })
    expect(String(output)).toMatch(/^refunded 500\n.*twice\n.*so/)
    const some = await answered(shop, 'Refund me.', { isTTY: false, answers: answers.slice(0, 1) })
    expect(some.waiting).toEqual(['shop.act[c1].refund', 'shop.act[c3].askUser'])
  })

  test('a call whose approval is soon too late is waited for', async () => {
    const soon = agent({ ...shopping, approve: ['refund'], approvalTimeout: 30, tools: [refund] })
    const { output, waiting } = await answered(soon, 'Refund me.', { isTTY: false })
    expect([String(output), waiting]).toEqual([expect.stringContaining('within 30 ms'), undefined])
    // The clock of an agent stands still while it waits for people alone.
    const still = agent({ ...shopping, approve: ['refund'], timeout: 30, tools: [refund] })
    expect((await answered(still, 'Refund me.', { isTTY: false })).waiting).toHaveLength(2)
  })

  test('agents in items have their approvals each', async () => {
    const at = (item: number, call: string) => `both[${item}].act[${call.replace('.', '].')}`
    const both = map({ name: 'both', each: shop })
    const { waiting } = await answered(both, ['a', 'b'], { isTTY: false })
    expect(waiting).toEqual(
      [0, 1].flatMap((item) => ['c1.refund', 'c2.refund', 'c3.askUser'].map((call) => at(item, call))),
    )
  })

  test('a pipeline inside an actor', async () => {
    const inner = chain({ name: 'inner', children: [ask('ask')] })
    const outer = actor({ name: 'outer', logic: inner.machine })
    expect((await answered(outer, 1, { isTTY: false })).waiting).toEqual(['outer.inner.ask'])
    const { output } = await answered(outer, 1, { keys: ['1\r', 'Ada\r'] })
    expect(output).toEqual({ type: 'OK', by: 'Ada' })
  })
})

describe('prepared answers', () => {
  const isTTY = false
  const both = parallel({ name: 'both', children: { a: ask('a'), b: ask('b') } })

  test('are sent in their order, to their path or to the first that waits for their type', async () => {
    const answers = [
      { type: 'NO', path: 'both.b' },
      { type: 'OK', by: 'Ada' },
    ]
    const { output } = await answered(both, 1, { isTTY, answers })
    expect(output).toEqual({ a: { type: 'OK', by: 'Ada' }, b: { type: 'NO' } })
  })

  test('come before questions', async () => {
    const { output } = await answered(both, 1, { answers: [{ type: 'NO' }], keys: ['1\r', 'Ada\r'] })
    expect(output).toEqual({ a: { type: 'NO' }, b: { type: 'OK', by: 'Ada' } })
  })

  test('that fit nothing leave the run waiting', async () => {
    const answers = [{ type: 'MAYBE' }, { type: 'NO' }]
    expect((await answered(both, 1, { isTTY, answers })).waiting).toEqual(['both.a', 'both.b'])
  })

  test('that are rejected are an error that names them', async () => {
    const answers = [{ type: 'NO' }, { type: 'OK', by: 1 }]
    await expect(answered(both, 1, { isTTY, answers })).rejects.toThrow(
      /^Answer 2 of answers\.json \(OK\) was rejected: both\.b rejected OK: by: /,
    )
  })
})
