import { createAtom, createStore, fromStore, shallowEqual } from '@xstate/store'
import { actor } from 'tinyllm'
import { createActor, waitFor } from 'xstate'
import { expect, test } from 'vitest'
import { approval, approved, line, machines, waiting } from './report.ts'

test('a store of @xstate/store takes the snapshots of a pipeline as those of a machine of XState', async () => {
  const seen = await Promise.all(
    machines.map(async ([, machine]) => {
      const store = createStore({
        context: { lines: [] as string[], value: undefined as unknown },
        on: {
          saw: ({ lines }, { snapshot }: { snapshot: any }) => ({
            lines: [...lines, line(snapshot)],
            value: { ...snapshot }.value as unknown,
          }),
        },
      })
      const run = createActor(machine, { input: 'cats' })
      run.subscribe((snapshot) => store.trigger.saw({ snapshot }))
      run.start()
      await waitFor(run, (snapshot) => snapshot.hasTag('waiting'))
      expect(store.getSnapshot().context.lines.at(-1)).toBe(waiting)
      run.send(approval)
      expect(store.getSnapshot().context.lines.at(-1)).toBe(approved)
      return [...store.getSnapshot().context.lines, store.getSnapshot().context.value]
    }),
  )
  expect(seen[0]).toEqual(seen[1])
})

test('an atom that compares snapshots by their parts changes when one of them does', async () => {
  const counts = await Promise.all(
    machines.map(async ([, machine]) => {
      const run = createActor(machine, { input: 'cats' })
      const atom = createAtom(run.getSnapshot(), { compare: shallowEqual as never })
      let changes = 0
      atom.subscribe(() => changes++)
      run.subscribe((snapshot) => atom.set(snapshot))
      run.start()
      await waitFor(run, (snapshot) => snapshot.hasTag('waiting'))
      run.send(approval)
      expect(line(atom.get() as never)).toBe(approved)
      return changes
    }),
  )
  expect(counts[0]).toBe(counts[1])
  expect(counts[0]).toBeGreaterThan(1)
})

test('the logic of a store is a function of a pipeline', async () => {
  const counter = actor({
    name: 'counter',
    logic: fromStore({
      context: (from: number) => ({ count: from }),
      on: { more: ({ count }) => ({ count: count + 1 }) },
    }) as never,
  })
  const run = createActor(counter.machine as never, { input: 3 as never }).start() as any
  expect(run.getSnapshot().children.counter.getSnapshot().context).toEqual({ count: 3 })
  run.getSnapshot().children.counter.send({ type: 'more' })
  expect(run.getSnapshot().children.counter.getSnapshot().context).toEqual({ count: 4 })
  expect(JSON.parse(JSON.stringify(run.getPersistedSnapshot())).children.counter.snapshot.context).toEqual({ count: 4 })
  run.stop()
})
