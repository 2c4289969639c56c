import { check, type Finding } from '../testing/index.ts'
import { loadModule } from './load.ts'
import { pickPipelines } from './pipeline.ts'
import { exportOption, fileOf, fileOption, jsonOption, nameIn, paint, reading } from './reading.ts'

const marks = { error: ['✖', 'red'], warning: ['▲', 'yellow'], info: ['·', 'gray'] } as const

/** `tinyllm check FILE`: what is wrong with the pipelines of a module. The exit code is 1 on errors and warnings. */
export const checkCommand = reading({
  name: 'check',
  description: 'Looks for what types cannot see: dead ends, fields that nobody gives, waits without an end',
  args: { ...fileOption, ...exportOption, ...jsonOption },
  run: async (given) => {
    const file = fileOf(given, 'check')
    const found = pickPipelines(await loadModule(file), file, nameIn(given)).map((fn) => ({ fn, findings: check(fn) }))
    const all = found.flatMap(({ findings }) => findings)
    const ok = all.every(({ severity }) => severity === 'info')
    if (given.json) return { ok, text: JSON.stringify({ ok, findings: all }) }
    return { ok, text: found.map(({ fn, findings }) => told(fn.name, findings)).join('\n') }
  },
})

function told(name: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `${paint('green', '✔')} ${name}: nothing was found.\n`
  const lines = findings.map(({ severity, code, message, remedy }) => {
    const [mark, color] = marks[severity]
    return `${paint(color, mark)} ${message} ${paint('gray', code)}\n    ${remedy}\n`
  })
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count > 1 && severity !== 'info' ? 's' : ''}`]
  })
  return `${lines.join('')}${name}: ${counts.join(', ')}\n`
}
