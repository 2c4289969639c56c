import type { Limit, Policy } from '../types.ts'
import { checkName, toKey } from './names.ts'
import type { Node, NodeChild } from './scope.ts'

/** Says what is wrong with a definition, with the remedy, before anything is compiled. */
export function checkNode({ kind, name, policy, input, output, children }: Node): void {
  checkName(name, `A ${kind}`)
  const owner = `${kind} ${name}`
  checkPolicy(owner, policy)
  checkSchema(owner, 'input', input)
  checkSchema(owner, 'output', output)
  if (children) checkChildren(owner, children)
}

/** Siblings are told apart by their keys; two of the same would silently replace each other. */
function checkChildren(owner: string, children: readonly NodeChild[]): void {
  if (children.length === 0) throw new TypeError(`${owner} has no children. Give it at least one.`)
  const seen = new Set<string>()
  for (const { key, text } of children) {
    const state = text ? toKey(key) : checkName(key, `A child of ${owner}`)
    if (seen.has(state)) {
      throw new TypeError(
        `${owner} has two children named ${JSON.stringify(key)}. Rename one: child.as('other'), or fn({ name: 'other', … }) around a plain function.`,
      )
    }
    seen.add(state)
  }
}

function checkSchema(owner: string, field: string, schema: unknown): void {
  if (schema === undefined) return
  const validates = (schema as { '~standard'?: { validate?: unknown } } | null)?.['~standard']?.validate
  if (typeof validates !== 'function') {
    throw new TypeError(`${owner}: ${field} is no schema. Give a Standard Schema, such as z.object({ … }) of zod 4.`)
  }
}

function checkPolicy(owner: string, { retry, timeout, limit }: Policy): void {
  checkMs(owner, 'timeout', timeout)
  if (limit !== undefined && typeof (limit as Partial<Limit> | null)?.enter !== 'function') {
    throw new TypeError(`${owner}: limit is no limit. Give one: limit({ concurrency: 4 }).`)
  }
  if (retry === undefined) return
  if (!Number.isInteger(retry.attempts) || retry.attempts < 1) {
    throw new TypeError(
      `${owner}: retry.attempts is ${String(retry.attempts)}. It counts tries in all: give a whole number from 1 up.`,
    )
  }
  if (retry.when !== undefined && typeof retry.when !== 'function') {
    throw new TypeError(`${owner}: retry.when is no function. Give (error) => boolean, or leave it out.`)
  }
  const { initial, factor, max } = retry.backoff ?? {}
  for (const [field, value] of Object.entries({ initial, factor, max })) {
    if (value !== undefined && !(value >= 0)) {
      throw new TypeError(
        `${owner}: retry.backoff.${field} is ${String(value)}. Give a number from 0 up (delays are in ms).`,
      )
    }
  }
}

export function checkMs(owner: string, field: string, ms: unknown): void {
  if (ms === undefined) return
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms <= 0) {
    throw new TypeError(`${owner}: ${field} is ${String(ms)}. Give milliseconds, more than 0, or leave it out.`)
  }
}
