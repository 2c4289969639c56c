import { chain, fn, map, parallel } from '../../../dist/index.js'
import { checkChain, checkMap, checkParallel, concurrency, itemsOf, leaf } from './leaf.js'

const step = (name, run) => fn({ name, run })
const named = (prefix, count, run) => Array.from({ length: count }, (_, index) => step(`${prefix}${index}`, run))

/** Ours, as a user writes them; the other scenarios take the same ones. */
export const pipelines = {
  chain: (length, run = leaf) => chain({ name: 'chain', children: named('s', length, run) }),
  parallel: (width, run = leaf) =>
    parallel({ name: 'parallel', children: Object.fromEntries(named('r', width, run).map((fn) => [fn.name, fn])) }),
  map: (run = leaf) => map({ name: 'map', each: step('each', run), concurrency }),
}

/** A contender that runs them with some options. */
export function onPipelines({ name, version, options }) {
  return {
    name,
    version,
    chain(length, run) {
      const pipeline = pipelines.chain(length, run)
      return async () => checkChain(await pipeline.run(0, options), length)
    },
    parallel(width, run) {
      const pipeline = pipelines.parallel(width, run)
      return async () => checkParallel(await pipeline.run(1, options), width)
    },
    map(count, run) {
      const pipeline = pipelines.map(run)
      const items = itemsOf(count)
      return async () => checkMap(await pipeline.run(items, options), count)
    },
  }
}
