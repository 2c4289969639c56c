import { describe, expect, test, vi } from 'vitest'
import { PipelineMachine } from '../../src/engine/machine.ts'
import { difference, expectation } from './difference.ts'
import { type Fault, withFault } from './fault-injection.ts'
import { faults } from './faults.ts'

// Each module of the engine gets what the others export by way of a seam, at which a fault replaces it.
vi.mock('../../src/engine/configuration.ts', seams)
vi.mock('../../src/engine/effects.ts', seams)
vi.mock('../../src/engine/plan.ts', seams)
vi.mock('../../src/engine/report.ts', seams)
vi.mock('../../src/engine/restore.ts', seams)
vi.mock('../../src/engine/select.ts', seams)
vi.mock('../../src/engine/snapshot.ts', seams)

async function seams(original: () => Promise<object>): Promise<object> {
  const { replaceable } = await import('./fault-injection.ts')
  return replaceable(await original())
}

const expected = new Map<number, Promise<string[]>>()

/** The first seed at which the engine with this fault is not as XState's. */
async function caught(fault: Fault, within: number): Promise<number | undefined> {
  for (let seed = 1; seed <= within; seed++) {
    // Without the fault: XState's own interpreter has children that are the engine's.
    const expecting = expected.get(seed) ?? expectation(seed, PipelineMachine)
    expected.set(seed, expecting)
    await expecting
    const found = await withFault(fault, () => difference(seed, PipelineMachine, expecting).catch(String))
    if (found) return seed
  }
  return undefined
}

describe('the differential test sees', { timeout: 240_000 }, () => {
  test.each(Object.entries(faults))('that %s', async (_, fault) => {
    expect(await caught(fault, 1500)).toBeDefined()
  })

  test('nothing where there is no fault', async () => {
    expect(await caught(() => {}, 20)).toBeUndefined()
  })
})
