import { z } from 'zod'
import { chain, fn, limit, parallel } from '../../../dist/index.js'
import { leaf } from './leaf.js'

const number = z.number()

/** What users put on the functions that call a model; each function of a pipeline has it, and one limit is shared. */
export const policies = {
  plain: () => ({}),
  limit: () => ({ limit: limit({ concurrency: 16 }) }),
  retry: () => ({ retry: { attempts: 3, backoff: { initial: 100 } } }),
  timeout: () => ({ timeout: 60_000 }),
  schemas: () => ({ input: number, output: number }),
  together: () => ({ ...policies.limit(), ...policies.retry(), ...policies.timeout(), ...policies.schemas() }),
}

const named = (count, policyOf) =>
  Array.from({ length: count }, (_, place) => fn({ name: `f${place}`, run: leaf, ...policyOf(place) }))

/** The shapes, by kind: functions of one policy, and in a parallel one with a limit among those without. */
export const shapes = {
  chain: (length, name) => {
    const policy = policies[name]()
    return chain({ name: 'chain', children: named(length, () => policy) })
  },
  parallel: (width, name) => {
    const policy = policies[name === 'one limit' ? 'limit' : name]()
    const children = named(width, (place) => (name === 'one limit' && place !== width >> 1 ? {} : policy))
    return parallel({ name: 'parallel', children: Object.fromEntries(children.map((child) => [child.name, child])) })
  },
}
