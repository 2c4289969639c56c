import { actor, chain, fn, map } from 'tinyllm'
import { createActor, fromPromise, toPromise } from 'xstate'
import { expect, onTestFinished, test, vi } from 'vitest'

/** What was said on the console: a moment later, because the words are loaded only then. */
function warnings(): () => Promise<string[]> {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  return async () => {
    await import('../../src/engine/unknown-name.ts')
    await new Promise((resolve) => setImmediate(resolve))
    return warn.mock.calls.map(([text]) => String(text))
  }
}
const loud = () =>
  chain({
    name: 'letter',
    children: [
      chain({ name: 'loud', children: [fn({ name: 'shout', run: (t: string) => t.toUpperCase() })] }),
      actor({ name: 'ask', logic: fromPromise<string, string>(async ({ input }) => `${input}?`) }),
    ],
  })

test('a provided name that nothing has is said, once, with the nearest', async () => {
  const said = warnings()
  const { machine } = loud()
  const other = { actors: { 'letter.lod.shout': fromPromise(async () => 'x') } }
  const provided = machine.provide(other)
  machine.provide(other)
  provided.provide(other)
  expect(await said()).toEqual([
    "letter.machine.provide: there is no actor 'letter.lod.shout'. The actors are: letter.loud.shout, letter.ask, letter#failed. Did you mean 'letter.loud.shout'?",
  ])
  expect(await toPromise(createActor(provided, { input: 'a' }).start())).toBe('A?')
})

test('so are actions and guards', async () => {
  const said = warnings()
  loud().machine.provide({ actions: { keap: () => {} }, guards: { never: () => true } } as never)
  expect(await said()).toEqual([
    expect.stringContaining("letter.machine.provide: there is no action 'keap'. The actions are: "),
    expect.stringContaining("letter.machine.provide: there is no guard 'never'. "),
  ])
})

test('a name that there is, is provided without a word', async () => {
  const said = warnings()
  const provided = loud().machine.provide({
    actors: {
      'letter.loud.shout': fromPromise(async ({ input }) => {
        expect(input).toEqual({ input: 'a', attempt: 1, idempotencyKey: expect.stringContaining(':letter.loud.shout') })
        return 'b'
      }),
      'letter.ask': fromPromise(async ({ input }) => `${String(input)}!`),
    },
  })
  expect(await toPromise(createActor(provided, { input: 'a' }).start())).toBe('b!')
  expect(await said()).toEqual([])
})

test('of many names, some are told', async () => {
  const said = warnings()
  const children = Array.from({ length: 30 }, (_, index) => fn({ name: `step${index}`, run: (n: number) => n }))
  const long = chain({ name: 'long', children: [map({ name: 'each', each: (n: number) => n }), ...children] as never })
  long.machine.provide({ actors: { 'long.step': fromPromise(async () => 1) } })
  expect((await said())[0]).toMatch(/, and \d+ more\. Did you mean 'long\.step\d'\?$/)
})
