import fc from 'fast-check'
import { type AnyFn, branch, chain, decision, flow, fn, loop, parallel, pass, type PipelineError } from 'tinyllm'
import { createActor, toPromise } from 'xstate'
import { expect, test } from 'vitest'
import { z } from 'zod'

/** A pipeline as a tree; numbers go in and out of every node. */
type Tree =
  | { kind: 'leaf'; add: number; fails: 'no' | 'throws' | 'rejects' | 'odd' }
  | { kind: 'pass' }
  | { kind: 'chain'; children: Tree[] }
  | { kind: 'parallel'; children: Tree[]; settled: boolean }
  | { kind: 'decision' | 'branch'; even: Tree; odd: Tree }
  | { kind: 'flow'; steps: { tree: Tree; when?: number | undefined; end?: number | undefined }[] }
  | { kind: 'loop'; body: Tree; rounds: number }

const trees = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.record({
    kind: fc.constant('leaf' as const),
    add: fc.integer({ min: -3, max: 3 }),
    fails: fc.constantFrom('no', 'no', 'no', 'no', 'throws', 'rejects', 'odd') as fc.Arbitrary<'no'>,
  }),
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc.constant<Tree>({ kind: 'pass' }),
    fc.record({ kind: fc.constant('chain' as const), children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('parallel' as const),
      children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      settled: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('flow' as const),
      steps: fc.array(
        fc.record({
          tree: tie('tree'),
          when: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
          end: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    fc.record({ kind: fc.constant('loop' as const), body: tie('tree'), rounds: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('decision' as const, 'branch' as const), even: tie('tree'), odd: tie('tree') }),
  ),
})).tree

const total = (value: unknown): number =>
  typeof value === 'number'
    ? value
    : Array.isArray(value)
      ? value.reduce((sum: number, part) => sum + total(part), 0)
      : 0

/** Whether a step of a flow runs, or the flow ends, is a question of what is there. */
const asks = (mark: number, input: number, value: number): boolean => (input + value + mark) % 3 !== 0
const ended = (value: number): number => value * 10

/** The tree as a pipeline … */
function pipeline(tree: Tree, name: string): AnyFn {
  const nest = (child: Tree, index: number) => pipeline(child, `n${index}`)
  switch (tree.kind) {
    case 'leaf':
      return fn({
        name,
        run: (input: number) => {
          const bad = tree.fails === 'odd' ? input % 2 !== 0 : tree.fails !== 'no'
          if (!bad) return input + tree.add
          if (tree.fails === 'rejects') return Promise.reject(new Error(name))
          throw new Error(name)
        },
      })
    case 'pass':
      return pass({ name })
    case 'chain':
      return chain({ name, children: tree.children.map(nest) as never })
    case 'parallel': {
      const all = parallel({
        name: 'all',
        children: tree.children.map(nest) as never,
        mode: tree.settled ? 'settled' : 'all',
      })
      const sum = (outputs: unknown) =>
        total(tree.settled ? (outputs as { output?: unknown }[]).map((settled) => settled.output ?? 100) : outputs)
      return chain({ name, children: [all, fn({ name: 'sum', run: sum })] as never })
    }
    case 'decision': {
      const branches = { even: pipeline(tree.even, 'x'), odd: pipeline(tree.odd, 'y') }
      return decision({ name, decide: (input: number) => (input % 2 === 0 ? 'even' : 'odd'), branches })
    }
    case 'flow':
      return flow({
        name,
        input: z.number(),
        steps: (s: any) =>
          tree.steps.reduce((steps: any, { tree: step, when, end }, index) => {
            const ask = (mark: number) => (view: { input: number; value: number }) => asks(mark, view.input, view.value)
            const next = when === undefined ? steps.step(nest(step, index)) : steps.when(ask(when), nest(step, index))
            if (end === undefined) return next
            return next.endWhen(ask(end), ({ value }: { value: number }) => ended(value))
          }, s),
      })
    case 'loop':
      return loop({
        name,
        body: pipeline(tree.body, 'body'),
        until: ({ iteration }) => iteration === tree.rounds,
        next: ({ input, value, iteration }) => input + value + iteration,
        result: ({ input, value, iteration }) => input + value * iteration,
        maxIterations: 3,
      })
    case 'branch':
      return branch({
        name,
        cases: [{ name: 'even', when: (input: number) => input % 2 === 0, then: pipeline(tree.even, 'x') }],
        otherwise: pipeline(tree.odd, 'y'),
      })
  }
}

/** … and as plain promises, which say what it must give: a number, or the paths of which one has failed. */
type Result = { value: number } | { failed: string[] }
async function model(tree: Tree, path: string, input: number): Promise<Result> {
  switch (tree.kind) {
    case 'leaf': {
      const bad = tree.fails === 'odd' ? input % 2 !== 0 : tree.fails !== 'no'
      return bad ? { failed: [path] } : { value: input + tree.add }
    }
    case 'pass':
      return { value: input }
    case 'chain': {
      let value = input
      for (const [index, child] of tree.children.entries()) {
        const result = await model(child, `${path}.n${index}`, value)
        if ('failed' in result) return result
        value = result.value
      }
      return { value }
    }
    case 'flow': {
      let value = input
      for (const [index, { tree: step, when, end }] of tree.steps.entries()) {
        if (when === undefined || asks(when, input, value)) {
          const result = await model(step, `${path}.n${index}`, value)
          if ('failed' in result) return result
          value = result.value
        }
        if (end !== undefined && asks(end, input, value)) return { value: ended(value) }
      }
      return { value }
    }
    case 'loop': {
      let value = input
      for (let round = 1; ; round++) {
        const result = await model(tree.body, `${path}.body`, value)
        if ('failed' in result) return result
        if (round === tree.rounds) return { value: input + result.value * round }
        value = input + result.value + round
      }
    }
    case 'parallel': {
      const results = await Promise.all(
        tree.children.map((child, index) => model(child, `${path}.all.n${index}`, input)),
      )
      const failed = results.flatMap((result) => ('failed' in result ? result.failed : []))
      if (failed.length > 0 && !tree.settled) return { failed }
      return { value: results.reduce((sum, result) => sum + ('value' in result ? result.value : 100), 0) }
    }
    default:
      if (input % 2 === 0) return model(tree.even, `${path}.even`, input)
      return model(tree.odd, `${path}.${tree.kind === 'branch' ? 'otherwise' : 'odd'}`, input)
  }
}

const outcome = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    (value) => ({ value }),
    (error: PipelineError) => ({ failed: error.path, code: error.code }),
  )

const check = async (tree: Tree, input: number, got: unknown) => {
  const expected = await model(tree, 'root', input)
  if ('value' in expected) expect(got).toEqual(expected)
  else {
    expect(got).toMatchObject({ code: 'run' })
    expect(expected.failed).toContain((got as { failed: string }).failed)
  }
}

const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) }

test('any nesting gives what plain promises give', async () => {
  const property = fc.asyncProperty(trees, fc.integer({ min: 0, max: 5 }), async (tree, input) => {
    await check(tree, input, await outcome(pipeline(tree, 'root').run(input)))
  })
  await fc.assert(property, runs)
})

test('any nesting, interrupted anywhere and resumed from JSON, gives the same', async () => {
  const property = fc.asyncProperty(trees, fc.integer({ min: 0, max: 5 }), fc.nat(12), async (tree, input, at) => {
    const { machine } = pipeline(tree, 'root')
    const first = createActor(machine, { input })
    let ticks = 0
    let saved: string | undefined
    const ended = new Promise<void>((resolve) => {
      const save = () => {
        if (ticks++ !== at || saved) return
        saved = JSON.stringify(first.getPersistedSnapshot())
        first.stop()
      }
      first.subscribe({ next: save, error: () => resolve(), complete: () => resolve() })
      first.start()
    })
    await ended
    if (!saved) return
    const second = createActor(machine, { snapshot: JSON.parse(saved) })
    const result = outcome(toPromise(second))
    second.start()
    await check(tree, input, await result)
  })
  await fc.assert(property, runs)
})
