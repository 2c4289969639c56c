import { execFileSync } from 'node:child_process'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const cwd = fileURLToPath(new URL('..', import.meta.url))

/** What it ran on, and how busy that was: `when` is before or after. */
export function describeMachine(when = 'before') {
  const [one, five] = loadavg()
  const load = { [when]: `${one.toFixed(1)} (1 min), ${five.toFixed(1)} (5 min)` }
  if (when === 'after') return { loadAfter: load.after, loadOneAfter: one }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${platform()} ${release().split('-')[0]}`,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commit(),
    loadBefore: load.before,
    loadOneBefore: one,
  }
}

/** `20.20.2` */
export const describeNode = (node) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1)

/** Which tinyllm it was; outside of a repository nobody knows. */
function commit() {
  const git = (...args) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--', ':/src') !== ''
    return git('rev-parse', '--short', 'HEAD') + (changed ? ', with changes' : '')
  } catch {
    return 'unknown'
  }
}
