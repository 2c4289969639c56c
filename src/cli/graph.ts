import { mermaid, svg } from '../analysis/index.ts'
import type { AnyFn } from '../types.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, fileOf, fileOption, reading } from './reading.ts'

const formats = {
  mermaid,
  svg,
  json: ({ machine }) => JSON.stringify(machine.config, null, 2),
} satisfies Record<string, (fn: AnyFn) => string>
const names = Object.keys(formats)

/** `tinyllm graph FILE --format mermaid|svg|json`: a picture of a pipeline, or its chart as data, on standard output. */
export const graphCommand = reading({
  name: 'graph',
  description: 'Draws a pipeline',
  options: {
    ...fileOption,
    ...exportOption,
    format: { type: 'string', valueHint: names.join('|'), choices: names, description: 'mermaid by default' },
  },
  run: async (given) => {
    const file = fileOf(given.file, 'graph')
    const draw = formats[(given.format ?? 'mermaid') as keyof typeof formats]
    return { text: draw(pickPipeline(await loadModule(file), file, given.export)) }
  },
})
