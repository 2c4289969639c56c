import { coverPaths, type Path, paths } from '../testing/index.ts'
import { CliError } from './failure.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, fileOf, fileOption, type Given, jsonOption, nameIn, paint, reading } from './reading.ts'

/** `tinyllm paths FILE`: every way through a pipeline, in words; with `--cover`, each is run and the coverage told. */
export const pathsCommand = reading({
  name: 'paths',
  description: 'Shows every way through a pipeline: failures, retries, timeouts, choices',
  args: {
    ...fileOption,
    ...exportOption,
    ...jsonOption,
    simple: { type: 'boolean', description: 'Every way without a circle, not only the shortest' },
    max: { type: 'string', valueHint: 'NUMBER', description: 'How many paths at most (1000)' },
    cover: { type: 'boolean', description: 'Runs the pipeline along each, its leaves simulated' },
  },
  run: async (given) => {
    const file = fileOf(given, 'paths')
    const pipeline = pickPipeline(await loadModule(file), file, nameIn(given))
    const options = { mode: given.simple ? 'simple' : 'shortest', maxPaths: numberIn(given) } as const
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
    const bound = found.bound === undefined ? [] : ['', paint('yellow', `Bounded: ${found.bound}.`)]
    return { text: [...found.map(told), '', `${found.length} paths`, ...bound].join('\n') }
  },
})

function told({ description, end }: Path): string {
  const mark = end.state === 'complete' ? paint('green', '✔') : paint('red', '✖')
  return `${mark} ${description}`
}

function numberIn({ max }: Given): number {
  const number = Number(max ?? 1000)
  if (Number.isInteger(number) && number > 0) return number
  throw new CliError(`--max ${String(max)} is no number of paths. Give a whole number from 1 up.`)
}
