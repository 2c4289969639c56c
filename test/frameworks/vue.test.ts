// @vitest-environment happy-dom
import { useActor, useActorRef, useMachine, useSelector } from '@xstate/vue'
import { createApp, defineComponent, h, nextTick } from 'vue'
import { describe, expect, test, vi } from 'vitest'
import { approval, approved, endless, line, machines, waiting } from './report.ts'

function mount(setup: () => () => string) {
  const main = (globalThis as any).document.createElement('main')
  const lines: string[] = []
  const component = defineComponent({
    setup: () => {
      const shown = setup()
      return () => {
        lines.push(shown())
        return h('p', lines.at(-1))
      }
    },
  })
  const app = createApp(component)
  app.mount(main)
  return { app, lines, text: () => main.textContent as string }
}

describe.each([
  ['useMachine', useMachine as typeof useActor],
  ['useActor', useActor],
])('%s of @xstate/vue', (_, use) => {
  test('shows each change of a pipeline as it does of a machine of XState', async () => {
    const seen = await Promise.all(
      machines.map(async ([, machine]) => {
        let send!: (event: never) => void
        const { app, lines, text } = mount(() => {
          const { snapshot, send: sendTo } = use(machine, { input: 'cats' })
          send = sendTo
          return () => line(snapshot.value as never)
        })
        await vi.waitFor(() => expect(text()).toBe(waiting))
        send(approval)
        await nextTick()
        expect(text()).toBe(approved)
        app.unmount()
        return lines
      }),
    )
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]?.length).toBeGreaterThan(2)
  })
})

test('useSelector of @xstate/vue follows what was selected', async () => {
  let send!: (event: never) => void
  const { app, lines, text } = mount(() => {
    const actor = useActorRef(machines[0]![1], { input: 'cats' })
    send = actor.send as never
    const selected = useSelector(actor, (snapshot: any) => snapshot.hasTag('waiting') as boolean)
    return () => String(selected.value)
  })
  await vi.waitFor(() => expect(text()).toBe('true'))
  send(approval)
  await nextTick()
  expect(lines).toEqual(['false', 'true', 'false'])
  app.unmount()
})

test('a component of Vue that goes away stops the run and aborts what is under way', async () => {
  const { machine, signals } = endless()
  const { app } = mount(() => {
    const { snapshot } = useMachine(machine, { input: 'x' })
    return () => snapshot.value.status
  })
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(false))
  app.unmount()
  expect(signals[0]?.aborted).toBe(true)
})
