import { actor, type AnyFn, chain, decision, fn, loop, map, parallel, pass } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'

const echo = fn({ name: 'echo', run: async (input: unknown) => input })
const around: Record<string, (inner: any, name: string) => AnyFn> = {
  chain: (inner, name) => chain({ name, children: [inner] }),
  parallel: (inner, name) => parallel({ name, children: { inner, other: pass() } }),
  decision: (inner, name) => decision({ name, decide: async () => true, branches: { true: inner, false: pass() } }),
  loop: (inner, name) => loop({ name, body: inner, until: () => true, maxIterations: 1 }),
  map: (inner, name) => map({ name, each: inner }),
  actor: (inner, name) => actor({ name, logic: inner.machine }),
}
const nested = (wrap: (inner: AnyFn, name: string) => AnyFn, levels: number): AnyFn => {
  let made: AnyFn = echo
  for (let level = 1; level <= levels; level++) made = wrap(made, `level${level}`)
  return made
}

describe.each(Object.entries(around))('a %s in a %s in a …', (kind, wrap) => {
  test('is refused where it becomes too deep, and says where', () => {
    const deepest = nested(wrap, 199)
    expect(() => wrap(deepest, 'outermost')).toThrow(TypeError)
    expect(() => wrap(deepest, 'outermost')).toThrow(
      kind === 'actor'
        ? /actor outermost nests functions 201 levels deep \(outermost\)/
        : /outermost nests functions 201 levels deep \(outermost\.level199\.level198\.….level1\.\w+\), and 200 is the limit/,
    )
  })
})

test.each(['chain', 'parallel', 'actor'])(
  'the deepest %s that is taken can do all that others can',
  { timeout: 60_000 },
  async (kind) => {
    const pipeline = nested(around[kind]!, 199)
    const output = await pipeline.run('in')
    expect(
      await pipeline.run('in', { inspect: (event) => void JSON.stringify((event as any).snapshot?.value) }),
    ).toEqual(output)
    expect(await pipeline.run('in', { engine: 'stock' })).toEqual(output)
    expect(pipeline.machine.root.id).toBe('level199')
    const run = pipeline.start('in')
    const saved = JSON.parse(JSON.stringify(run.getPersistedSnapshot()))
    run.stop()
    expect(await toPromise(createActor(pipeline.machine, { snapshot: saved, input: 'in' }).start())).toEqual(output)
  },
)

test('a replacement counts where it stands', () => {
  const outer = nested(around.chain!, 50)
  expect(() => outer.override(echo, nested(around.chain!, 149))).not.toThrow()
  expect(() => outer.override(echo, nested(around.chain!, 150))).toThrow(
    /chain level50 nests functions 201 levels deep/,
  )
})

test('as many as one likes stand side by side', () => {
  const children = Array.from({ length: 20_000 }, (_, index) => [`child${index}`, echo])
  expect(() => parallel({ name: 'wide', children: Object.fromEntries(children) })).not.toThrow()
})
