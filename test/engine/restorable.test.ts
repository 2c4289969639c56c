import { setImmediate } from 'node:timers/promises'
import { createActor, type Snapshot } from 'xstate'
import { expect, test } from 'vitest'
import { Dice } from './dice.ts'
import { specimen, type World } from './specimens.ts'

const seed = Number(process.env.ENGINE_SEED ?? 1)
const runs = Number(process.env.RESTORE_RUNS ?? 300)

/** Each snapshot of a random run, as JSON, while its leaves end in an order of their own. */
async function* snapshotsOf(at: number) {
  const world: World = { note: () => {}, pending: [] }
  const dice = new Dice(at * 11 + 3)
  const { fn } = specimen(new Dice(at), world)
  const taken: { saved: string; value: unknown }[] = []
  const actor = createActor(fn.machine, { input: at % 10, id: 'run' } as never)
  const take = () => {
    const { status, value } = actor.getSnapshot()
    if (status !== 'stopped') taken.push({ saved: JSON.stringify(actor.getPersistedSnapshot()), value })
  }
  actor.subscribe({ next: take, error: take })
  actor.start()
  take()
  for (let step = 0; step < 60 && actor.getSnapshot().status === 'active'; step++) {
    await setImmediate()
    take()
    const [call] = world.pending.splice(dice.int(world.pending.length), 1)
    if (call) call.settle(dice.chance(0.15))
    else actor.send({ type: dice.pick(['GO', 'LEAVE']), n: 1 } as never)
  }
  actor.stop()
  for (const one of taken) yield { machine: fn.machine, ...one }
}

test(
  `whatever a run saves can be restored, on both engines: ${runs} pipelines from seed ${seed}`,
  { timeout: 0 },
  async () => {
    for (let at = seed; at < seed + runs; at++) {
      for await (const { machine, saved, value } of snapshotsOf(at)) {
        for (const each of [machine, (machine as unknown as { stock: typeof machine }).stock]) {
          // Not started: it is only looked at.
          const restored = createActor(each, {
            snapshot: JSON.parse(saved) as Snapshot<unknown>,
          } as never).getSnapshot()
          const { error, context } = restored as unknown as {
            error: unknown
            context: { slots: { error?: unknown }[][] }
          }
          const found = context.slots[0]?.[0]?.error ?? error
          expect(restored.value, `seed ${at}: ${JSON.stringify(found)} ${saved}`).toEqual(value)
        }
      }
    }
  },
)
