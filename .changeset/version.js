// `node .changeset/version.js`, after `npm ci --prefix .changeset`, on Node 22 or newer: turns the changesets of this
// folder into a version in package.json and its lock file, and an entry in .github/CHANGELOG.md.
import { execFileSync } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

// changesets writes beside package.json, where it cannot be told otherwise. The top level is kept free.
const written = 'CHANGELOG.md'
const kept = '.github/CHANGELOG.md'

renameSync(kept, written)
try {
  execFileSync(process.execPath, ['.changeset/node_modules/@changesets/cli/bin.js', 'version'], { stdio: 'inherit' })
} finally {
  if (existsSync(written)) renameSync(written, kept)
}
execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], { stdio: 'inherit' })
