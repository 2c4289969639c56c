import { agent, chain, fn, map, type ModelRequest, receive, waits } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { createActor, setup, toPromise } from 'xstate'
import { z } from 'zod'
import { screenshot } from './browser.ts'
import { eachTestHasAPage, inspector, page } from './page.ts'

eachTestHasAPage()

const ask = receive({ name: 'ask', events: { OK: z.object({ v: z.number() }) } })
const box = (path: string) => page.locator(`[data-path="${path}"]`)
const taken = (path: string) => page.getByTestId('taken').filter({ hasText: path }).waitFor()
const open = async (item: string) => {
  await page.locator(`[data-item="${item}"]`).click()
  await page
    .getByTestId('trail')
    .filter({ hasText: `${item} of` })
    .waitFor()
}
const press = (name: string) => page.locator('form').getByRole('button', { name }).first().click()

/** A model that asks for one call of a tool, and then says what it was told. */
const asksFor =
  (name: string, given: object) =>
  async ({ messages }: ModelRequest) => {
    const told = messages.findLast(({ role }) => role === 'tool')
    const calls = [{ id: 'call_1', type: 'function' as const, function: { name, arguments: JSON.stringify(given) } }]
    return told
      ? { role: 'assistant' as const, content: `told ${String(told.content)}` }
      : { role: 'assistant' as const, content: null, tool_calls: calls }
  }
const paid: unknown[] = []
const pay = fn({
  name: 'pay',
  description: 'Pays a sum.',
  input: z.object({ to: z.string().describe('An account.'), n: z.number().max(100), urgent: z.boolean().optional() }),
  run: (sum) => {
    paid.push(sum)
    return 'paid'
  },
})

describe('what waits below the root is answered in the page', () => {
  test('in an item of a map, and in a map of maps', async () => {
    const inner = map({ name: 'inner', each: ask })
    const actor = map({ name: 'outer', each: inner }).start([[1, 2], [3]], { inspect: inspector.inspect })
    await box('outer').click()
    await open('[0]')
    await box('outer.each').click()
    await open('[1]')
    await page.getByTestId('trail').filter({ hasText: '[0] each: inner' }).waitFor()
    await page.getByTestId('judged').filter({ hasText: '2' }).waitFor()
    await page.locator('[name=v]').fill('22')
    await press('Ok')
    await taken('outer[0].inner[1].ask')
    await expect
      .poll(() => waits(actor.getSnapshot()).map(({ path }) => path))
      .toEqual(['outer[0].inner[0].ask', 'outer[1].inner[0].ask'])
    // From the root, all that waits can be answered as well.
    await page.getByTestId('trail').getByRole('button', { name: 'outer' }).click()
    for (const [answered, path] of ['outer[0].inner[0].ask', 'outer[1].inner[0].ask'].entries()) {
      // The form of what was answered is gone a moment later.
      await expect.poll(() => page.locator('form').count()).toBe(2 - answered)
      await page.locator('[name=v]').first().fill('7')
      await press('Ok')
      await taken(path)
    }
    expect(await toPromise(actor)).toEqual([
      [
        { type: 'OK', v: 7 },
        { type: 'OK', v: 22 },
      ],
      [{ type: 'OK', v: 7 }],
    ])
  })

  test('approves a call with the arguments of the model, or with others; only those are sent', async () => {
    for (const n of [50, 5]) {
      paid.length = 0
      const clerk = agent({ name: 'clerk', model: asksFor('pay', { to: 'Ada', n: 50 }), tools: [pay], approve: true })
      const sent: object[] = []
      const actor = clerk.start('pay', {
        inspect: (event) => {
          inspector.inspect(event)
          const isSent = event.actorRef.sessionId === event.rootId && event.type === '@xstate.event'
          if (isSent && event.event.type === 'APPROVE') sent.push(event.event)
        },
      })
      await page.getByText('The model wants to call').waitFor()
      await page.getByTestId('judged').filter({ hasText: '50' }).waitFor()
      const sum = page.locator('[name="arguments.n"]')
      expect([await sum.inputValue(), await sum.getAttribute('max')]).toEqual(['50', '100'])
      await page.getByText('An account.').waitFor()
      await screenshot(page, 'approval-arguments')
      await sum.fill(String(n))
      await press('Approve')
      expect(await toPromise(actor)).toContain('told')
      expect(paid).toEqual([{ to: 'Ada', n }])
      const changed = n === 50 ? {} : { arguments: { to: 'Ada', n } }
      expect(sent).toEqual([{ type: 'APPROVE', path: 'clerk.act[call_1].pay', id: 'call_1', ...changed }])
    }
  })

  test('sends no value that is hidden from the page', async () => {
    paid.length = 0
    const tool = fn({
      name: 'pay',
      description: 'Pays.',
      input: z.object({ n: z.number(), token: z.string() }),
      run: (sum) => paid.push(sum),
    })
    const clerk = agent({ name: 'clerk', model: asksFor('pay', { n: 50, token: 'abc' }), tools: [tool], approve: true })
    const actor = clerk.start('pay', { inspect: inspector.inspect })
    await page.locator('[name="arguments.n"]').fill('5')
    await press('Approve')
    await page.getByText('This value is hidden from the page').waitFor()
    await page.locator('[name="arguments.token"]').fill('def')
    await press('Approve')
    await toPromise(actor)
    expect(paid).toEqual([{ n: 5, token: 'def' }])
  })

  test('rejects a call with a reason, in an agent that is an item', async () => {
    paid.length = 0
    const clerk = agent({ name: 'clerk', model: asksFor('pay', { to: 'Ada', n: 50 }), tools: [pay], approve: true })
    const actor = map({ name: 'desks', each: clerk }).start(['one', 'two'], { inspect: inspector.inspect })
    await box('desks').click()
    for (const name of ['[0]', '[1]']) {
      await open(name)
      await page.locator('form[data-event=REJECT] [name=reason]').fill(`not ${name}`)
      await press('Reject')
      await taken(`desks${name}.act[call_1].pay`)
      await page.keyboard.press('b')
      await page.getByTestId('trail').waitFor({ state: 'detached' })
    }
    expect(paid).toEqual([])
    expect(JSON.stringify(await toPromise(actor))).toContain('not [1]')
  })

  test('a tool that asks a person', async () => {
    const askUser = receive({
      name: 'askUser',
      description: 'Asks the user.',
      input: z.object({ question: z.string() }),
      events: { ANSWER: z.object({ text: z.string() }) },
    })
    const helper = agent({ name: 'helper', model: asksFor('askUser', { question: 'Which one?' }), tools: [askUser] })
    const actor = helper.start('help', { inspect: inspector.inspect })
    await page.getByTestId('judged').filter({ hasText: 'Which one?' }).waitFor()
    await page.locator('[name=text]').fill('the red one')
    await press('Answer')
    await taken('helper.act[call_1].askUser')
    expect(await toPromise(actor)).toContain('the red one')
  })

  test('a pipeline in a machine that is not ours', async () => {
    const pipeline = chain({ name: 'inside', children: [map({ name: 'many', each: ask })] })
    const app = setup({ actors: { pipeline: pipeline.machine } }).createMachine({
      id: 'app',
      initial: 'working',
      states: {
        working: { invoke: { src: 'pipeline', input: [1] as never, onDone: 'done' } },
        done: { type: 'final' },
      },
    })
    const actor = createActor(app, { inspect: inspector.inspect }).start()
    await page.locator('[name=v]').fill('1')
    await press('Ok')
    await taken('inside.many[0].ask')
    await expect.poll(() => actor.getSnapshot().status).toBe('done')
  })

  test('a second answer to the same wait is refused with its code, and the journal has it', async () => {
    const seen: string[] = []
    const actor = map({ name: 'many', each: ask }).start([1, 2], { inspect: inspector.inspect })
    actor.on('refused', ({ code }: { code: string }) => seen.push(code))
    await page.getByTestId('waiting').waitFor()
    actor.send({ type: 'OK', path: 'many[7].ask', v: 1 } as never)
    await page.getByRole('alert').filter({ hasText: 'many[7].ask' }).waitFor()
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.getByRole('button', { name: 'refused', exact: true }).click()
    await page.locator('.event-row', { hasText: 'unknown_path' }).waitFor()
    expect(seen).toEqual(['unknown_path'])
    actor.stop()
  })
})
