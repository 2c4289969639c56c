import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { LLMock } from '@copilotkit/aimock'
import type { AnyFn } from 'tinyllm'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { compile } from './tools/compile.ts'
import { read, root } from './tools/repository.ts'

/*
 * The README's TypeScript blocks are one program, in their order: a later block may use what an earlier one defines.
 * A comment line `// EXPRESSION => VALUE` in it is a promise: the value is compared.
 */

const readme = read('README.md')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]!)

// A git-ignored folder of the repository: that is where `tinyllm` means the sources.
const folder = `${root}artifacts/readme`

beforeAll(() => {
  const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [] }
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config))
  writeFileSync(`${folder}/program.ts`, program(blocks('ts')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the README', () => {
  test('has code that compiles', { timeout: 60_000 }, async () => {
    expect(await compile('7', root, ['--project', folder])).toEqual([])
  })

  test('has code that does what it says', async () => {
    const model = new LLMock({ port: 0 })
    model.onMessage(/defaults/, { content: 'Bad.' })
    await model.start()
    onTestFinished(() => model.stop())
    vi.stubEnv('OPENAI_BASE_URL', `${model.url}/v1`)
    vi.stubEnv('OPENAI_API_KEY', 'none')

    const { promises } = await load()
    expect(promises).not.toEqual([])
    for (const { given, promised } of promises) expect(given).toEqual(promised)
  })

  test('draws the states that its pipeline has', async () => {
    const { creditAnalysis } = await load()
    const ids = [...keysOf(creditAnalysis.machine.config.states!), creditAnalysis.name]
    const [chart] = blocks('mermaid')
    const drawn = chart!
      .split('\n')
      .flatMap((line) => /^ +(?:state )?(\w+)(?: --> (\w+)| \{|$)/.exec(line)?.slice(1) ?? [])
    expect(drawn.filter((id) => id !== undefined && !ids.includes(id))).toEqual([])
  })

  test('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1]!)
    expect(links.filter((link) => !existsSync(root + link))).toEqual([])
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

type Program = { promises: readonly { given: unknown; promised: unknown }[]; creditAnalysis: AnyFn }

const load = (): Promise<Program> => import(`${folder}/program.ts`)

/** One module of all blocks: each name is imported once, and what is promised can be compared. */
function program(sources: readonly string[]): string {
  const imports = new Map<string, Set<string>>()
  const body = sources
    .join('\n')
    .replace(/^import \{ (.+) \} from '(.+)'\n/gm, (_, names: string, from: string) => {
      imports.set(from, new Set([...(imports.get(from) ?? []), ...names.split(', ')]))
      return ''
    })
    .replace(/^\/\/ (.+?) => (.+)$/gm, 'promises.push({ given: $1, promised: $2 })')
  const lines = [...imports].map(([from, names]) => `import { ${[...names].join(', ')} } from '${from}'`)
  const head = 'export const promises: { given: unknown; promised: unknown }[] = []'
  return [...lines, head, body, 'export { creditAnalysis }', ''].join('\n')
}

/** The keys of all states, from the outside in. */
function keysOf(states: Readonly<Record<string, { states?: object }>>): string[] {
  return Object.entries(states).flatMap(([key, state]) => [key, ...keysOf((state.states ?? {}) as typeof states)])
}
