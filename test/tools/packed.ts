import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository.ts'

export type Packed = { readonly tarball: string; readonly files: { path: string; size: number; mode: number }[] }

/** What `npm publish` would send, as a tarball in `folder`. The project `built` of test/vitest.config.ts has built it. */
export function pack(folder: string): Packed {
  // Without scripts: `prepare` would build again, under the feet of other tests.
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel', 'error', '--pack-destination', folder]
  const [report] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }))
  return { tarball: join(folder, report.filename), files: report.files }
}

/** Puts the packed tinyllm into the `node_modules` of a folder; what it needs is found there, or further up. */
export function installPacked(folder: string): void {
  const target = join(folder, 'node_modules/tinyllm')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  const { tarball } = pack(folder)
  execFileSync('tar', ['-xzf', tarball, '--strip-components', '1', '-C', target])
  rmSync(tarball)
}
