import isEqual from 'fast-deep-equal'
import { createActor, waitFor } from 'xstate'
import { expect, test } from 'vitest'
import { approval, machines } from './report.ts'

test.each(machines)('fast-deep-equal tells the snapshots of a run apart: %s', async (_, machine) => {
  const run = createActor(machine, { input: 'cats' }).start()
  const waits = await waitFor(run, (snapshot) => snapshot.hasTag('waiting'))
  run.send(approval)
  const done = run.getSnapshot()
  expect(isEqual(waits, { ...waits })).toBe(true)
  expect(isEqual({ ...done }, done)).toBe(true)
  expect(isEqual(waits, done)).toBe(false)
  expect(isEqual(waits, { ...waits, status: 'done' })).toBe(false)
})
