import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtCheckout } from './built.ts'

let checkout: Awaited<ReturnType<typeof builtCheckout>>
const modules = {
  'never.ts': 'await new Promise(() => {})\nexport const x: number = 1',
  'imports.mjs': "import './never.mjs'",
  'never.mjs': 'await new Promise(() => {})',
  'fine.mjs': "import { fn } from 'tinyllm'\nexport const p = fn({ name: 'p', run: () => 1 })",
  'hangs.mjs': `
    import { chain, fn, parallel } from 'tinyllm'
    const hangs = fn({ name: 'hangs', run: () => new Promise(() => {}) })
    export const one = hangs
    export const deep = chain({ name: 'deep', children: [fn({ name: 'first', run: () => 1 }), hangs] })
    export const both = parallel({ name: 'both', children: { a: hangs, b: hangs, c: fn({ name: 'c', run: () => 1 }) } })
    export const sample = 'x'`,
  'literal.cjs': `
    const { fn } = require('tinyllm')
    module.exports = { sample: 'given', more: { text: 'more' }, p: fn({ name: 'p', run: (text) => text + '!' }) }`,
  'called.cjs': `
    const { fn } = require('tinyllm')
    const made = () => ({ p: fn({ name: 'p', run: (text) => text + '!' }), sample: 'given' })
    module.exports = made()`,
  'alone.cjs': "const { fn } = require('tinyllm')\nmodule.exports = fn({ name: 'p', run: (text) => text + '!' })",
  'compiled.cjs': `
    const { fn } = require('tinyllm')
    exports.__esModule = true
    exports.default = fn({ name: 'p', run: (text) => text + '!' })
    exports.other = fn({ name: 'other', run: (text) => text + '?' })
    exports.sample = 'given'`,
  'odd.mjs': `
    import { chain } from 'tinyllm'
    export const dash = chain({ name: 'my-pipe', children: [(x) => x] })
    export const words = chain({ name: 'größe "a, b": @c', children: [(x) => x] })`,
}

beforeAll(async () => {
  checkout = await builtCheckout()
  for (const [name, text] of Object.entries(modules)) checkout.write(name, text)
}, 240_000)
afterAll(() => checkout.remove('.'))

describe('what never ends, though nothing is left to do', () => {
  test.each([
    ['run', 'never.ts'],
    ['run', 'imports.mjs'],
    ['check', 'never.ts'],
    ['graph', 'never.ts'],
    ['paths', 'never.mjs'],
    ['diff', 'fine.mjs', 'never.mjs'],
  ])('a module: %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await checkout.tinyllm(args)
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`✖ ${args.at(-1)} could not be loaded: an await at the top level of it`)
    if (args[0] === 'graph') return
    const json = await checkout.tinyllm([...args, '--json'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { message: expect.stringContaining('could not be loaded') },
    })
  })

  test.each([
    ['one', 'hangs is at work'],
    ['deep', 'deep.hangs is at work'],
    ['both', 'both.a (and 1 more) is at work'],
  ])('a run: %s', async (name, where) => {
    const { code, stderr } = await checkout.tinyllm(['run', 'hangs.mjs', '--export', name])
    expect(code).toBe(1)
    expect(stderr).toContain(`✖ The run cannot end: ${where}, and nothing is left that could end it`)
    expect(stderr).toContain('give the function a timeout')
    const json = await checkout.tinyllm(['run', 'hangs.mjs', '--export', name, '--json'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { message: expect.stringContaining(where) } })
  })
})

describe('a module in CommonJS shows all that it exports', () => {
  test.each([
    [['literal.cjs'], 'given!\n'],
    [['literal.cjs', '--export', 'p', '--sample', 'sample'], 'given!\n'],
    [['called.cjs'], 'given!\n'],
    [['alone.cjs', '--input', 'x'], 'x!\n'],
    [['compiled.cjs'], 'given!\n'],
    [['compiled.cjs', '--export', 'other'], 'given?\n'],
  ])('%j', async (args, output) => {
    const { code, stdout } = await checkout.tinyllm(['run', ...args])
    expect({ code, stdout }).toEqual({ code: 0, stdout: output })
  })

  test('and nothing else', async () => {
    const { stderr } = await checkout.tinyllm(['run', 'literal.cjs', '--sample', 'nope'])
    expect(stderr).toContain('Its exports that are not functions: sample, more.')
  })
})

test.each(['dash', 'words'])('diff takes odd names: %s', async (name) => {
  const { code, stdout } = await checkout.tinyllm(['diff', 'odd.mjs', 'odd.mjs', '--export', name])
  expect(stdout).toContain('are the same.')
  expect(code).toBe(0)
})
