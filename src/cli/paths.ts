import { coverPaths, type Path, paths } from '../testing/index.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, requireFile, fileOption, jsonOption, colorOutput, analysisCommand } from './analysis-command.ts'
import { parseInteger } from './parse-arguments.ts'

/** `tinyllm paths FILE`: lists every path through a pipeline; with `--cover`, runs each and prints the coverage. */
export const pathsCommand = analysisCommand({
  name: 'paths',
  description: 'Lists every path through a pipeline: failures, retries, timeouts, choices',
  options: {
    ...fileOption,
    ...exportOption,
    ...jsonOption,
    simple: { type: 'boolean', description: 'Every path without a cycle, not only the shortest' },
    max: { type: 'string', valueHint: 'NUMBER', description: 'How many paths at most; 1000 by default' },
    cover: { type: 'boolean', description: 'Runs the pipeline along each path, with simulated leaves' },
  },
  run: async (given) => {
    const file = requireFile(given.file, 'paths')
    const maxPaths = parseInteger('max', given.max ?? '1000', 1, Infinity, 'number of paths')
    const pipeline = pickPipeline(await loadModule(file), file, given.export)
    const options = { mode: given.simple ? 'simple' : 'shortest', maxPaths } as const
    if (given.cover) {
      const report = await coverPaths(pipeline, options)
      const { ok, states, transitions, missing, forced, bound } = report
      const data = { ok, states, transitions, missing, forced, bound, paths: report.paths }
      return { ok, text: given.json ? JSON.stringify(data) : String(report) }
    }
    const found = paths(pipeline, options)
    if (given.json) {
      return {
        text: JSON.stringify({
          paths: found.map(({ description, end }) => ({ description, end })),
          bound: found.bound,
        }),
      }
    }
    const bound = found.bound === undefined ? [] : ['', colorOutput('yellow', `Bounded: ${found.bound}.`)]
    return { text: [...found.map(formatPath), '', `${found.length} paths`, ...bound].join('\n') }
  },
})

function formatPath({ description, end }: Path): string {
  const mark = end.state === 'complete' ? colorOutput('green', '✔') : colorOutput('red', '✖')
  return `${mark} ${description}`
}
