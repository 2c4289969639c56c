import { agent, asTool, chain, fn, type ModelRequest, map, receive } from 'tinyllm'
import { fold, type Line, newRun } from 'tinyllm/inspector'
import { describe, expect, test } from 'vitest'
import { createActor, toPromise } from 'xstate'
import { z } from 'zod'
import { createRedactor } from '../../../../src/observe/inspector/journal/redact.ts'
import { createRecorder } from '../../../../src/observe/inspector/journal/recorder.ts'
import { actorTitle, waitsOfActorTree } from '../../../../src/observe/inspector/journal/pending-waits.ts'
import { Journal } from '../../../../src/observe/inspector/page/state/journals.ts'
import { until } from '../connect.ts'

/** Looks at a run as a page does: every line, as it is written. */
function watched() {
  const view = newRun()
  const lines: Line[] = []
  const tap = createRecorder(
    createRedactor(),
    (line) => {
      lines.push(JSON.parse(JSON.stringify(line)) as Line)
      fold(view, lines.at(-1)!)
    },
    () => 'r1',
    (error) => {
      throw error
    },
  )
  const root = () => view.actors.get(0)!
  return {
    view,
    lines,
    inspect: tap.inspect,
    waits: () => waitsOfActorTree(view, 0),
    stateAt: (path: string) => root().nodes.get(root().chart!.byPath.get(path)!)?.state,
    calls: () =>
      [...view.actors.values()].flatMap((one) =>
        one.call ? [`${actorTitle(one)} ${one.nodes.get(0)!.state} in turn ${one.call.turn}`] : [],
      ),
  }
}

type Call = readonly [id: string, name: string, given: unknown]
const calling =
  (...turns: (readonly Call[])[]) =>
  ({ messages }: ModelRequest) => {
    const calls = turns[messages.filter(({ role }) => role === 'assistant').length]
    if (!calls) return 'done'
    const tool_calls = calls.map(([id, name, given]) => {
      return { id, type: 'function' as const, function: { name, arguments: JSON.stringify(given) } }
    })
    return { role: 'assistant' as const, content: null, tool_calls }
  }
const tool = (name: string) =>
  fn({ name, description: `Does ${name}.`, input: z.object({ n: z.number().default(5) }), run: ({ n }) => n })
const pay = tool('pay')

describe('the calls of an agent in a journal', () => {
  test('are actors with their ids, each with its own wait; a tool nobody called was not reached', async () => {
    const page = watched()
    const turns: Call[][] = [
      [
        ['c1', 'pay', { n: 1 }],
        ['c.2', 'pay', {}],
        ['c3', 'look', { n: 3 }],
      ],
      [['c4', 'pay', { n: 4 }]],
    ]
    const clerk = agent({
      name: 'clerk',
      model: calling(...turns),
      tools: [pay, tool('look'), tool('close')],
      approve: ['pay'],
    })
    const actor = clerk.start('go', { inspect: page.inspect })
    await until(() => page.waits().length === 2)
    expect(page.waits()).toMatchObject([
      { path: 'clerk.act[c1].pay', to: 0, call: { id: 'c1', name: 'pay', turn: 1 }, input: { n: 1 } },
      // A person sees what will run.
      { path: 'clerk.act[c%2E2].pay', to: 0, call: { id: 'c.2', name: 'pay', turn: 1 }, input: { n: 5 } },
    ])
    expect(page.waits()[0]!.events.map(({ type }) => type)).toEqual(['APPROVE', 'REJECT'])
    expect(page.stateAt('clerk.act.pay')).toBe('waitingForApproval')
    actor.send({ type: 'REJECT', path: 'clerk.act[c%2E2].pay' })
    expect(page.waits()).toHaveLength(1)
    actor.send({ type: 'APPROVE', path: 'clerk.act[c1].pay' })
    await until(() => page.waits()[0]?.call?.id === 'c4')
    expect(page.stateAt('clerk.act.pay')).toBe('waitingForApproval')
    actor.send({ type: 'APPROVE' })
    await toPromise(actor)
    expect(page.calls()).toEqual([
      'pay c1 complete in turn 1',
      'pay c.2 rejected in turn 1',
      'look c3 complete in turn 1',
      'pay c4 complete in turn 2',
    ])
    // A tool looks as its calls of the last turn do.
    expect(page.stateAt('clerk.act.pay')).toBe('complete')
    expect(page.stateAt('clerk.act.look')).toBe('complete')
    expect(page.stateAt('clerk.act.close')).toBeUndefined()
  })

  test('tell what was called and what came of it, also of a tool that is not there', async () => {
    const page = watched()
    const clerk = agent({ name: 'clerk', model: calling([['c1', 'pay', {}], ['c2', 'fly', {}]]), tools: [pay] }) // prettier-ignore
    await map({ name: 'desks', each: clerk }).run(['go'], { inspect: page.inspect })
    const told = page.lines.flatMap((line) =>
      line.type === 'event' ? [Object(page.view.values.decode(line.event))] : [],
    )
    const of = (type: string) => told.filter((one) => one.type === type).map(({ callId, success }) => [callId, success])
    expect(of('toolCall')).toEqual([['c1', undefined], ['c2', undefined]]) // prettier-ignore
    expect(of('toolResult')).toEqual([['c2', false], ['c1', true]]) // prettier-ignore
  })

  test('are found below each other: a call of an agent that is a tool, and a tool that waits', async () => {
    const page = watched()
    const ask = receive({ name: 'ask', description: 'Asks.', input: z.object({}), events: { OK: z.object({}) } })
    const steps = asTool(
      chain({ name: 'steps', children: [pay, receive({ name: 'sign', events: { OK: z.object({}) } })] }),
      {
        description: 'Pays and waits.',
        input: z.object({ n: z.number() }),
      },
    )
    const sub = agent({
      name: 'sub',
      description: 'Helps.',
      model: calling([['c1', 'pay', { n: 1 }]]),
      tools: [pay],
      approve: true,
    })
    const main = agent({
      name: 'main',
      model: calling([['c1', 'sub', 'help'], ['c2', 'ask', {}], ['c3', 'steps', { n: 2 }]]), // prettier-ignore
      tools: [sub, ask, steps],
    })
    const actor = main.start('go', { inspect: page.inspect })
    await until(() => page.waits().length === 3)
    const paths = page.waits().map(({ path }) => path)
    expect(paths).toEqual(['main.act[c1].sub.act[c1].pay', 'main.act[c2].ask', 'main.act[c3].steps.sign'])
    expect(page.stateAt('main.act.ask')).toBe('waitingForEvent')
    for (const path of paths.toReversed()) actor.send({ type: path?.endsWith('pay') ? 'APPROVE' : 'OK', path } as never)
    expect(await toPromise(actor)).toBe('done')
    expect(page.waits()).toEqual([])
  })

  test('of a run that was restored wait as they did', async () => {
    const clerk = agent({ name: 'clerk', model: calling([['c1', 'pay', { n: 1 }], ['c2', 'pay', { n: 2 }]]), tools: [pay], approve: true }) // prettier-ignore
    const before = watched()
    const first = clerk.start('go', { inspect: before.inspect })
    await until(() => before.waits().length === 2)
    first.send({ type: 'REJECT', id: 'c1' })
    const saved = JSON.parse(JSON.stringify(first.getPersistedSnapshot())) as never
    first.stop()
    const page = watched()
    const actor = createActor(clerk.machine, {
      snapshot: saved,
      inspect: page.inspect,
      input: undefined as never,
    }).start()
    expect(page.waits()).toMatchObject([{ path: 'clerk.act[c2].pay', call: { id: 'c2' }, input: { n: 2 } }])
    expect(page.stateAt('clerk.act.pay')).toBe('waitingForApproval')
    actor.send({ type: 'APPROVE', path: page.waits()[0]!.path! })
    expect(await toPromise(actor)).toBe('done')
  })

  test('of tools that are asked for in each turn have no tool in the chart, and are there nevertheless', async () => {
    const page = watched()
    const clerk = agent({ name: 'clerk', model: calling([['c1', 'pay', {}]]), tools: () => [pay] })
    await clerk.run('go', { inspect: page.inspect })
    expect(page.calls()).toEqual(['pay c1 complete in turn 1'])
    expect(page.view.actors.get(0)!.chart!.byPath.has('clerk.act.pay')).toBe(false)
  })

  test('are as they were, where one looks back', async () => {
    const journal = new Journal()
    const page = watched()
    const clerk = agent({ name: 'clerk', model: calling([['c1', 'pay', {}]]), tools: [pay] })
    await clerk.run('go', { inspect: page.inspect })
    for (const line of page.lines) journal.add(line)
    const at = (count: number) => journal.after(count).actors.get(0)
    const tools = page.lines.findIndex((line) => line.type === 'actor' && line.call)
    const index = page.view.actors.get(0)!.chart!.byPath.get('clerk.act.pay')!
    expect(at(page.lines.length)?.nodes.get(index)?.state).toBe('complete')
    expect(at(page.lines.length)?.taken.size).toBeGreaterThan(2)
    expect(at(tools)?.nodes.get(index)).toBeUndefined()
    expect(at(tools)?.taken.size).toBe(1)
  })
})
