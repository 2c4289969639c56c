import { agent, type AgentRound, type AnyFn, fn, key, waits } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, resumed, results, scripted, toolsIn } from './script.ts'

const input = z.object({ n: z.number() })
const tool = (name: string, run: (given: { n: number }) => unknown = ({ n }) => `${name} ${n}`) =>
  fn({ name, description: `Does ${name}.`, input, run })
const call = (name: string, n = 1) => ({ id: `${name}${n}`, name, input: { n } })

describe.each(engines)('tools as a function, on the %s engine', (engine) => {
  const options = { engine }

  test('are asked once for each turn, with the round', async () => {
    const { model, requests } = scripted([call('add')], [call('pay')], 'Done.')
    const tenant = key<string>('tenant')
    const seen: unknown[] = []
    const tools = ({ turn, get, messages }: AgentRound) => {
      seen.push([turn, get(tenant), messages.length])
      return [[tool('add')], [tool('add'), tool('pay')], []][turn] as readonly AnyFn[]
    }
    const it = agent({ name: 'it', model, tools })
    expect(await it.run('Go', { ...options, provide: [tenant.with('acme')] })).toBe('Done.')
    expect(toolsIn(requests)).toEqual([['add'], ['add', 'pay'], []])
    expect(results(requests[2]!)).toEqual(['add 1', 'pay 1'])
    expect(seen).toEqual([0, 1, 2].map((turn) => [turn, 'acme', 1 + 2 * turn]))
  })

  test('the calls of a turn are of the tools that the model was told of', async () => {
    const { model, requests } = scripted([call('add')], [call('add')], 'Done.')
    const tools = ({ turn }: AgentRound) => (turn === 0 ? [tool('add')] : [tool('pay')])
    await agent({ name: 'it', model, tools }).run('Go', options)
    expect(results(requests[2]!)).toEqual(['add 1', 'Error: there is no tool add. The tools are: pay.'])
  })

  test('may wait for a person', async () => {
    const { model } = scripted([call('pay')], 'Done.')
    const it = agent({ name: 'it', model, tools: () => [tool('pay')], approve: ['pay'] })
    const actor = it.start('Go', options)
    await vi.waitFor(() => expect(waits(actor.getSnapshot())).toMatchObject([{ path: 'it.act[pay1].pay' }]))
    const saved = json(actor.getPersistedSnapshot())
    actor.stop()
    const again = resumed(it, saved)
    again.send({ type: 'APPROVE', id: 'pay1' } as never)
    expect(await toPromise(again)).toBe('Done.')
  })

  test.each<[string, () => unknown, RegExp]>([
    ['throw', () => { throw new Error('the server is away') }, /the server is away/],
    ['are no list', () => 'add', /tools returned "add"\. Return an array of tools/],
    ['are a promise', async () => [], /tools returned/],
    ['have two of one name', () => [tool('add'), tool('add')], /two tools named add/],
    ['lack a description', () => [fn({ name: 'x', input, run: () => 1 })], /no description/],
  ])('that %s are the failure of the agent', async (_, tools, message) => {
    const { model, requests } = scripted('Done.')
    const { error } = await agent({ name: 'it', model, tools: tools as never }).safeRun('Go', options)
    expect(error).toMatchObject({ code: 'run' })
    expect(error?.message).toMatch(message)
    expect(requests).toEqual([])
  }) // prettier-ignore
})

describe('a saved run whose tools come and go', () => {
  const never = () => new Promise<never>(() => {})
  const script = () => scripted([call('look'), call('pay'), call('wait')], 'Done.')
  const make = (model: unknown, tools: readonly AnyFn[], approve: readonly string[] = []) =>
    agent({ name: 'it', model: model as never, tools, approve } as never) as AnyFn
  /** One call has ended, one waits for a person, one runs. */
  async function saved(): Promise<unknown> {
    const it = make(script().model, [tool('look'), tool('pay'), tool('wait', never)], ['pay'])
    const actor = it.start('Go' as never)
    await vi.waitFor(() => {
      expect(waits(actor.getSnapshot())).toHaveLength(1)
      expect(JSON.stringify(actor.getPersistedSnapshot())).toContain('look 1')
    })
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    return snapshot
  }

  test('goes on with one more', async () => {
    const { model, requests } = scripted('Done.')
    const it = make(model, [tool('new'), tool('look'), tool('pay'), tool('wait')], ['pay'])
    const actor = resumed(it, await saved())
    actor.send({ type: 'APPROVE', id: 'pay1' } as never)
    expect(await toPromise(actor)).toBe('Done.')
    expect(results(requests[0]!)).toEqual(['look 1', 'pay 1', 'wait 1'])
    expect(toolsIn(requests)).toEqual([['new', 'look', 'pay', 'wait']])
  })

  test('goes on without that of a call that has ended', async () => {
    const { model, requests } = scripted('Done.')
    const actor = resumed(make(model, [tool('pay'), tool('wait')], ['pay']), await saved())
    actor.send({ type: 'APPROVE', id: 'pay1' } as never)
    expect(await toPromise(actor)).toBe('Done.')
    expect(results(requests[0]!)).toEqual(['look 1', 'pay 1', 'wait 1'])
  })

  test('the model is told of a call that ran, or waited, when its tool went', async () => {
    const { model, requests } = scripted('Done.')
    const actor = resumed(make(model, [tool('look')]), await saved())
    expect(await toPromise(actor)).toBe('Done.')
    expect(results(requests[0]!)).toEqual([
      'look 1',
      'Error: there is no tool pay. The tools are: look.',
      'Error: there is no tool wait. The tools are: look.',
    ])
  })

  test('goes on where the tools are asked for, and another list comes', async () => {
    let list = [tool('look'), tool('wait', never)]
    const first = scripted([call('look'), call('wait')], 'Done.')
    const it = agent({ name: 'it', model: first.model, tools: () => list })
    const actor = it.start('Go')
    await vi.waitFor(() => expect(JSON.stringify(actor.getPersistedSnapshot())).toContain('look 1'))
    const snapshot = json(actor.getPersistedSnapshot())
    actor.stop()
    list = [tool('other')]
    expect(await toPromise(resumed(it, snapshot))).toBe('Done.')
    expect(results(first.requests[1]!)).toEqual(['look 1', 'Error: there is no tool wait. The tools are: other.'])
  })
})
