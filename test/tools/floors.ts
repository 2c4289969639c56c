import { importsOf, type Import } from './imports.ts'

/** What may stand in a repository: `{ 'src/types.ts': 'its text' }`. */
export type Sources = Readonly<Record<string, string>>

const runs = ['types', 'errors', 'compile/*', 'engine/*', 'observe/*', 'run/*', 'border/*']
const analyses = ['types', 'errors', 'compile/*', 'engine/*', 'models/*', 'observe/*', 'border/*']
const tests = [...runs, 'define', 'nodes/*', 'models/*', 'analysis/*']

/**
 * Which files a floor may import, as patterns without `src/`. A folder in a floor may have a row of its own. Data travels one way: what the user writes → compile →
 * run → observe; adapters plug in at the side; the CLI is on top.
 */
const floors: Record<string, readonly string[]> = {
  types: ['types/*'],
  errors: ['border/global-state', 'border/error-details', 'border/shape', 'types/messages'],
  border: ['types', 'errors', 'border/*'],
  compile: ['types', 'errors', 'compile/*', 'border/*'],
  engine: ['types', 'errors', 'engine/*', 'border/*'],
  models: ['types', 'errors', 'models/*', 'border/*'],
  observe: ['types', 'errors', 'observe/*', 'border/*'],
  run: runs,
  define: ['types', 'errors', 'compile/*', 'engine/*', 'run/*', 'border/*'],
  nodes: [
    'types',
    'errors',
    'define',
    'compile/scope',
    'compile/lifecycle',
    'border/*',
    'nodes/function',
    'nodes/slot',
    'nodes/compatible-inputs',
    'models/*',
  ],
  adapters: [...runs, 'define', 'nodes/*', 'models/*'],
  analysis: [...analyses, 'analysis/*'],
  'analysis/schema': ['types', 'border/*', 'models/*', 'analysis/schema/*'],
  'analysis/chart': [...analyses, 'analysis/definition', 'analysis/chart/*'],
  'analysis/render': [...analyses, 'analysis/definition', 'analysis/render/*'],
  testing: [...tests, 'testing/*'],
  'testing/samples': [...tests, 'testing/samples/*'],
  'testing/simulation': [...tests, 'testing/samples/*', 'testing/simulation/*'],
  'testing/graph': [...tests, 'testing/samples/*', 'testing/simulation/*', 'testing/graph/*'],
  cli: ['*'],
  index: ['types', 'errors', 'models/*', 'observe/*', 'run/*', 'define', 'nodes/*', 'border/*'],
}

/** Kinds that are made of other kinds. */
const composed: Record<string, readonly string[]> = {
  'nodes/flow': ['nodes/chain'],
  'nodes/agent': ['nodes/*'],
}

/** Floors in which types, though not values, still run in circles. Take one out when its last circle is gone. */
const typeCircles: ReadonlySet<string> = new Set(['compile', 'engine', 'models', 'observe'])

/** Says which imports of `src` go the wrong way, and which run in circles. Empty if all is well. */
export function checkFloors(sources: Sources): string[] {
  const files = Object.keys(sources).filter((file) => file.startsWith('src/'))
  const imports = new Map(files.map((file) => [file, importsOf(file, sources[file]!)]))
  return [...files.flatMap((file) => checkFile(file, imports.get(file)!)), ...findCycles(imports)]
}

function checkFile(file: string, imports: readonly Import[]): string[] {
  const from = moduleOf(file)
  const floor = floorOf(from)
  const listed = floors[floor]
  if (!listed) return [`${file} stands on no floor. The floors are ${Object.keys(floors).join(', ')}.`]
  const allowed = [...listed, ...ownFolder(from), ...(composed[from.split('/', 2).join('/')] ?? [])]
  return imports.flatMap(({ to, local, line }) => {
    const at = `${file}:${line} imports ${to}`
    if (!local) return /^tinyllm(\/|$)/.test(to) ? [`${at}: inside src, import the file (./…) instead.`] : []
    if (!to.startsWith('src/')) return [`${at}, which is outside src.`]
    if (allowed.some((pattern) => matches(pattern, moduleOf(to)))) return []
    return [`${at}. ${floor} may import ${allowed.length ? allowed.join(', ') : 'nothing local'}.`]
  })
}

/** adapters/openai.ts may keep parts of itself in adapters/openai/, which may use each other and the file; so may a node. */
function ownFolder(from: string): string[] {
  const [folder, name] = from.split('/')
  return folder === 'adapters' || folder === 'nodes' ? [`${folder}/${name}`, `${folder}/${name}/*`] : []
}

/** Circles among the imports, those of types too but for `typeCircles`; each is reported once, from its first file by name. */
function findCycles(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  for (const file of imports.keys()) follow(file, [])
  return [...found]

  function follow(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      const circle = path.slice(path.indexOf(file))
      const first = circle.indexOf(circle.toSorted()[0]!)
      const ordered = [...circle.slice(first), ...circle.slice(0, first)]
      found.add(
        `${[...ordered, ordered[0]].join(' → ')} is a circle of imports. Move what they share to a floor below.`,
      )
      return
    }
    if (done.has(file)) return
    const ofTypes = !typeCircles.has(moduleOf(file).split('/')[0]!)
    for (const { to, local, runtime } of imports.get(file) ?? [])
      if (local && (runtime || ofTypes)) follow(to, [...path, file])
    done.add(file)
  }
}

function moduleOf(file: string): string {
  return file.replace(/^src\//, '').replace(/\.tsx?$/, '')
}

/** The floor of a module: the row of its folder, else that of the folder around it. */
function floorOf(module: string): string {
  const [floor = '', folder] = module.split('/', 2)
  const own = `${floor}/${folder}`
  return own in floors && module.startsWith(`${own}/`) ? own : floor
}

function matches(pattern: string, module: string): boolean {
  return pattern.endsWith('*') ? module.startsWith(pattern.slice(0, -1)) : module === pattern
}
