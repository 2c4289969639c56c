import ts from 'typescript5'

/** In these rooms each file of `src` has a test of its own. */
const STRICT = ['nodes', 'run', 'adapters']
/** The test of a file that has none of its own, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  // What each option does is proved by running: this file only calls the others in order.
  'src/run/prepare.ts': 'test/run/run.test.ts',
  // It subscribes observe/log.ts to a run; the lines are proved there.
  'src/run/logging.ts': 'test/observe/log.test.ts',
}
/** The rooms of `src` that have a room of the same name in `test`. */
const ROOMS = ['adapters', 'analysis', 'border', 'cli', 'compile', 'engine', 'models', 'nodes', 'observe', 'run']

/** Who changes `src/nodes/map.ts` finds `test/nodes/map.test.ts`, and a folder of tests stands for a folder of `src`. */
export function checkMirror(files: readonly string[], read: (file: string) => string): string[] {
  const known = new Set([...files, ...files.flatMap(foldersOf)])
  return [...files.flatMap((file) => untested(file, known, read)), ...files.flatMap((file) => astray(file, known))]
}

function untested(file: string, known: ReadonlySet<string>, read: (file: string) => string): string[] {
  const [, room, name] = /^src\/(\w+)\/([^/]+)\.ts$/.exec(file) ?? []
  if (!room || !STRICT.includes(room)) return []
  const own = `test/${room}/${name}.test.ts`
  const other = ELSEWHERE[file]
  if (other !== undefined && !known.has(other)) return [`${file} is tested by ${other}, which does not exist.`]
  if (other !== undefined && known.has(own)) return [`${own} exists: take ${file} out of the list in mirror.ts.`]
  if (other !== undefined || known.has(own) || known.has(`test/${room}/${name}`) || !hasCode(read(file))) return []
  return [`${file} has no test. Write ${own}.`]
}

/** A folder of tests is named after a folder of sources, or after the one file that its tests are about. */
function astray(file: string, known: ReadonlySet<string>): string[] {
  const [, folder] = /^test\/(\w+\/.*)\/[^/]+\.test\.tsx?$/.exec(file) ?? []
  if (!folder || !ROOMS.includes(folder.split('/')[0] as string)) return []
  if (known.has(`src/${folder}`) || known.has(`src/${folder}.ts`)) return []
  return [`${file} mirrors nothing: there is no src/${folder}. Move it to where the source is.`]
}

const foldersOf = (file: string): string[] =>
  file
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))

/** Whether anything is left of a file without its types and what it exports again. */
function hasCode(source: string): boolean {
  const tree = ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest)
  return tree.statements.some(
    (statement) =>
      !ts.isImportDeclaration(statement) &&
      !ts.isExportDeclaration(statement) &&
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement),
  )
}
