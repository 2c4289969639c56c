import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadContenders } from '../contenders/all.js'
import { timing } from './race.js'

const folder = fileURLToPath(new URL('..', import.meta.url))
const script = `
const start = performance.now()
for (const name of process.argv.slice(1)) await import(name)
console.log(performance.now() - start)
`

/** Ms to import each contender's library, in a process that has loaded nothing else; rounds interleaved. */
export async function measure({ rounds, progress }) {
  const contenders = (await loadContenders()).filter(({ modules }) => modules)
  const taken = Object.fromEntries(contenders.map(({ key }) => [key, []]))
  for (let round = 0; round < rounds; round++) {
    progress(`imports, round ${round + 1}`)
    for (const { key, modules } of contenders) taken[key].push(await importOnce(modules))
  }
  return Object.fromEntries(Object.entries(taken).map(([key, values]) => [key, timing(values)]))
}

async function importOnce(modules) {
  const args = ['--no-warnings', '--input-type=module', '--eval', script, '--', ...modules]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder })
  return Number(stdout.trim().split('\n').at(-1))
}
