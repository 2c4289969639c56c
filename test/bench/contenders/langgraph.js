import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph'
import { checkChain, checkMap, checkParallel, concurrency, itemsOf, leaf } from './leaf.js'
import { versionOf } from './version.js'

const list = () => Annotation({ reducer: (a, b) => a.concat(b), default: () => [] })

function chain(length, run = leaf) {
  const graph = new StateGraph(Annotation.Root({ value: Annotation() }))
  const names = itemsOf(length).map((index) => `s${index}`)
  for (const name of names) graph.addNode(name, async ({ value }) => ({ value: await run(value) }))
  for (const [index, name] of names.entries()) graph.addEdge(names[index - 1] ?? START, name)
  const compiled = graph.addEdge(names.at(-1), END).compile()
  const options = { recursionLimit: length + 10 }
  return async () => checkChain((await compiled.invoke({ value: 0 }, options)).value, length)
}

function parallel(width, run = leaf) {
  const graph = new StateGraph(Annotation.Root({ value: Annotation(), outputs: list() }))
  for (const index of itemsOf(width)) {
    graph.addNode(`r${index}`, async ({ value }) => ({ outputs: [await run(value)] }))
    graph.addEdge(START, `r${index}`).addEdge(`r${index}`, END)
  }
  const compiled = graph.compile()
  return async () => checkParallel((await compiled.invoke({ value: 1 })).outputs, width)
}

function map(count, run = leaf) {
  const items = itemsOf(count)
  const compiled = new StateGraph(Annotation.Root({ items: Annotation(), outputs: list() }))
    .addNode('each', async ({ value }) => ({ outputs: [await run(value)] }))
    .addConditionalEdges(START, ({ items }) => items.map((value) => new Send('each', { value })), ['each'])
    .addEdge('each', END)
    .compile()
  const options = { maxConcurrency: concurrency }
  return async () => checkMap((await compiled.invoke({ items }, options)).outputs, count)
}

export const contender = {
  name: 'LangGraph.js',
  version: versionOf('@langchain/langgraph'),
  modules: ['@langchain/langgraph'],
  chain,
  parallel,
  map,
}
