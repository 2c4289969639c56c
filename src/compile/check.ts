import { checkOptions, POLICY_OPTIONS } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import {
  checkNumber,
  DELAY_RANGE,
  NON_NEGATIVE,
  numberBetween,
  type NumberRange,
  POSITIVE_INTEGER,
  TIMEOUT_RANGE,
} from '../border/ranges.ts'
import { attempt } from '../border/shape.ts'
import { type Timeouts, timeoutsOf } from '../border/timeouts.ts'
import type { Limit, Policy, StandardSchema } from '../types.ts'
import { checkDepth } from './depth.ts'
import { checkName, toKey } from './names.ts'
import type { Node, NodeChild } from './scope.ts'

/** Throws a `TypeError` for an invalid definition, before it is compiled. */
export function checkNode(node: Node): void {
  const { kind, name, policy, input, output, children } = node
  checkName(name, `${/^[aeiou]/i.test(kind) ? 'An' : 'A'} ${kind}`)
  const owner = `${kind} ${name}`
  checkPolicy(owner, policy)
  checkIdle(owner, node)
  checkFeedback(owner, node)
  checkSchema(owner, 'input', input)
  checkSchema(owner, 'output', output)
  if (children) checkChildren(owner, children)
  checkDepth(owner, node)
}

/** Keys of siblings must be unique: one would silently replace the other. */
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
  const validates = attempt(() => (schema as StandardSchema | null)?.['~standard']?.validate)
  if (typeof validates !== 'function') {
    throw new TypeError(
      `${owner}: ${field} is not a schema but ${formatValue(schema)}. Give a Standard Schema, such as z.object({ … }) of zod 4.`,
    )
  }
}

function checkPolicy(owner: string, policy: Policy): void {
  const { retry, timeout, limit, description, tags, meta, verbose } = policy
  checkOptions(owner, policy, POLICY_OPTIONS)
  checkTimeout(owner, timeout)
  if (limit !== undefined && typeof (limit as Partial<Limit> | null)?.enter !== 'function') {
    throw new TypeError(
      `${owner}: limit is not a limit but ${formatValue(limit)}. Give one: limit({ concurrency: 4 }).`,
    )
  }
  if (retry !== undefined) checkRetry(owner, retry)
  const is = (field: string, right: boolean, words: string) => {
    if (!right)
      throw new TypeError(`${owner}: ${field} is ${formatValue(policy[field as keyof Policy])}. Give ${words}.`)
  }
  is('description', description === undefined || typeof description === 'string', 'a string')
  is(
    'tags',
    tags === undefined || (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')),
    'an array of strings',
  )
  is('meta', meta === undefined || (typeof meta === 'object' && meta !== null), 'an object')
  checkFlag(owner, 'verbose', verbose)
}

function checkTimeout(owner: string, timeout: unknown): void {
  if (typeof timeout !== 'object' || timeout === null || Array.isArray(timeout))
    return checkNumber(owner, 'timeout', timeout, TIMEOUT_RANGE)
  checkOptions(`${owner}: timeout`, timeout, ['attempt', 'idle'])
  const { attempt, idle } = timeout as Timeouts
  // { attempt: undefined } is the same as no timeout; {} is an error.
  checkNumber(owner, 'timeout.attempt', attempt, TIMEOUT_RANGE, { required: Object.keys(timeout).length === 0 })
  checkNumber(owner, 'timeout.idle', idle, TIMEOUT_RANGE)
}

/** A function that waits for an external event emits nothing while it waits. */
function checkIdle(owner: string, { policy, facts }: Node): void {
  if (timeoutsOf(policy.timeout).idle === undefined || !facts?.events) return
  throw new TypeError(
    `${owner}: timeout.idle is for functions that work, and this one only waits. Use timeout.attempt.`,
  )
}

function checkFeedback(owner: string, { policy, takesFeedback }: Node): void {
  if (!policy.retry?.feedback || takesFeedback) return
  throw new TypeError(
    `${owner}: retry.feedback is for functions that call a model. Set it on the llmCall or openAIChat.`,
  )
}

function checkRetry(owner: string, retry: NonNullable<Policy['retry']>): void {
  checkOptions(`${owner}: retry`, retry, ['attempts', 'feedback', 'backoff', 'when'])
  const { attempts, feedback, backoff, when } = retry
  checkNumber(owner, 'retry.attempts', attempts, POSITIVE_INTEGER, {
    required: true,
    note: 'It counts all attempts, including the first. ',
  })
  if (when !== undefined && typeof when !== 'function') {
    throw new TypeError(
      `${owner}: retry.when is not a function but ${formatValue(when)}. Give (error) => boolean, or leave it out.`,
    )
  }
  checkFlag(owner, 'retry.feedback', feedback)
  if (backoff === undefined) return
  checkOptions(`${owner}: retry.backoff`, backoff, ['initial', 'factor', 'max', 'jitter'])
  const { initial, factor, max, jitter } = backoff
  checkNumber(owner, 'retry.backoff.initial', initial, DELAY_RANGE)
  checkNumber(owner, 'retry.backoff.max', max, DELAY_RANGE)
  checkNumber(owner, 'retry.backoff.factor', factor, max === undefined ? FACTOR : NON_NEGATIVE)
  checkFlag(owner, 'retry.backoff.jitter', jitter)
}

function checkFlag(owner: string, field: string, flag: unknown): void {
  if (flag !== undefined && typeof flag !== 'boolean')
    throw new TypeError(`${owner}: ${field} is ${formatValue(flag)}. Give true or false.`)
}

/** The range without a `max`: with a larger factor, the second delay would be a day. */
const FACTOR: NumberRange = { ...numberBetween(0, 100), description: 'a number from 0 to 100, or a max beside it' }
