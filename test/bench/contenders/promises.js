import { checkChain, checkMap, checkParallel, concurrency, itemsOf, leaf } from './leaf.js'

/** What the same work costs without any library. */
export const contender = {
  name: 'plain promises',
  version: '–',
  chain: (length, run = leaf) => {
    const steps = Array.from({ length }, () => run)
    return async () => {
      let value = 0
      for (const step of steps) value = await step(value)
      checkChain(value, length)
    }
  },
  parallel: (width, run = leaf) => {
    const regions = Array.from({ length: width }, () => run)
    return async () => checkParallel(await Promise.all(regions.map((region) => region(1))), width)
  },
  map: (count, run = leaf) => {
    const items = itemsOf(count)
    return async () => {
      const outputs = []
      let next = 0
      const work = async () => {
        while (next < count) {
          const place = next++
          outputs[place] = await run(items[place])
        }
      }
      await Promise.all(Array.from({ length: concurrency }, work))
      checkMap(outputs, count)
    }
  },
}
