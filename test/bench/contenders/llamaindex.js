import { createWorkflow, workflowEvent } from '@llamaindex/workflow-core'
import { checkChain, checkMap, checkParallel, itemsOf, leaf } from './leaf.js'
import { versionOf } from './version.js'

/** Sends the first event, and gives the data of the last ones, as many as there are to be. */
async function collect(workflow, first, last, count) {
  const { stream, sendEvent } = workflow.createContext()
  sendEvent(first)
  const outputs = []
  for await (const event of stream) {
    if (last.include(event) && outputs.push(event.data) === count) return outputs
  }
  throw new Error(`LlamaIndex's stream ended after ${outputs.length} of ${count}`)
}

function chain(length, run = leaf) {
  const events = Array.from({ length: length + 1 }, () => workflowEvent())
  const workflow = createWorkflow()
  for (const index of itemsOf(length)) {
    workflow.handle([events[index]], async (_, { data }) => events[index + 1].with(await run(data)))
  }
  return async () => checkChain((await collect(workflow, events[0].with(0), events[length], 1))[0], length)
}

function parallel(width, run = leaf) {
  const [start, done] = [workflowEvent(), workflowEvent()]
  const events = Array.from({ length: width }, () => workflowEvent())
  const workflow = createWorkflow()
  workflow.handle([start], ({ sendEvent }, { data }) => {
    for (const event of events) sendEvent(event.with(data))
  })
  for (const event of events) workflow.handle([event], async (_, { data }) => done.with(await run(data)))
  return async () => checkParallel(await collect(workflow, start.with(1), done, width), width)
}

function map(count, run = leaf) {
  const items = itemsOf(count)
  const [start, item, done] = [workflowEvent(), workflowEvent(), workflowEvent()]
  const workflow = createWorkflow()
  workflow.handle([start], ({ sendEvent }, { data }) => {
    for (const [place, value] of data.entries()) sendEvent(item.with({ place, value }))
  })
  workflow.handle([item], async (_, { data: { place, value } }) => done.with({ place, output: await run(value) }))
  return async () => {
    const outputs = []
    for (const { place, output } of await collect(workflow, start.with(items), done, count)) outputs[place] = output
    checkMap(outputs, count)
  }
}

export const contender = {
  name: 'LlamaIndex workflow-core',
  version: versionOf('@llamaindex/workflow-core'),
  modules: ['@llamaindex/workflow-core'],
  chain,
  parallel,
  map,
}
