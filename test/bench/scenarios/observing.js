import { checkChain } from '../contenders/leaf.js'
import { pipelines } from '../contenders/pipelines.js'
import { race } from './race.js'

/** Ms for a chain that nobody watches, that an inspector watches, and that is read as a stream, on both interpreters. */
export async function measure({ length, pace, progress }) {
  progress('observers')
  const pipeline = pipelines.chain(length)
  const observers = {
    nobody: () => pipeline.run,
    // XState builds its events only for somebody who looks.
    counting: () => (input, options) => {
      let count = 0
      return pipeline.run(input, { ...options, inspect: () => count++ })
    },
    // A chart that is drawn live needs the state after every event.
    reading: () => (input, options) => {
      let value
      const inspect = ({ type, snapshot }) => (value = type === '@xstate.snapshot' ? snapshot.value : value)
      return pipeline.run(input, { ...options, inspect })
    },
    streaming: () => async (input, options) => {
      let output
      for await (const event of pipeline.stream(input, options)) output = event.output
      return output
    },
  }
  const entries = ['fast', 'stock'].flatMap((engine) =>
    Object.entries(observers).map(([name, observer]) => {
      const run = observer()
      return { key: `${engine} ${name}`, run: async () => checkChain(await run(0, { engine }), length) }
    }),
  )
  return { length, ...(await race(entries, pace)) }
}
