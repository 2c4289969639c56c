import { createWebSocketInspector } from '@statelyai/inspect'
import { chain, fn, parallel } from 'tinyllm'
import { fold, type Inspector, type Line, newRun, startInspector } from 'tinyllm/inspector'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { createWebSocketReceiver, type ReceiverEvent } from './classic-receiver.ts'
import { until, view } from './connect.ts'

let inspector: Inspector
beforeEach(async () => {
  inspector = await startInspector({ port: 0 })
})
afterEach(() => inspector.close())

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const deep = () =>
  chain({
    name: 'outer',
    children: [
      async (n: number) => (await wait(20), n + 1),
      chain({
        name: 'middle',
        children: [
          chain({
            name: 'inner',
            children: [parallel({ name: 'both', children: { left: (n: number) => n, right: (n: number) => n * 2 } })],
          }),
        ],
      }),
    ],
  })

describe('the unchanged client of Stately', () => {
  const seen = async (
    use: (inspect: ReturnType<typeof createWebSocketInspector>) => Promise<unknown>,
    options = {},
  ) => {
    const client = createWebSocketInspector({ url: inspector.stately, ...options })
    const viewer = await view(inspector)
    await use(client)
    await until(() => viewer.seen.lines.some((line) => line.type === 'end' && line.actor === 0))
    client.stop()
    viewer.close()
    return viewer.seen.lines
  }
  const folded = (lines: readonly Line[]) => {
    const run = newRun()
    for (const line of lines) fold(run, line)
    return run
  }

  test('shows our runs here, by their names and to the deepest state', async () => {
    const lines = await seen((client) => deep().run(1, { inspect: client.inspect }), { serializationDepthLimit: 64 })
    const run = folded(lines)
    expect(run.name).toBe('outer')
    const actor = run.actors.get(0)
    expect(actor).toMatchObject({ status: 'done', output: { left: 2, right: 4 } })
    const right = actor?.chart?.byPath.get('outer.middle.inner.both.right')
    expect(right).toBeDefined()
    // Only whole steps are told, so its own end is not seen.
    expect(actor?.nodes.get(right as number)).toMatchObject({ state: 'complete', input: 2 })
    expect(actor?.chart?.drawn.map((index) => actor.chart?.states[index]?.key).slice(0, 3)).toEqual([
      'outer',
      'step1',
      'middle',
    ])
  })

  test('shows machines that are not ours here', async () => {
    const machine = createMachine({
      id: 'light',
      initial: 'red',
      states: { red: { on: { GO: 'green' } }, green: { type: 'final' } },
    })
    const lines = await seen(async (client) => {
      const actor = createActor(machine, { inspect: client.inspect }).start()
      await wait(50)
      actor.send({ type: 'GO' })
    })
    const run = folded(lines)
    expect(run.actors.get(0)?.chart?.states.map(({ key }) => key)).toEqual(['light', 'red', 'green'])
    expect(run.actors.get(0)).toMatchObject({ status: 'done' })
    expect(lines.some((line) => line.type === 'sent')).toBe(true)
  })
})

describe('the real receiver of @xstate/inspect 0.8', () => {
  test('shows a run of XState 5 as it goes, also to who comes late', async () => {
    const events: ReceiverEvent[] = []
    createWebSocketReceiver({ server: inspector.classic }).subscribe((event) => events.push(event))
    await wait(200)
    await deep().run(1, { inspect: inspector.inspect })
    await until(() => events.some(({ type }) => type === 'service.stop'))
    const registered = events.find(({ type }) => type === 'service.register')
    expect(registered?.id).toBe('outer')
    expect(Object.keys(registered?.machine?.states ?? {})).toContain('running')
    // Its own XState 4 has made a machine of it: every state can be found.
    expect(registered?.machine?.getStateNodeById('outer.running.middle.running.inner')).toBeDefined()
    const states = events.filter(({ type }) => type === 'service.state')
    expect(states.at(-1)?.state).toMatchObject({ value: 'complete', done: true })
    expect(events.some(({ type, event }) => type === 'service.event' && event?.name.startsWith('done.invoke.'))).toBe(
      true,
    )

    const late: ReceiverEvent[] = []
    createWebSocketReceiver({ server: inspector.classic }).subscribe((event) => late.push(event))
    await until(() => late.some(({ type }) => type === 'service.stop'))
    expect(late[0]).toMatchObject({ type: 'service.register', state: { value: 'complete' } })
  })

  test('can send an event, and secrets are redacted on this way too', async () => {
    const machine = createMachine({
      id: 'door',
      context: { password: 'hunter2' },
      initial: 'shut',
      states: { shut: { on: { OPEN: 'open' } }, open: {} },
    })
    const actor = createActor(machine, { inspect: inspector.inspect }).start()
    const events: ReceiverEvent[] = []
    const receiver = createWebSocketReceiver({ server: inspector.classic })
    receiver.subscribe((event) => events.push(event))
    await until(() => events.length > 0)
    expect(events[0]?.state?.context).toEqual({ password: '[redacted]' })
    receiver.send({
      type: 'xstate.event',
      event: JSON.stringify({ name: 'OPEN', data: { type: 'OPEN' }, $$type: 'scxml', type: 'external' }),
      sessionId: events[0]?.sessionId,
    })
    await until(() => actor.getSnapshot().value === 'open')
    await until(() => events.some(({ type, state }) => type === 'service.state' && state?.value === 'open'))
    actor.stop()
  })

  test('does no harm with what is malformed', async () => {
    const { WebSocket } = await import('ws')
    const socket = new WebSocket(`ws://${inspector.classic}`)
    await new Promise((resolve) => socket.on('open', resolve))
    socket.send('{')
    await new Promise((resolve) => socket.on('close', resolve))
    expect(await fn({ name: 'on', run: () => 1 }).run(undefined, { inspect: inspector.inspect })).toBe(1)
  })
})
