import { type AnyFn, chain, decision, parallel, PipelineError } from 'tinyllm'
import { type AnyActorRef, createActor, type Snapshot, StateMachine, toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { expectChart } from './chart.ts'
import { worklessKinds } from './kinds.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe.each(worklessKinds)('$name', ({ make, input, output, event, rejects }) => {
  const it = make()

  /** The output of a run, which is sent its event, if it waits for one. */
  const outputOf = async (actor: AnyActorRef, path = 'it'): Promise<unknown> => {
    if (event) {
      const sent = { ...event, path }
      await vi.waitFor(() => expect(actor.getSnapshot().can(sent)).toBe(true))
      actor.send(sent)
    }
    return toPromise(actor)
  }

  test('is one XState machine named after it, whose chart is data', () => {
    expect(it.machine).toBeInstanceOf(StateMachine)
    expect(it.machine.id).toBe('it')
    expectChart(it)
  })

  test.each(['fast', 'stock'] as const)('returns its output, on the %s engine', async (engine) => {
    expect(await outputOf(it.start(input as never, { engine }) as AnyActorRef)).toEqual(output)
  })

  if (rejects !== undefined)
    test('rejects an input that does not fit its schema, with its issues', async () => {
      const { error } = await it.safeRun(rejects as never)
      expect(error).toBeInstanceOf(PipelineError)
      expect(error).toMatchObject({ code: 'input_validation', path: 'it', state: 'validatingInput' })
      expect(error?.issues?.length).toBeGreaterThan(0)
    })

  if (event)
    test('a signal ends it while it waits', async () => {
      const controller = new AbortController()
      const running = it.safeRun(input as never, { signal: controller.signal })
      controller.abort(new Error('enough'))
      expect((await running).error).toMatchObject({ code: 'aborted', path: 'it', cause: { message: 'enough' } })
    })

  test('every snapshot resumes to the same end', async () => {
    const actor = createActor(it.machine, { input })
    const taken: Snapshot<unknown>[] = []
    actor.subscribe(() => {
      if (actor.getSnapshot().status === 'active') taken.push(json(actor.getPersistedSnapshot()))
    })
    actor.start()
    taken.push(json(actor.getPersistedSnapshot()))
    expect(await outputOf(actor as AnyActorRef)).toEqual(output)
    for (const snapshot of taken) {
      expect(await outputOf(createActor(it.machine, { snapshot }).start() as AnyActorRef)).toEqual(output)
    }
  })

  test('a snapshot of another version fails with snapshot_mismatch', async () => {
    const actor = createActor(it.machine, { input }).start()
    const snapshot = { ...json(actor.getPersistedSnapshot()), version: 'older' } as unknown as Snapshot<unknown>
    actor.stop()
    const restored = createActor(it.machine, { snapshot })
    restored.subscribe({ error: () => {} })
    await expect(toPromise(restored.start())).rejects.toMatchObject({ code: 'snapshot_mismatch', path: 'it' })
  })

  test('its version does not follow its description', () => {
    expect(it.machine.version).toMatch(/^[0-9a-z]+$/)
    expect(make({ description: 'other' }).machine.version).toBe(it.machine.version)
    expect(it.as('other').machine.version).not.toBe(it.machine.version)
  })

  const nests: [string, (fn: AnyFn) => AnyFn, (output: unknown) => unknown][] = [
    ['chain', (child) => chain({ name: 'outer', children: [(value: unknown) => value, child] }), (output) => output],
    [
      'parallel',
      (child) => parallel({ name: 'outer', children: { it: child, other: () => 1 } }),
      (output) => ({ it: output, other: 1 }),
    ],
    [
      'decision',
      (child) => decision({ name: 'outer', decide: () => 'it', branches: { it: child } }),
      (output) => output,
    ],
  ]
  test.each(nests)('in a %s it works, at its path', async (_, nest, expected) => {
    const outer = nest(it)
    expect(await outputOf(outer.start(input as never) as AnyActorRef, 'outer.it')).toEqual(expected(output))
    const other = outer.override('outer.it', chain({ name: 'other', children: [() => 'other'] }))
    expect(await other.run(input as never)).toEqual(expected('other'))
  })
})
