import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { root } from './repository.ts'

/** What the build reads, and how it builds. */
const sources = ['src', 'machines', 'test/tools', 'package.json', 'tsconfig.json']

/** Builds where a source is newer than the build, so that no test passes, or fails, on what was built before a change. */
export function setup(): void {
  if (existsSync(`${root}dist`) && newest(['dist']) >= newest(sources)) return
  const { status } = spawnSync(process.execPath, ['test/tools/build.js'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The build fails, see above: the tests of the build cannot run.')
}

function newest(paths: readonly string[]): number {
  return Math.max(...paths.flatMap((path) => withEntries(root + path)).map((path) => statSync(path).mtimeMs))
}

/** A folder counts too: its time says when a file in it was added, renamed or deleted. */
function withEntries(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return [path, ...entries.map((entry) => `${path}/${entry}`)]
}
