import { expect, test } from 'vitest'
import { PipelineMachine } from '../../src/engine/machine.ts'
import { difference } from './difference.ts'

/** For hours, when xstate or the engine has changed: ENGINE_SEED=5000 ENGINE_RUNS=100000 */
const seed = Number(process.env.ENGINE_SEED ?? 1)
const runs = Number(process.env.ENGINE_RUNS ?? 1000)

test(`the fast engine does what XState does, in ${runs} pipelines from seed ${seed}`, { timeout: 0 }, async () => {
  for (let at = seed; at < seed + runs; at++) {
    expect(await difference(at, PipelineMachine)).toBeUndefined()
  }
})
