import { definitionOf } from '../testing/definition.ts'
import { mermaidOf } from '../testing/picture/mermaid.ts'
import { svgOf } from '../testing/picture/svg.ts'
import type { AnyFn } from '../types.ts'
import { CliError } from './failure.ts'
import { loadModule } from './load.ts'
import { pickPipeline } from './pipeline.ts'
import { exportOption, fileOf, fileOption, nameIn, reading } from './reading.ts'

const formats: Readonly<Record<string, (fn: AnyFn) => string>> = {
  mermaid: (fn) => mermaidOf(definitionOf(fn)),
  svg: (fn) => svgOf(definitionOf(fn)),
  json: ({ machine }) => JSON.stringify(machine.config, null, 2),
}

/** `tinyllm graph FILE --format mermaid|svg|json`: a picture of a pipeline, or its chart as data, on standard output. */
export const graphCommand = reading({
  name: 'graph',
  description: 'Draws a pipeline',
  args: {
    ...fileOption,
    ...exportOption,
    format: { type: 'string', valueHint: Object.keys(formats).join('|'), description: 'mermaid by default' },
  },
  run: async (given) => {
    const file = fileOf(given, 'graph')
    const format = String(given.format ?? 'mermaid')
    const draw = Object.hasOwn(formats, format) ? formats[format] : undefined
    if (!draw) throw new CliError(`There is no format ${format}. Give one of ${Object.keys(formats).join(', ')}.`)
    return { text: draw(pickPipeline(await loadModule(file), file, nameIn(given))) }
  },
})
