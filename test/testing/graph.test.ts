import { agent, fn } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, EventObject } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { z } from 'zod'

const look = fn({ name: 'look', description: 'Looks.', input: z.object({ id: z.string() }), run: ({ id }) => id })
const desk = agent({
  name: 'desk',
  model: async (): Promise<string> => 'text',
  tools: [look],
  approve: true,
  stopWhen: () => false,
  onMaxTurns: 'answer',
  output: z.object({ ok: z.boolean() }),
  beforeTurn: () => ({}),
  maxTurns: 2,
})

/** Every event that the chart listens to, without a payload: as whoever looks at a chart alone sends it. */
const eventsOf = (machine: AnyStateMachine): EventObject[] =>
  machine.events.filter((type) => !type.includes('*')).map((type) => ({ type }))

describe("XState's own getShortestPaths, on the chart of an agent", () => {
  const walk = (machine: AnyStateMachine, events: readonly EventObject[], limit = 200) =>
    getShortestPaths(
      machine as never,
      {
        input: 'text',
        events,
        limit,
        serializeState: ({ value }: { value: unknown }) => JSON.stringify(value),
      } as never,
    ) as unknown as { state: { value: unknown } }[]

  test('runs with all its events bare, of which guards and actions are told alone', () => {
    const machine = desk.machine as unknown as AnyStateMachine
    expect(eventsOf(machine).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['MESSAGE', 'CANCEL_CALL', 'APPROVE']),
    )
    const values = walk(machine, eventsOf(machine)).map(({ state }) => JSON.stringify(state.value))
    expect(values).toContain('"failed"')
    expect(values.some((value) => value.includes('beforeTurn'))).toBe(true)
  })

  test('comes to the calls and to the answer, where the model and the calls say something', () => {
    const machine = desk.machine as unknown as AnyStateMachine
    const done = (actor: string, output: unknown) => ({ type: `xstate.done.actor.${actor}`, output, actorId: actor })
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"id":"1"}' } }
    const events = [
      done('desk.beforeTurn', {}),
      done('desk.think', { role: 'assistant', content: null, tool_calls: [call] }),
      done('desk.think', '{"ok":true}'),
      done('desk.act', { messages: [{ role: 'tool', tool_call_id: 'c1', content: 'text' }], words: [] }),
      { type: 'MESSAGE', content: 'text' },
      { type: 'CANCEL_CALL', id: 'c1' },
    ]
    const values = walk(machine, events).map(({ state }) => JSON.stringify(state.value))
    expect(values).toContain('"complete"')
    expect(values.some((value) => value.includes('"act"'))).toBe(true)
  })
})
