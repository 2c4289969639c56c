import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, compilers, type Compiler, type Diagnostic } from './tools/compile.ts'
import { pack, type Packed } from './tools/packed.ts'
import { read, root } from './tools/repository.ts'

// What somebody gets who installs the package: it is packed, and installed in an empty project.

const manifest = JSON.parse(read('package.json'))
const folder = mkdtempSync(join(tmpdir(), 'tinyllm-packaging-'))
const consumer = join(folder, 'consumer')
let tarball: string
let packed: Packed['files']

/** What is built in, and a line of each. */
const bundledNames = new Map([
  ['citty', /function showUsage/],
  ['consola', /class Consola/],
  ['ws', /WebSocketServer = class|class WebSocketServer/],
])
const bundles: [most: number, text: string][] = [
  [43, `export { chain, fn } from 'tinyllm'`],
  [92, `export * from 'tinyllm'`],
]

beforeAll(() => {
  ;({ tarball, files: packed } = pack(folder))
  mkdirSync(consumer)
  write('package.json', JSON.stringify({ name: 'consumer', type: 'module', private: true }))
  const { xstate, zod } = manifest.devDependencies
  npm(consumer, 'install', '--prefer-offline', '--ignore-scripts', tarball, `xstate@${xstate}`, `zod@${zod}`)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds what is built, and nothing else', () => {
    const paths = packed.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']))
    const toRead =
      /^(package\.json|README\.md|LICENSE|test\/bench\/RESULTS\.md|(machines|examples)\/[\w-]+\.(ts|json)|\.github\/.+)$/
    const others = paths.filter((path) => !toRead.test(path))
    expect(others.filter((path) => !path.startsWith('dist/'))).toEqual([])
    expect(
      others.filter((path) => /(^|\/)(src|test|node_modules)\/|\.test\.|\.tsx?$(?<!\.d\.ts)|\.map$/.test(path)),
    ).toEqual([])
    expect(paths.filter((path) => path.includes('tsconfig'))).toEqual([])
  })

  test('is small', () => {
    expect(packed.length).toBeLessThanOrEqual(320)
    expect(statSync(tarball).size / 1024).toBeLessThanOrEqual(900)
  })

  test('holds what the README links to', () => {
    const links = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!)
    expect(links).not.toEqual([])
    expect(links.filter((link) => !packed.some(({ path }) => path === link || path.startsWith(`${link}/`)))).toEqual([])
  })

  test('has a file behind every entry point', () => {
    const { main, types, typesVersions, exports, bin } = manifest
    const plain = targetsIn([main, types, typesVersions, exports, bin]).filter((target) => !target.includes('*'))
    expect(plain.length).toBeGreaterThan(20)
    expect(plain.filter((target) => !packed.some(({ path }) => `./${path}` === target))).toEqual([])
  })

  test('declares each public type under its own name, which editors show', () => {
    const declarations = packed
      .map(({ path }) => path)
      .filter((path) => /^dist\/[\w/-]+(?<!chunks\/.*)\.d\.ts$/.test(path))
    expect(declarations.length).toBeGreaterThan(16)
    const renamed = declarations.flatMap((path) => read(path).match(/^export \{.*\};$/gm) ?? [])
    expect(renamed.flatMap((line) => line.match(/\w+\$\d+ as \w+/g) ?? [])).toEqual([])
  })

  test('has no complaint from publint', async () => {
    const bytes = readFileSync(tarball)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('has types that every resolution finds, as its JavaScript is (are the types wrong?)', () => {
    const attw = [`${root}node_modules/@arethetypeswrong/cli/dist/index.js`, tarball]
    const wild = ['--include-entrypoints', './machines/chain', './machines/chain.json']
    const { stdout, stderr } = spawnSync(process.execPath, [...attw, '--format', 'json', ...wild], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    const { problems, analysis } = JSON.parse(stdout)
    expect(Object.values(problems).flat()).toEqual([])
    const ways = Object.values<{ resolutions: object }>(analysis.entrypoints)
    expect(ways.map(({ resolutions }) => Object.keys(resolutions).length)).toEqual(ways.map(() => 4))
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(['.', './openai', './machines/chain', './machines/chain.json']),
    )
  })
})

describe('a project that installed it', () => {
  test('has jiti and openai beside tinyllm, xstate and zod', () => {
    const list = JSON.parse(npm(consumer, 'ls', '--all', '--omit=dev', '--json')) as Installed
    expect(namesIn(list)).toEqual(['jiti', 'openai', 'tinyllm', 'xstate', 'zod'])
  })

  test('loads no provider, no CLI, no server and no package but its peers by importing tinyllm', () => {
    const files = loadedBy('tinyllm').flatMap((url) => url.split('/node_modules/').slice(1))
    expect(files).toContain('tinyllm/dist/index.js')
    expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set(['tinyllm', 'xstate', 'zod']))
    const ours = files.filter((file) => file.startsWith('tinyllm/'))
    const text = ours.map((file) => readFileSync(join(consumer, 'node_modules', file), 'utf8')).join('\n')
    expect([...bundledNames].filter(([, mark]) => mark.test(text)).map(([name]) => name)).toEqual(['consola'])
    const builtIn = loadedBy('tinyllm').filter((url) => url.startsWith('node:'))
    expect(builtIn.filter((url) => /^node:(http|https|http2|tls|dgram|child_process|cluster)$/.test(url))).toEqual([])
  })

  test('has citty, consola and ws in it, with their licenses', () => {
    const dist = join(consumer, 'node_modules/tinyllm/dist')
    const chunks = readdirSync(join(dist, 'chunks')).map((file) => readFileSync(join(dist, 'chunks', file), 'utf8'))
    const licenses = readFileSync(join(dist, 'licenses.txt'), 'utf8')
    for (const [name, mark] of bundledNames) {
      expect(
        chunks.filter((text) => mark.test(text)),
        name,
      ).not.toEqual([])
      expect(licenses).toMatch(new RegExp(`^${name}\\n\\n.*(license|copyright)`, 'im'))
    }
  })

  test('can import and require every entry point, with the same names', () => {
    const entries = Object.keys(manifest.exports).filter((name) => !/\*|\.json$/.test(name))
    expect(entries.length).toBeGreaterThan(6)
    write(
      'entries.js',
      `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      const seen = []
      for (const entry of ${JSON.stringify(entries)}) {
        const name = 'tinyllm' + entry.slice(1)
        const [imported, required] = [Object.keys(await import(name)), Object.keys(require(name))]
        seen.push({ entry, count: imported.length, same: imported.sort().join() === required.sort().join() })
      }
      console.log(JSON.stringify(seen))`,
    )
    const seen = JSON.parse(node(consumer, 'entries.js')) as { entry: string; count: number; same: boolean }[]
    expect(seen.map(({ entry }) => entry)).toEqual(entries)
    expect(seen.filter(({ count, same }) => count === 0 || !same)).toEqual([])
  })

  test('can require it, from CommonJS that TypeScript made, as NestJS does', async () => {
    mkdirSync(join(consumer, 'nest'))
    write('nest/package.json', JSON.stringify({ name: 'nest', private: true, type: 'commonjs' }))
    write('nest/main.ts', nest)
    const options =
      '--strict --skipLibCheck --target es2022 --experimentalDecorators --emitDecoratorMetadata --types node'
    const args = [...options.split(' '), '--typeRoots', `${root}node_modules/@types`, '--module', 'commonjs']
    expect(await compile('5', join(consumer, 'nest'), [...args, '--moduleResolution', 'node10', 'main.ts'])).toEqual([])
    expect(node(join(consumer, 'nest'), 'main.js')).toBe('4 input_validation true\n')
  })

  test('runs what is in the package by npx, its TypeScript as well', () => {
    const run = (...words: string[]) =>
      execFileSync('npx', ['tinyllm', ...words], { cwd: consumer, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    expect(run('run', 'node_modules/tinyllm/machines/chain.ts', '--input', 'hello')).toBe('HELLO\n')
    expect(run('check', 'node_modules/tinyllm/examples/01-function.ts')).toMatch(/^greet: \d+ info$/m)
    expect(run('graph', 'node_modules/tinyllm/dist/machines/chain.js')).toContain('headline')
    write('own.ts', `export { headline } from 'tinyllm/machines/chain'\nexport enum Size { small }`)
    expect(run('run', 'own.ts', '--input', 'hello')).toBe('HELLO\n')
  })

  test('opens the page of its inspector by npx, and Ctrl-C ends it', async () => {
    const journal = [
      'run',
      'node_modules/tinyllm/machines/chain.ts',
      '--input',
      'a',
      '--inspect',
      '--record',
      'a.jsonl',
    ]
    expect(spawnSync('npx', ['tinyllm', ...journal], { cwd: consumer, encoding: 'utf8' })).toMatchObject({ status: 0 })
    const child = spawn(process.execPath, ['node_modules/tinyllm/dist/cli/main.js', 'inspect', 'a.jsonl'], {
      cwd: consumer,
    })
    const ended = once(child, 'exit')
    const url = await matchIn(child.stdout, /^http:\/\/127\.0\.0\.1:\d+\/(?=#)/)
    const page = await fetch(url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<script')])
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(0)
  })

  // The goals are 18 and 28 KB. They are not reached: every run can be saved, restored, observed, streamed and sent events, and
  // all of that is synchronous in XState, so it cannot be loaded later. Of chain and fn, compile is 29 %, engine 27 %, border
  // (schemas, saved data, events from outside) 22 %, run 8 %, consola 5 %, errors 4 %, observe 3 %, the two kinds 2 %. Of the
  // rest of all, agents are two fifths, and what is said to models and read of what they say is two fifths.
  test.each(bundles)(
    'gets at most %f KB by %s, minified and compressed, without xstate and zod',
    async (most, text) => {
      write('bundle.js', text)
      const bundle = await rolldown({
        cwd: consumer,
        input: 'bundle.js',
        external: /^(xstate|zod|node:)/,
        platform: 'node',
      })
      // What is imported only when it is needed is a chunk of its own.
      const { output } = await bundle.generate({ format: 'esm', minify: true })
      const size = loadedAtOnce(output).reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
      expect(size, `${size} bytes`).toBeLessThanOrEqual(most * 1024)
    },
  )

  describe.each(Object.keys(compilers) as Compiler[])('with TypeScript %s', (compiler) => {
    let errors: Diagnostic[]
    beforeAll(async () => {
      write('short.ts', short)
      copyFileSync(`${root}test/types/every-factory.ts`, join(consumer, 'every-factory.ts'))
      errors = await compile(compiler, consumer, [...strict, 'short.ts', 'every-factory.ts'])
    }, 60_000)

    test('compiles against its types, and checks them too', () => {
      expect(errors.filter(({ file }) => file !== 'every-factory.ts')).toEqual([])
    })

    test('can publish declarations of pipelines of its own', () => {
      expect(errors.filter(({ file }) => file === 'every-factory.ts')).toEqual([])
    })
  })
})

/** The files that entries of package.json name, however deep. */
function targetsIn(entry: unknown): string[] {
  if (typeof entry === 'string') return [entry]
  return Object.values(entry as object).flatMap(targetsIn)
}

const short = `import { chain, fn } from 'tinyllm'
import { z } from 'zod'

const count = fn({ name: 'count', input: z.object({ text: z.string() }), run: ({ text }) => text.length })
const double = chain({ name: 'double', children: [count, (n: number) => n * 2] })
export const output: number = await double.run({ text: 'a' })
`

const nest = `import { chain, fn, PipelineError } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

const injectable = () => (target: Function) => void target

@injectable()
class CountService {
  readonly chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini' })
  readonly count = fn({ name: 'count', input: z.object({ text: z.string() }), run: ({ text }) => text.length })
  readonly twice = chain({ name: 'twice', children: [this.count, (n: number) => n * 2] })
}

async function bootstrap() {
  const { twice } = new CountService()
  const refused = await twice.safeRun({ text: 1 as never })
  console.log(await twice.run({ text: 'ab' }), refused.error?.code, refused.error instanceof PipelineError)
}
void bootstrap()
`

type Chunk = { type: string; fileName: string; isEntry?: boolean; imports?: string[]; code?: string }

/** The entry of a bundle and all that it imports, however deep. */
function loadedAtOnce(output: readonly Chunk[]): { code: string }[] {
  const wanted = new Set(output.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const name of wanted) {
    for (const below of output.find(({ fileName }) => fileName === name)?.imports ?? []) wanted.add(below)
  }
  return output.flatMap(({ fileName, code }) => (wanted.has(fileName) && code !== undefined ? [{ code }] : []))
}

/** As careful as a user can be: the declarations of the packages are checked as well. */
const strict = '--strict --skipLibCheck false --declaration --outDir out --module nodenext --target es2022'.split(' ')

/** The URLs of all modules that an import loads in a plain Node. */
function loadedBy(specifier: string): string[] {
  write(
    'hooks.js',
    `import { writeSync } from 'node:fs'
export async function load(url, context, next) {
  writeSync(1, url + '\\n')
  return next(url, context)
}`,
  )
  write(
    'entry.js',
    `import { createRequire, register } from 'node:module'
register('./hooks.js', import.meta.url)
await import('${specifier}')
for (const file of Object.keys(createRequire(import.meta.url).cache)) console.log(file)
for (const name of process.moduleLoadList) if (name.startsWith('NativeModule ')) console.log('node:' + name.slice(13))`,
  )
  return [...new Set(node(consumer, 'entry.js').trim().split('\n'))]
}

type Installed = { readonly version?: string; readonly dependencies?: Readonly<Record<string, Installed>> }

/** The names of all packages of an `npm ls`, each once; an optional peer that is not installed has no version. */
function namesIn({ dependencies = {} }: Installed): string[] {
  const installed = Object.entries(dependencies).filter(([, { version }]) => version !== undefined)
  const below = installed.flatMap(([name, one]) => [name, ...namesIn(one)])
  return [...new Set(below)].toSorted()
}

/** The first text of a stream that the pattern matches. */
async function matchIn(stream: Readable, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) return found
  }
  throw new Error(`${pattern} is not in: ${text}`)
}

function write(name: string, text: string): void {
  writeFileSync(join(consumer, name), text)
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, encoding: 'utf8' })
}

function node(cwd: string, ...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
}
