import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

/** The browser that comes packed in @sparticuz/chromium, unpacked once beside the other packages. */
export function unpackChromium(): { executable: string; libraries: string } {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const packed = join(dirname(entry), '../../bin')
  const target = join(dirname(entry), '../../../../.cache/chromium-147')
  const paths = { executable: join(target, 'chromium'), libraries: join(target, 'al2023/lib') }
  if (existsSync(target)) return paths
  // Others may be at the same: whoever is first puts it in its place as a whole.
  const draft = `${target}.${process.pid}`
  mkdirSync(join(draft, 'al2023'), { recursive: true })
  writeFileSync(join(draft, 'chromium'), unpack(join(packed, 'chromium.br')))
  chmodSync(join(draft, 'chromium'), 0o755)
  // nss, nspr and expat, for a machine that has none.
  const { status, stderr } = spawnSync('tar', ['-x', '-C', join(draft, 'al2023')], {
    input: unpack(join(packed, 'al2023.tar.br')),
  })
  if (status !== 0) throw new Error(`The libraries of the browser could not be unpacked: ${String(stderr)}`)
  try {
    renameSync(draft, target)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
  return paths
}

const unpack = (file: string): Buffer => brotliDecompressSync(readFileSync(file))
