import { mermaid, svg } from '../analysis/index.ts'
import type { AnyFn } from '../types.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, requireFile, fileOption, analysisCommand } from './analysis-command.ts'

const formats = {
  mermaid,
  svg,
  json: ({ machine }) => JSON.stringify(machine.config, null, 2),
} satisfies Record<string, (fn: AnyFn) => string>
const formatNames = Object.keys(formats)

/** `tinyllm graph FILE --format mermaid|svg|json`: a picture of a pipeline, or its chart as data, on standard output. */
export const graphCommand = analysisCommand({
  name: 'graph',
  description: 'Draws a pipeline',
  options: {
    ...fileOption,
    ...exportOption,
    format: {
      type: 'string',
      valueHint: formatNames.join('|'),
      choices: formatNames,
      description: 'mermaid by default',
    },
  },
  run: async (given) => {
    const file = requireFile(given.file, 'graph')
    const draw = formats[(given.format ?? 'mermaid') as keyof typeof formats]
    return { text: draw(pickPipeline(await loadModule(file), file, given.export)) }
  },
})
