import { describe, expect, test } from 'vitest'
import { checkFloors } from './tools/floors.ts'
import { checkKinds } from './tools/kind-names.ts'
import {
  checkExportedNames,
  checkInternals,
  checkLength,
  checkPaths,
  checkPatterns,
  checkTopLevel,
  roomsWithDoubles,
} from './tools/house-rules.ts'
import { read, repositoryFiles } from './tools/repository.ts'

const files = repositoryFiles()
const text = (pattern: RegExp) =>
  Object.fromEntries(files.filter((file) => pattern.test(file)).map((file) => [file, read(file)]))

describe('the repository', () => {
  test('every import of src goes down a floor, and none runs in a circle', () => {
    const sources = text(/^src\/.*\.tsx?$/)
    expect(Object.keys(sources)).not.toEqual([])
    expect(checkFloors(sources)).toEqual([])
  })

  test('a source file can be read at one sitting', () => {
    expect(checkLength(text(/^src\/.*\.tsx?$/))).toEqual([])
  })

  test('an exported name is defined in one file', () => {
    expect(checkExportedNames(text(/^src\/.*\.tsx?$/), roomsWithDoubles)).toEqual([])
  })

  test('one file names what XState keeps to itself', () => {
    expect(checkInternals(text(/^src\/(?!observe\/inspector\/page\/).*\.tsx?$/))).toEqual([])
  })

  test('no source compares the kind of a node with a name', () => {
    expect(checkKinds(text(/^src\/.*\.tsx?$/))).toEqual([])
  })

  test('no file names a path of the machine that it was written on', () => {
    expect(checkPaths(text(/^(src|machines|test|examples)\/|^[^/]*$/))).toEqual([])
  })

  test('no assertion matches anything', () => {
    expect(checkPatterns(text(/^test\/.*\.tsx?$/))).toEqual([])
  })

  test('the top level holds nothing new', () => {
    expect(checkTopLevel(files)).toEqual([])
  })
})

describe('checkFloors', () => {
  const planted: Record<string, [sources: Record<string, string>, problem: string | RegExp | undefined]> = {
    'types imports nothing but its own parts': [
      { 'src/types.ts': `import type { A } from './errors.ts'` },
      'src/types.ts:1 imports src/errors.ts. types may import types/*.',
    ],
    'errors imports nothing but what looks at a value, what all copies have, and what a message is': [
      { 'src/errors.ts': `\nexport * from './types.ts'` },
      'src/errors.ts:2 imports src/types.ts. errors may import border/global-state, border/error-details, border/shape, types/messages.',
    ],
    'compile knows no kind': [
      { 'src/compile/scope.ts': `import { chain } from '../nodes/chain.ts'` },
      'src/compile/scope.ts:1 imports src/nodes/chain.ts. compile may import types, errors, compile/*, border/*.',
    ],
    'not even lazily, nor as a type': [
      { 'src/engine/fast.ts': `type A = import('../nodes/chain.ts').A; const b = await import('../run/run.ts')` },
      /fast\.ts:1 imports src\/nodes\/chain\.ts.*\n.*fast\.ts:1 imports src\/run\/run\.ts/,
    ],
    'observe does not run': [
      { 'src/observe/log-run-events.ts': `import { run } from '../run/run.ts'` },
      /observe may import types, errors/,
    ],
    'run does not define': [{ 'src/run/run.ts': `import { define } from '../define.ts'` }, /run may import/],
    'define does not observe': [{ 'src/define.ts': `import '../src/observe/log.ts'` }, /define may import/],
    'nodes see two files of compile': [
      {
        'src/nodes/map.ts': `import { lifecycle } from '../compile/lifecycle.ts'\nimport { x } from '../compile/names.ts'`,
      },
      /^src\/nodes\/map\.ts:2 imports src\/compile\/names\.ts\. nodes may import types, errors, define, compile\/scope/,
    ],
    'nodes stand apart': [
      { 'src/nodes/loop.ts': `import { chain } from './chain.ts'` },
      /loop\.ts:1 imports src\/nodes\/chain\.ts/,
    ],
    'flow is a chain': [{ 'src/nodes/flow.ts': `import { chain } from './chain.ts'` }, undefined],
    'an agent is composed': [{ 'src/nodes/agent.ts': `import { loop } from './loop.ts'` }, undefined],
    'a plain function becomes a function': [{ 'src/nodes/map.ts': `import { asFn } from './function.ts'` }, undefined],
    'adapters stand apart': [
      { 'src/adapters/ai-sdk.ts': `import { x } from './openai/messages.ts'` },
      /ai-sdk\.ts:1 imports src\/adapters\/openai\/messages\.ts/,
    ],
    'an adapter may have a folder': [
      {
        'src/adapters/openai.ts': `import { x } from './openai/messages.ts'\nimport { fn } from '../nodes/function.ts'`,
        'src/adapters/openai/messages.ts': `import type { Y } from '../openai/types.ts'`,
      },
      undefined,
    ],
    'adapters do not use the index': [
      { 'src/adapters/otel.ts': `import { fn } from '../index.ts'` },
      /adapters may import/,
    ],
    'testing uses no adapter': [
      { 'src/testing/fakes.ts': `import { x } from '../adapters/openai.ts'` },
      /testing may import/,
    ],
    'analysis runs no test': [
      { 'src/analysis/check.ts': `import { paths } from '../testing/graph/paths.ts'` },
      /analysis may import/,
    ],
    'what is below in a folder does not import what is above': [
      { 'src/testing/samples/sample-values.ts': `import type { Path } from '../graph/paths.ts'` },
      /testing\/samples may import .*testing\/samples\/\*\.$/,
    ],
    'simulation does not search': [
      { 'src/testing/simulation/test-model.ts': `import { paths } from '../graph/paths.ts'` },
      /testing\/simulation may import/,
    ],
    'graph search counts no coverage': [
      { 'src/testing/graph/paths.ts': `import { coverageOf } from '../coverage/count.ts'` },
      /testing\/graph may import/,
    ],
    'coverage stands on all of them': [
      { 'src/testing/coverage/cover-paths.ts': `import { paths } from '../graph/paths.ts'` },
      undefined,
    ],
    'rendering checks nothing': [
      { 'src/analysis/render/svg.ts': `import { check } from '../check.ts'` },
      /analysis\/render may import/,
    ],
    'analysis knows no kind': [
      { 'src/analysis/check.ts': `import { chain } from '../nodes/chain.ts'` },
      /analysis may import/,
    ],
    'the index loads no adapter': [{ 'src/index.ts': `export { x } from './adapters/openai.ts'` }, /index may import/],
    'the CLI may use everything': [{ 'src/cli/main.ts': `import { x } from '../adapters/openai.ts'` }, undefined],
    'src does not import itself by name': [
      { 'src/cli/run.ts': `import { fn } from 'tinyllm'` },
      /inside src, import the file/,
    ],
    'src does not import what is outside': [
      { 'src/cli/run.ts': `import { a } from '../../machines/a.ts'` },
      /outside src/,
    ],
    'a file needs a floor': [{ 'src/utils.ts': '' }, /^src\/utils\.ts stands on no floor/],
    'a circle is found': [
      {
        'src/run/b.ts': `import { c } from './c.ts'`,
        'src/run/a.ts': `import { b } from './b.ts'`,
        'src/run/c.ts': `export { a } from './a.ts'`,
        'src/run/d.ts': `import { a } from './a.ts'`,
      },
      'src/run/a.ts → src/run/b.ts → src/run/c.ts → src/run/a.ts is a circle of imports. Move what they share to a floor below.',
    ],
    'a circle of types is found too': [
      {
        'src/testing/graph/a.ts': `import type { B } from './b.ts'`,
        'src/testing/graph/b.ts': `import { a } from './a.ts'`,
      },
      'src/testing/graph/a.ts → src/testing/graph/b.ts → src/testing/graph/a.ts is a circle of imports. Move what they share to a floor below.',
    ],
    'types of an older floor may refer to each other': [
      { 'src/compile/a.ts': `import type { B } from './b.ts'`, 'src/compile/b.ts': `import { a } from './a.ts'` },
      undefined,
    ],
  }

  test.each(Object.entries(planted))('%s', (_, [sources, problem]) => {
    const said = checkFloors(sources).join('\n')
    if (problem === undefined) expect(said).toBe('')
    else if (typeof problem === 'string') expect(said).toBe(problem)
    else expect(said).toMatch(problem)
  })
})

describe('the house rules', () => {
  test.each([
    'actor._parent',
    "actor['_parent']",
    'const { _parent } = actor',
    'const { _parent: parent } = actor',
    'const snapshot = { _nodes: [] }',
    "const isActor = '_parent' in value",
    'type Ref = { _parent?: object }',
  ])('a private name of XState is reported outside its file: %s', (source) => {
    const name = /_[a-z]+/.exec(source)?.[0]
    expect(checkInternals({ 'src/run/a.ts': `\n${source}` })).toEqual([
      `src/run/a.ts:2 names ${name}. Use XState's public API, or add it to src/engine/internals.ts.`,
    ])
    expect(checkInternals({ 'src/engine/internals.ts': source })).toEqual([])
  })

  test.each(['(_event) => 1', 'schema._zod.def', '({ inner: _, ...rest }) => rest'])('%s is none', (source) => {
    expect(checkInternals({ 'src/run/a.ts': source })).toEqual([])
  })

  test('a long file is reported', () => {
    expect(
      checkLength({ 'src/a.ts': `x\n// why\n\n/** what\n * it is */\n`.repeat(250), 'src/b.ts': 'x\n'.repeat(251) }),
    ).toEqual(['src/b.ts has 251 lines of code: divide it (the limit is 250).'])
  })

  test('a name that two files export is reported, other uses of it are not', () => {
    const sources = {
      'src/a.ts':
        'export type Wait = 1\nexport const Wait = 1, { x } = y\nexport function f(): void\nexport function f() {}',
      'src/b.ts': `export { Wait } from './a.ts'\nconst f = 1\nexport class Other {}`,
      'src/c/d.ts': 'export interface Wait {}',
      'src/cli/d.ts': 'export const f = 1',
    }
    const wait = 'Wait is exported by src/a.ts and src/c/d.ts. Rename one, or share it.'
    expect(checkExportedNames(sources, ['cli'])).toEqual([wait])
    expect(checkExportedNames(sources)).toEqual([
      wait,
      'f is exported by src/a.ts and src/cli/d.ts. Rename one, or share it.',
    ])
  })

  test.each(['work', 'home', 'root'])('a path in /%s is reported, a longer path with that folder is not', (folder) => {
    const sources = {
      'README.md': `# Read me\nsee /${folder}/me/notes.md`,
      'src/a.ts': `'./${folder}/a.ts', 'https://a.org/${folder}/'`,
    }
    expect(checkPaths(sources)).toEqual([`README.md:2 names /${folder}/, a path of somebody's machine.`])
  })

  test('a bare pattern in toMatchObject is reported, one that is an argument is not', () => {
    const source = `
      expect(error).toMatchObject({ message: expect.stringMatching(/no/) })
      expect(error).toMatchObject({ cause: [{ message: /no/ }] })
      expect({ message: /no/ }).toEqual({ message: /no/ })`
    expect(checkPatterns({ 'test/a.test.ts': source })).toEqual([
      'test/a.test.ts:3 matches anything. Write expect.stringMatching(/no/).',
    ])
  })

  test('a new top-level entry is reported once', () => {
    expect(checkTopLevel(['src/a.ts', '.ci/run', 'docs/a.md', 'docs/b.md'])).toEqual([
      'docs is new at the top level. Put it into src, machines, test or examples, or make it a dotfile.',
    ])
  })
})

describe('checkKinds', () => {
  const nodes = {
    'src/nodes/chain.ts': `define({ kind: 'chain' })`,
    'src/nodes/map.ts': `define({ kind: 'map' })`,
    'src/nodes/function.ts': `leaf('function', config)`,
    'src/adapters/openai/chat.ts': `leaf('openAIChat', config)`,
  }

  test.each([
    `if (node.kind === 'map') work()`,
    `if ('map' !== definition.node?.kind) work()`,
    `if (node['kind'] == 'function') work()`,
    `if ((node.kind as string) === 'map') work()`,
    `if (String(state.kind ?? '') === 'openAIChat') work()`,
    `const isMap = ({ kind }: Node) => kind === 'map'`,
    `const { kind: what } = node; const isMap = what === 'map'`,
    `const what = node.kind ?? 'none'; const isMap = what === 'map'`,
    `if (kindAt(path) === 'function') work()`,
    `switch (node.kind) { case 'final': case 'chain': work() }`,
    `const isKnown = ['chain'].includes(node.kind)`,
    `const known = new Set(['chain']); const isKnown = known.has(node.kind)`,
    `const words = { chain: 'in a row' }; const word = words[node.kind]`,
    `const words = { chain: 'in a row' }; const isKnown = node.kind in words`,
    `const words = { chain: 'in a row' }; const isKnown = Object.hasOwn(words, node.kind)`,
    `const words = new Map([['chain', 'in a row']]); const word = words.get(kind)`,
    `const word = { chain: 'in a row' }[node.kind]`,
    `const isModel = node.kind.startsWith('openAI')`,
    `const isModel = /^openAI/.test(node.kind)`,
    `const isModel = node.kind.match(/chat$/i) !== null`,
    `export const composites = ['chain', 'map']`,
  ])('is reported: %s', (source) => {
    const place = 'compares a kind with a name. Let the node say it: dataFlow, layout or facts in src/compile/node.ts.'
    for (const file of ['src/analysis/a.ts', 'src/nodes/agent/a.ts'])
      expect(checkKinds({ ...nodes, [file]: `\n${source}` })).toEqual([`${file}:2 ${place}`])
  })

  test('a table of names in another file is found where it is looked up', () => {
    const sources = {
      ...nodes,
      'src/cli/a.ts': `export const words = { chain: 'in a row' }`,
      'src/cli/b.ts': `import { words } from './a.ts'\nconst word = words[node.kind]`,
    }
    expect(checkKinds(sources)).toEqual([expect.stringContaining('src/cli/b.ts:2 compares')])
  })

  test.each([
    `if (field.kind === 'object') work()`,
    `switch (field.kind) { case 'choice': case 'constant': work() }`,
    `if (typeof value === 'function') work()`,
    `if (error.name === 'chain' || message.role === 'function') work()`,
    `const types = new Set(['object', 'function']); const isOne = types.has(typeof value)`,
    `const words = { choice: 'one of' }; const word = words[field.kind]`,
    `const parts = { chain, map }; const { chain: first } = parts`,
    `const article = /^[aeiou]/i.test(node.kind) ? 'An' : 'A'`,
    `const same = before.kind === after.kind`,
    `const text = \`\${node.kind} · \${label}\``,
    `const made = { kind: 'map', path }`,
  ])('is not reported: %s', (source) => {
    expect(checkKinds({ ...nodes, 'src/analysis/a.ts': source })).toEqual([])
  })

  test('the short names for display are the only exception', () => {
    const source = `const words = { function: 'fn' }; const word = words[kind]`
    expect(checkKinds({ ...nodes, 'src/observe/inspector/layout/labels.ts': source })).toEqual([])
    expect(checkKinds({ ...nodes, 'src/observe/inspector/page/labels.ts': source })).toHaveLength(1)
  })
})
