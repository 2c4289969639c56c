import { fromActorRef, useActor, useActorRef, useMachine } from '@xstate/solid'
import { createEffect, createRoot } from 'solid-js'
import { describe, expect, test, vi } from 'vitest'
import { approval, approved, endless, line, machines, waiting } from './report.ts'

/** The lines that an effect shows, and how the component goes away. */
function mount(setup: () => () => string) {
  const lines: string[] = []
  const dispose = createRoot((end) => {
    const shown = setup()
    createEffect(() => lines.push(shown()))
    return end
  })
  return { lines, dispose }
}

describe.each([
  ['useMachine', useMachine as typeof useActor],
  ['useActor', useActor],
])('%s of @xstate/solid', (_, use) => {
  test('shows each change of a pipeline as it does of a machine of XState', async () => {
    const seen = await Promise.all(
      machines.map(async ([, machine]) => {
        let send!: (event: never) => void
        const { lines, dispose } = mount(() => {
          const [snapshot, sendTo] = use(machine, { input: 'cats' })
          send = sendTo
          return () => line(snapshot as never)
        })
        await vi.waitFor(() => expect(lines.at(-1)).toBe(waiting))
        send(approval)
        expect(lines.at(-1)).toBe(approved)
        dispose()
        return lines
      }),
    )
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]?.length).toBeGreaterThan(2)
  })
})

test('fromActorRef of @xstate/solid updates what reads one part of a snapshot', async () => {
  let send!: (event: never) => void
  const { lines, dispose } = mount(() => {
    const actor = useActorRef(machines[0]![1], { input: 'cats' })
    send = actor.send as never
    const snapshot = fromActorRef(actor)
    return () => JSON.stringify((snapshot() as any).value)
  })
  await vi.waitFor(() => expect(lines.at(-1)).toBe('{"running":{"review":"running"}}'))
  send(approval)
  expect(lines.at(-1)).toBe('"complete"')
  dispose()
})

test('a root of Solid that is disposed of stops the run and aborts what is under way', async () => {
  const { machine, signals } = endless()
  const { dispose } = mount(() => {
    const [snapshot] = useMachine(machine, { input: 'x' })
    return () => (snapshot as { status: string }).status
  })
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(false))
  dispose()
  expect(signals[0]?.aborted).toBe(true)
})
