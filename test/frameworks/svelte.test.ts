// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte'
import { expect, test, vi } from 'vitest'
import Report from './component.svelte'
import { approval, approved, endless, line, machines, waiting } from './report.ts'

const { document } = globalThis as any

function show(machine: unknown) {
  const target = document.createElement('main')
  const lines: string[] = []
  let send!: (event: never) => void
  const got = (sendTo: typeof send) => {
    send = sendTo
  }
  const component = mount(Report, { target, props: { machine, line, lines, got } })
  flushSync()
  return { component, lines, send, text: () => (flushSync(), target.textContent.trim() as string) }
}

test('useMachine and useSelector of @xstate/svelte show each change of a pipeline as of a machine of XState', async () => {
  const seen = await Promise.all(
    machines.map(async ([, machine]) => {
      const { component, lines, send, text } = show(machine)
      await vi.waitFor(() => expect([text(), lines.at(-1)]).toEqual(['active', waiting]))
      send(approval)
      expect([text(), lines.at(-1)]).toEqual(['done', approved])
      await unmount(component)
      return lines
    }),
  )
  expect(seen[0]).toEqual(seen[1])
  expect(seen[0]?.length).toBeGreaterThan(2)
})

test('a component of Svelte that goes away stops the run and aborts what is under way', async () => {
  const { machine, signals } = endless()
  const { component } = show(machine)
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(false))
  await unmount(component)
  expect(signals[0]?.aborted).toBe(true)
})
