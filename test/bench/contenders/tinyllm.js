import { readFileSync } from 'node:fs'
import { onPipelines } from './pipelines.js'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

export const contender = {
  ...onPipelines({ name: 'tinyllm', version, options: { engine: 'fast' } }),
  modules: [new URL('../../../dist/index.js', import.meta.url).href],
}
