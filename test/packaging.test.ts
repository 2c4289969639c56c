import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  test('has at most 12 packages more, xstate and zod among them', () => {
    const lock = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8'))
    const installed = Object.keys(lock.packages).filter((path) => path !== '')
    expect(installed).toEqual(
      expect.arrayContaining(['node_modules/tinyllm', 'node_modules/xstate', 'node_modules/zod']),
    )
    expect(installed.length, installed.join(', ')).toBeLessThanOrEqual(12)
  })

  test('loads no provider, no CLI and no prompts by importing tinyllm', () => {
    const loaded = loadedBy('tinyllm')
    expect(loaded).toEqual(expect.arrayContaining([expect.stringContaining('node_modules/tinyllm/dist/index.js')]))
    expect(
      loaded.filter((url) =>
        /node_modules\/(openai|citty|jiti|ws)\/|consola\/.*prompt|tinyllm\/dist\/(adapters|cli)\//.test(url),
      ),
    ).toEqual([])
    expect(loaded.filter((url) => /^node:(http|https|http2|tls|dgram|child_process|cluster)$/.test(url))).toEqual([])
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

  // The goal is 28 KB. What checks options, schemas, saved data and what comes from outside is 14 of the rest, what is said
  // to models and read of what they say is 15 (it must be there at once: outputs are validated synchronously), agents are 6.
  test('gets at most 88 KB, minified and compressed, without xstate and zod', async () => {
    write('bundle.js', `export * from 'tinyllm'`)
    const bundle = await rolldown({
      cwd: consumer,
      input: 'bundle.js',
      external: /^(xstate|zod|node:)/,
      platform: 'node',
    })
    // What is imported only when it is needed is a chunk of its own.
    const { output } = await bundle.generate({ format: 'esm', minify: true })
    const size = loadedAtOnce(output).reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
    expect(size, `${size} bytes`).toBeLessThanOrEqual(88 * 1024)
  })

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

function write(name: string, text: string): void {
  writeFileSync(join(consumer, name), text)
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, encoding: 'utf8' })
}

function node(cwd: string, ...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
}
