import { loadAll } from '../all.js'

/** By file name, in the order of the tables. */
export const agentNames = ['tinyllm', 'ai-sdk', 'openai-agents', 'promises']

/** Those that ours is held against. */
export const agentPeers = ['ai-sdk', 'openai-agents']

/** All that load with this Node; why the others do not. */
export const loadAgents = (names = agentNames) =>
  loadAll(names, async (name) => (await import(`./${name}.js`)).contender)
