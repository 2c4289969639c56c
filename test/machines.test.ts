import { existsSync, readdirSync } from 'node:fs'
import type { AnyFn } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, type AnyStateNode, createMachine, toPromise } from 'xstate'
import { read, root } from './tools/repository.ts'

const entries = readdirSync(`${root}machines`)
const names = entries.filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -'.ts'.length))

/** What each canonical chart gives for its own sample. A machine that needs a model is tested elsewhere. */
const outputs: Record<string, unknown> = {
  actor: { value: 128 },
  branch: { by: 'van', price: 6.9 },
  chain: 'STATECHARTS',
  decision: 'Good question: What is a statechart?',
  fallback: 'I think it is about statecharts',
  flow: { net: 100, tax: 19, gross: 119 },
  function: { words: 3 },
  loop: { text: 'Statecharts!!!', score: 10 },
  map: ['S', 'C', 'E', 'M', 'L'],
  parallel: { words: 8, sentences: 3 },
  retry: { product: 'abacus', price: 42 },
}

describe.each(names)('machines/%s.ts', (name) => {
  test('exports one pipeline, and nothing else but samples', async () => {
    const rest = Object.entries(await load(name)).filter(([key]) => !/^(?:sample|\w+Sample)$/.test(key))
    expect(rest.map(([, value]) => isFn(value) && value.name)).toEqual(rest.map(([key]) => key))
    expect(rest).toHaveLength(1)
  })

  test(`is drawn in machines/${name}.json; npm run machines draws it anew`, async () => {
    const file = `${root}machines/${name}.json`
    const wasThere = existsSync(file)
    await expect(chartOf(name, await pipelineOf(name))).toMatchFileSnapshot(file)
    expect(wasThere, `machines/${name}.json was missing and has been written: add it`).toBe(true)
  })

  test('its JSON is a machine with the same states', async () => {
    const drawn = createMachine(JSON.parse(chartOf(name, await pipelineOf(name))))
    expect(statesOf(drawn)).toEqual(statesOf((await pipelineOf(name)).machine))
  })

  test('its comment names the states that it has', async () => {
    const { machine } = await pipelineOf(name)
    const drawn = drawnIn(read(`machines/${name}.ts`))
    expect(drawn.length > 0 || !(name in outputs), 'a canonical chart has a comment that draws it').toBe(true)
    const problems = drawn.flatMap(({ path, children }) => {
      const actual = Object.keys(nodeAt(machine, path).states)
      return String(actual) === String(children) ? [] : [{ path, children, actual }]
    })
    expect(problems).toEqual([])
  })
})

test.each(Object.entries(outputs))('machines/%s.ts runs its sample', async (name, output) => {
  const { sample } = await load(name)
  await expect((await pipelineOf(name)).run(sample)).resolves.toEqual(output)
})

test('machines/receive.ts waits for its event', async () => {
  const actor = (await pipelineOf('receive')).start(undefined)
  actor.send({ type: 'APPROVE', by: 'Ada' })
  await expect(toPromise(actor)).resolves.toEqual({ type: 'APPROVE', by: 'Ada' })
})

test('no machine is left without its source', () => {
  const sources = names.map((name) => `${name}.json`)
  const left = entries.filter(
    (name) => name.endsWith('.json') && !name.startsWith('tsconfig.') && !sources.includes(name),
  )
  expect(left).toEqual([])
})

const isFn = (value: unknown): value is AnyFn => typeof value === 'object' && value !== null && 'machine' in value

async function load(name: string): Promise<Record<string, unknown>> {
  return import(`../machines/${name}.ts`)
}

async function pipelineOf(name: string): Promise<AnyFn> {
  return Object.values(await load(name)).find(isFn)!
}

/** The machine's config as data: whatever is code (the context, outputs, an invoke's input) is left out. */
function chartOf(name: string, { machine }: AnyFn): string {
  const note = `Generated from ${name}.ts. Do not edit: npm run machines`
  return `${JSON.stringify({ '//': note, ...machine.config }, null, 2)}\n`
}

function statesOf({ root }: AnyStateMachine): string[] {
  const below = (node: AnyStateNode): string[] => [node.id, ...Object.values(node.states).flatMap(below)]
  return below(root)
}

function nodeAt({ root }: AnyStateMachine, path: readonly string[]): AnyStateNode {
  return path.reduce<AnyStateNode>((node, key) => node.states[key]!, root)
}

/** The states in a machine's comment, if it has any: the root's, and those of each state that is drawn with states below. */
function drawnIn(source: string): { path: string[]; children: string[] }[] {
  const lines = source.split('// The chart:\n')[1]?.split('\n') ?? ['']
  const drawn = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('//   ')),
  )
  const parents = [{ path: [] as string[], children: [] as string[] }]
  const open = [parents[0]!]
  for (const line of drawn) {
    const [, indent, key] = /^\/\/ {3}( *)(\S+)/.exec(line)!
    const depth = indent!.length / 2
    open.length = depth + 1
    const parent = open[depth]!
    parent.children.push(key!)
    const state = { path: [...parent.path, key!], children: [] as string[] }
    open.push(state)
    parents.push(state)
  }
  return parents.filter(({ children }) => children.length > 0)
}
