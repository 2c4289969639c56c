import { diff } from '../analysis/index.ts'
import { CliError } from './cli-error.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, jsonOption, colorOutput, analysisCommand } from './analysis-command.ts'

const colors = { '+': 'green', '−': 'red', '~': 'yellow' } as const

/** `tinyllm diff A B`: what changed between two pipelines. The exit code is 1 if anything did, as with `diff`. */
export const diffCommand = analysisCommand({
  name: 'diff',
  description: 'Shows what changed between two pipelines: states, schemas, prompts, policies, code',
  options: {
    before: { type: 'positional', description: 'The module of the first pipeline' },
    after: { type: 'positional', description: 'The module of the second' },
    ...exportOption,
    ...jsonOption,
    mermaid: { type: 'boolean', description: 'Prints the second pipeline as Mermaid, with the changes highlighted' },
  },
  run: async (given) => {
    const { before, after } = given
    if (!before || !after) throw new CliError('Two files are needed: tinyllm diff before.ts after.ts')
    if (given.json && given.mermaid) throw new CliError('Both --json and --mermaid were given. Give one of them.')
    const load = async (file: string) => pickPipeline(await loadModule(file), file, given.export)
    const found = diff(await load(before), await load(after))
    const { isSame: ok, functions, states, transitions, changes, resumes } = found
    if (given.mermaid) return { ok, text: found.mermaid() }
    if (given.json)
      return { ok, text: JSON.stringify({ isSame: ok, functions, states, transitions, changes, resumes }) }
    return { ok, text: String(found).split('\n').map(colorChange).join('\n') }
  },
})

function colorChange(line: string): string {
  const color = colors[line.trimStart()[0] as keyof typeof colors]
  return color ? colorOutput(color, line) : line
}
