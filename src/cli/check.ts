import { check, type Finding } from '../analysis/index.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, requireFile, fileOption, jsonOption, colorOutput, analysisCommand } from './analysis-command.ts'

const severityMarks = { error: ['✖', 'red'], warning: ['▲', 'yellow'], info: ['·', 'gray'] } as const

/** `tinyllm check FILE`: what is wrong with the pipeline of a module. The exit code is 1 on errors and warnings. */
export const checkCommand = analysisCommand({
  name: 'check',
  description: 'Finds what types cannot: steps that never run, missing fields, waits without a timeout',
  options: { ...fileOption, ...exportOption, ...jsonOption },
  run: async (given) => {
    const file = requireFile(given.file, 'check')
    const pipeline = pickPipeline(await loadModule(file), file, given.export)
    const findings = check(pipeline)
    const ok = findings.every(({ severity }) => severity === 'info')
    return { ok, text: given.json ? JSON.stringify({ ok, findings }) : formatFindings(pipeline.name, findings) }
  },
})

function formatFindings(name: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `${colorOutput('green', '✔')} ${name}: no problems found.\n`
  const lines = findings.map(({ severity, code, message, remedy }) => {
    const [mark, color] = severityMarks[severity]
    return `${colorOutput(color, mark)} ${message} ${colorOutput('gray', code)}\n    ${remedy}\n`
  })
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count > 1 && severity !== 'info' ? 's' : ''}`]
  })
  return `${lines.join('')}${name}: ${counts.join(', ')}\n`
}
