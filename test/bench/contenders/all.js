/** By file name, in the order of the tables. */
export const contenderNames = ['tinyllm', 'tinyllm-stock', 'xstate', 'langgraph', 'mastra', 'llamaindex', 'promises']

/** Those that ours is held against. */
export const peerNames = ['langgraph', 'mastra', 'llamaindex']

export const loadContender = async (name) => (await import(`./${name}.js`)).contender

/** All that load with this Node; why the others do not. */
export const loadContenders = (names = contenderNames) => loadAll(names, loadContender)

export async function loadAll(names, load) {
  const loaded = []
  for (const key of names) {
    try {
      const { name, version, ...kinds } = await load(key)
      loaded.push({ key, name, version, ...kinds })
    } catch (error) {
      loaded.push({ key, name: key, version: '–', problem: String(error.message).split('\n')[0] })
    }
  }
  return loaded
}
