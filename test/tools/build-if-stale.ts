import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { root } from './repository.ts'

/** What the build reads. */
const sources = ['src', 'machines', 'package.json', 'tsconfig.json', 'test/tools/build.js', 'test/tools/build-page.js']

/** Builds where a source is newer than the build, so that no test passes, or fails, on what was built before a change. */
export function setup(): void {
  // The last file that a build writes.
  const built = `${root}dist/observe/inspector/page/licenses.txt`
  if (existsSync(built) && statSync(built).mtimeMs >= newest(sources.map((name) => root + name))) return
  const { status } = spawnSync(process.execPath, ['test/tools/build.js'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The build fails, see above: the tests of what is built cannot run.')
}

function newest(paths: readonly string[]): number {
  return Math.max(...paths.flatMap(withEntries).map((path) => statSync(path).mtimeMs))
}

/** A folder counts too: its time says when a file in it was added, renamed or deleted. */
function withEntries(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return [path, ...entries.map((entry) => `${path}/${entry}`)]
}
