import {
  actor,
  agent,
  type AnyFn,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  loop,
  map,
  parallel,
  type PipelineError,
  type RunContext,
} from 'tinyllm'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'

const seen: string[] = []
const note = (path: string) => {
  if (!seen.includes(path)) seen.push(path)
}
/** A leaf that says where it stands. */
const leaf = <const N extends string>(name: N) =>
  fn({ name, run: (value: string, { path }: RunContext) => (note(path), value) })
const says = <const N extends string, const O>(name: N, output: O) =>
  fn({ name, run: (_: string, { path }: RunContext) => (note(path), output) })
function trim(text: string, { path }: RunContext) {
  note(path)
  return text.trim()
}
const fails = fn({
  name: 'big',
  run: (_: string, { path }: RunContext): string => {
    note(path)
    throw new Error('busy')
  },
})
const tool = fn({
  name: 'look',
  description: 'Looks.',
  input: z.object({ id: z.string() }),
  run: ({ id }, { path }) => (note(path), id),
})
const assistant = agent({
  name: 'desk',
  tools: [tool],
  approve: ['look'],
  model: async ({ messages }, { path }) => {
    note(path)
    if (messages.at(-1)?.role === 'tool') return { role: 'assistant', content: 'done' }
    const call = { id: '1', type: 'function' as const, function: { name: 'look', arguments: '{"id":"x"}' } }
    return { role: 'assistant', content: null, tool_calls: [call] }
  },
})

// What the README says of paths, sentence by sentence, as the leaves of real runs are told it.
const told: Record<string, [root: AnyFn, paths: readonly string[], input?: unknown]> = {
  'a path begins with the name of what is run': [leaf('only'), ['only']],
  'in a list of children a child stands under its name, a plain function under its own': [
    chain({ name: 'c', children: [leaf('first'), trim] }),
    ['c.first', 'c.trim'],
  ],
  'or under its place, where it has none': [
    chain({ name: 'c', children: [leaf('first'), (text: string, { path }: RunContext) => (note(path), text)] }),
    ['c.first', 'c.step2'],
  ],
  'a flow has the names of its steps': [
    flow({
      name: 'f',
      input: z.string(),
      steps: (s) =>
        s
          .step(leaf('search'))
          .step('rank', ({ value }) => value)
          .step(leaf('write')),
    }),
    ['f.search', 'f.write'],
  ],
  'as gives another name': [
    chain({ name: 'c', children: [leaf('ask'), leaf('ask').as('again')] }),
    ['c.ask', 'c.again'],
  ],
  'a parallel has the keys of its children': [
    parallel({ name: 'p', children: { left: leaf('mail'), right: chain({ name: 'file', children: [trim] }) } }),
    ['p.left', 'p.right.trim'],
  ],
  'or their names, in a list': [parallel({ name: 'p', children: [leaf('a'), leaf('b')] }), ['p.a', 'p.b']],
  'a decision has deciding, and its choices': [
    decision({
      name: 'd',
      decide: chain({ name: 'classify', children: [says('chat', 'bad')] }),
      branches: { bad: leaf('refuse') },
    }),
    ['d.deciding.chat', 'd.bad'],
  ],
  'what a name may not hold is percent-encoded in a choice': [
    decision({ name: 'd', decide: says('model', 'gpt-4.1'), branches: { 'gpt-4.1': leaf('ask') } }),
    ['d.deciding', 'd.gpt-4%2E1'],
  ],
  'and so is a choice called deciding': [
    decision({ name: 'd', decide: says('who', 'deciding'), branches: { deciding: leaf('ask') } }),
    ['d.deciding', 'd.%deciding'],
  ],
  'a branch has the names of its cases': [
    branch({ name: 'b', cases: [{ name: 'large', when: () => true, then: leaf('review') }] }),
    ['b.large'],
  ],
  'and otherwise': [
    branch({ name: 'b', cases: [{ name: 'large', when: () => false, then: leaf('review') }], otherwise: leaf('file') }),
    ['b.otherwise'],
  ],
  'an item of a map has its number, and the name of what runs': [
    map({ name: 'm', each: leaf('summarise') }),
    ['m[0].summarise', 'm[1].summarise'],
    ['a', 'b'],
  ],
  'a plain function has the number alone': [
    map({ name: 'm', each: (_: string, { path }: RunContext) => note(path) }),
    ['m[0]', 'm[1]'],
    ['a', 'b'],
  ],
  'in an item, the children of a composite have their keys': [
    map({ name: 'm', each: chain({ name: 'c', children: [leaf('ask')] }) }),
    ['m[0].ask'],
    ['a'],
  ],
  'in a map of maps each has its number': [
    map({ name: 'outer', each: map({ name: 'inner', each: leaf('ask') }) }),
    ['outer[0].inner[0].ask', 'outer[0].inner[1].ask'],
    [['a', 'b']],
  ],
  'the rounds of a loop share one path, with body': [
    loop({ name: 'l', body: leaf('improve'), until: ({ iteration }) => iteration === 2, maxIterations: 3 }),
    ['l.body'],
  ],
  'a fallback has the names of its children': [
    fallback({ name: 'f', children: [fails, leaf('small')] }),
    ['f.big', 'f.small'],
  ],
  'an actor that holds a machine of ours stands before its paths in events only': [
    actor({ name: 'x', logic: chain({ name: 'inner', children: [leaf('ask')] }).machine }),
    ['inner.ask'],
  ],
}
test.each(Object.entries(told))('%s', async (_, [root, paths, input = 'in']) => {
  seen.length = 0
  await root.run(input as never)
  expect(seen).toEqual(paths)
})

test('an agent has think and act, and a call of a tool has its id', async () => {
  seen.length = 0
  const run = assistant.start('hi')
  const ended = new Promise<void>((resolve) => run.subscribe({ complete: resolve }))
  await vi.waitFor(() =>
    expect(run.getSnapshot().can({ type: 'APPROVE', path: 'desk.act[1].look', id: '1' })).toBe(true),
  )
  run.send({ type: 'APPROVE', path: 'desk.act[1].look', id: '1' })
  await ended
  expect(seen).toEqual(['desk.think', 'desk.act[1].look'])
  const { actors } = (assistant.machine as unknown as { implementations: { actors: object } }).implementations
  expect(Object.keys(actors).filter((name) => !name.includes('#'))).toEqual(
    expect.arrayContaining(['desk.think', 'desk.act']),
  )
})

test('an error, an event and an override name a function by the same path', async () => {
  const broken = parallel({ name: 'p', children: { left: chain({ name: 'c', children: [fails] }) } })
  const result = await broken.safeRun('in')
  expect((result as { error: PipelineError }).error.path).toBe('p.left.big')
  expect(await broken.override('p.left.big', () => 'ok').run('in')).toEqual({ left: 'ok' })
  const paths: string[] = []
  for await (const event of broken.override('p.left.big', () => 'ok').stream('in')) {
    if ('path' in event && typeof event.path === 'string') paths.push(event.path)
  }
  expect(new Set(paths)).toEqual(new Set(['p', 'p.left', 'p.left.big']))
})

test('the events of a machine of ours in an actor have the path of the actor before their own', async () => {
  const speak = fn({ name: 'speak', run: (_: string, { emit }: RunContext) => emit({ type: 'token', delta: 'a' }) })
  const around = actor({ name: 'x', logic: chain({ name: 'inner', children: [speak] }).machine })
  const paths: string[] = []
  for await (const event of around.stream('in' as never)) if (event.type === 'token') paths.push(event.path)
  expect(paths).toEqual(['x.inner.speak'])
})
