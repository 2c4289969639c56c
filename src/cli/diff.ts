import { diff } from '../analysis/index.ts'
import { CliError } from './failure.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, jsonOption, paint, reading } from './reading.ts'

const colors = { '+': 'green', '−': 'red', '~': 'yellow' } as const

/** `tinyllm diff A B`: what changed between two pipelines. The exit code is 1 if anything did, as with `diff`. */
export const diffCommand = reading({
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
    return { ok, text: String(found).split('\n').map(colored).join('\n') }
  },
})

function colored(line: string): string {
  const color = colors[line.trimStart()[0] as keyof typeof colors]
  return color ? paint(color, line) : line
}
