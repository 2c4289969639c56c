import { createStep, createWorkflow } from '@mastra/core/workflows'
import { z } from 'zod'
import { checkChain, checkMap, checkParallel, concurrency, itemsOf, leaf } from './leaf.js'
import { versionOf } from './version.js'

// A workflow must have schemas; these let everything pass, and are not looked at.
const schemas = { inputSchema: z.any(), outputSchema: z.any() }
const workflow = (id) => createWorkflow({ id, ...schemas, options: { validateInputs: false } })
const step = (id, run) => createStep({ id, ...schemas, execute: async ({ inputData }) => run(inputData) })

async function start(workflow, inputData) {
  const run = await workflow.createRun()
  const { status, result, error } = await run.start({ inputData })
  if (status !== 'success') throw new Error(`Mastra ended with ${status}`, { cause: error })
  return result
}

function chain(length, run = leaf) {
  let steps = workflow('chain')
  for (const index of itemsOf(length)) steps = steps.then(step(`s${index}`, run))
  const committed = steps.commit()
  return async () => checkChain(await start(committed, 0), length)
}

function parallel(width, run = leaf) {
  const committed = workflow('parallel')
    .parallel(itemsOf(width).map((index) => step(`r${index}`, run)))
    .commit()
  return async () => checkParallel(await start(committed, 1), width)
}

function map(count, run = leaf) {
  const items = itemsOf(count)
  const committed = workflow('map').foreach(step('each', run), { concurrency }).commit()
  return async () => checkMap(await start(committed, items), count)
}

export const contender = {
  name: 'Mastra',
  version: versionOf('@mastra/core'),
  modules: ['@mastra/core/workflows'],
  chain,
  parallel,
  map,
}
