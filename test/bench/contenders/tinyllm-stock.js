import { onPipelines } from './pipelines.js'
import { versionOf } from './version.js'

export const contender = onPipelines({
  name: "tinyllm, engine: 'stock'",
  version: `XState ${versionOf('xstate')}`,
  options: { engine: 'stock' },
})
