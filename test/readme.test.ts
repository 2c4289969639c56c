import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { LLMock } from '@copilotkit/aimock'
import type { AnyFn } from 'tinyllm'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { compile } from './tools/compile.ts'
import { read, root } from './tools/repository.ts'

/*
 * Each TypeScript block of the README is a module of its own, as a reader would save it. One whose first line is a
 * comment with a file name (`// credit-analysis.ts`) is saved under that name, so that later blocks can import it.
 * A comment line `// EXPRESSION => VALUE` in it is a promise: the value is compared.
 */

const readme = read('README.md')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]!)

// A git-ignored folder of the repository: that is where `tinyllm` means the sources.
const folder = `${root}artifacts/readme`

const modules = blocks('ts').map((source, index) => ({
  name: /^\/\/ ([\w-]+)\.ts\n/.exec(source)?.[1] ?? `block-${index + 1}`,
  source: `${promising(source)}\nexport {}\n`,
}))

beforeAll(() => {
  const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [] }
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config))
  for (const { name, source } of modules) writeFileSync(`${folder}/${name}.ts`, source)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the README', () => {
  test('has code that compiles', { timeout: 60_000 }, async () => {
    expect(await compile('7', root, ['--project', folder])).toEqual([])
  })

  test.each(modules.map(({ name }) => name))('has code that does what it says: %s', async (name) => {
    const server = new LLMock({ port: 0 })
    server.onMessage(/defaults/, { content: 'Bad.' })
    server.onMessage(/1815/, { content: '{"name":"Ada Lovelace","born":1815}' })
    server.onMessage(/Summarize/, { content: 'States nest.' })
    await server.start()
    onTestFinished(() => server.stop())
    vi.stubEnv('OPENAI_BASE_URL', `${server.url}/v1`)
    vi.stubEnv('OPENAI_API_KEY', 'none')
    // The README's local server.
    const { fetch } = globalThis
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      fetch(String(url).replace('http://localhost:11434', server.url), init),
    )
    onTestFinished(() => void vi.unstubAllGlobals())
    vi.spyOn(console, 'log').mockImplementation(() => {})

    const { promises = [] } = (await load(name)) as { promises?: { given: unknown; promised: unknown }[] }
    for (const { given, promised } of promises) expect(given).toEqual(promised)
  })

  test('promises what its code does', () => {
    expect(modules.filter(({ source }) => source.includes('promises')).length).toBeGreaterThan(8)
  })

  test('draws the states that its pipeline has', async () => {
    const { creditAnalysis } = (await load('credit-analysis')) as { creditAnalysis: AnyFn }
    const ids = [...keysOf(creditAnalysis.machine.config.states!), creditAnalysis.name]
    const [chart] = blocks('mermaid')
    const drawn = chart!
      .split('\n')
      .flatMap((line) => /^ +(?:state )?(\w+)(?: --> (\w+)| \{|$)/.exec(line)?.slice(1) ?? [])
    expect(drawn.filter((id) => id !== undefined && !ids.includes(id))).toEqual([])
  })

  test('links to files that are in the package', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1]!)
    expect(links.filter((link) => !existsSync(root + link))).toEqual([])
    const pack = ['pack', '--dry-run', '--ignore-scripts', '--json']
    const [{ files }] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }))
    const paths = (files as { path: string }[]).map(({ path }) => path)
    expect(links.filter((link) => !paths.some((path) => path === link || path.startsWith(`${link}/`)))).toEqual([])
  })

  test('names scripts and folders that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...readme.matchAll(/npm (?:run )?(start|test|machines)\b/g)].map((match) => match[1]!)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    const folders = [...readme.matchAll(/^src\/(\w+) /gm)].map((match) => match[1]!)
    expect(folders.filter((name) => !existsSync(`${root}src/${name}`) && !existsSync(`${root}src/${name}.ts`))).toEqual(
      [],
    )
  })
})

const load = (name: string): Promise<unknown> => import(`${folder}/${name}.ts`)

/** The same code, which tells what it promises beside what came of it. */
function promising(source: string): string {
  const told = source.replace(/^\/\/ (.+?) => (.+)$/gm, 'promises.push({ given: $1, promised: $2 })')
  if (told === source) return source
  return `export const promises: { given: unknown; promised: unknown }[] = []\n${told}`
}

/** The keys of all states, from the outside in. */
function keysOf(states: Readonly<Record<string, { states?: object }>>): string[] {
  return Object.entries(states).flatMap(([key, state]) => [key, ...keysOf((state.states ?? {}) as typeof states)])
}
