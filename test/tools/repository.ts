import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const ignored = new Set(['node_modules', 'dist', 'coverage', 'artifacts', '.git'])
/** Written by test/tools/prepare.js, and ignored too. */
const written = 'vitest.config.ts'

/** Every file that git tracks or would track, from the root; every file but the ignored ones where there is no git. */
export function repositoryFiles(): string[] {
  if (!existsSync(`${root}.git`)) {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(root.length))
      .filter((file) => file !== written && !file.split('/').some((part) => ignored.has(part)))
  }
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const names = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0')
  return [...new Set(names)].filter((file) => file !== '' && existsSync(root + file))
}

export function read(file: string): string {
  return readFileSync(root + file, 'utf8')
}
