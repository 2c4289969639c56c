import type { HasNode } from '../../compile/scope.ts'
import type { AnyFn } from '../../types.ts'
import { map } from '../map.ts'
import { parallel } from '../parallel.ts'
import type { AgentCall } from './calls.ts'
import type { Tool } from './tools.ts'

/** A region for each tool, in which each call of it is an actor; one that fails is an answer to the model, too. */
export function act(tools: readonly Tool[]): HasNode {
  const callsOf = (name: string) => (calls: readonly AgentCall[]) =>
    calls.flatMap((call) => (call.name === name ? [call.input] : []))
  const regions = tools.map(({ name, fn }) => map({ name, each: fn as unknown as AnyFn, mode: 'settled' }))
  return parallel({
    name: 'act',
    children: Object.fromEntries(regions.map((region) => [region.name, region])),
    inputs: Object.fromEntries(tools.map(({ name }) => [name, callsOf(name)])),
  }) as unknown as HasNode
}
