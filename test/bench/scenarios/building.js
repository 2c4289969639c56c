import { createActor, StateMachine } from 'xstate'
import { pipelines } from '../contenders/pipelines.js'
import { race } from './race.js'

/**
 * Ms from the config of a chain to a machine, ours against XState's own class on the very same config; to a machine
 * that has started a run, since either may put off some of its work; and from nothing at all, with what compiles
 * functions to a config.
 */
export async function measure({ sizes, pace, progress }) {
  const results = {}
  for (const size of sizes) {
    progress(`building ${size} functions`)
    const { machine } = pipelines.chain(size)
    const { config, implementations } = machine
    const ours = () => new machine.constructor(config, implementations)
    const stock = () => new StateMachine(config, implementations)
    const started = (build) => () => createActor(build(), { input: 0 }).start().stop()
    const entries = {
      ours,
      stock,
      oursStarted: started(ours),
      stockStarted: started(stock),
      whole: () => pipelines.chain(size).machine,
    }
    const timings = await race(
      Object.entries(entries).map(([key, run]) => ({ key, run })),
      pace,
    )
    results[size] = { states: countStates(config), ...timings }
  }
  return results
}

const countStates = ({ states = {} }) => Object.values(states).reduce((sum, state) => sum + countStates(state), 1)
