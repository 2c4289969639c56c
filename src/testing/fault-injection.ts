import type { Work } from '../compile/call.ts'
import { fn as leaf } from '../nodes/function.ts'
import { checkOptions } from '../border/options.ts'
import { checkNumber, COUNT, DELAY } from '../border/ranges.ts'
import { LONGEST_TIMER } from '../border/times.ts'
import type { AnyFn, RunContext } from '../types.ts'
import { allDefinitions, definitionOf, type Definition } from '../analysis/definition.ts'

/** When a fault strikes: on these attempts (from 1), or on every one. */
export type FaultOptions = {
  readonly attempts?: number | readonly number[]
}

/**
 * The same pipeline, one function of which fails: a leaf, or a whole composite (on every attempt).
 *
 * @example
 * const flaky = fail(creditAnalysis, 'creditAnalysis.deciding.chat', { attempts: [1, 2], error: new Error('503') })
 */
export function fail<F extends AnyFn>(fn: F, path: string, options: FaultOptions & { error?: unknown } = {}): F {
  checkOptions('fail', options, ['attempts', 'error'])
  const { error, ...when } = options
  return faulty(fn, path, when, () => {
    throw error ?? new Error('This failure was injected.')
  })
}

/**
 * The same pipeline, one leaf of which takes `ms` milliseconds longer.
 *
 * @example
 * const slow = delay(creditAnalysis, 'creditAnalysis.bad.emailNotification', 500)
 */
export function delay<F extends AnyFn>(fn: F, path: string, ms: number, when: FaultOptions = {}): F {
  checkNumber('delay', 'ms', ms, DELAY, { required: true })
  return faulty(fn, path, when, async (work, input, ctx) => {
    await waited(ctx.signal, Math.min(ms, LONGEST_TIMER))
    return work(input as never, ctx)
  })
}

/**
 * The same pipeline, one function of which never ends by itself: only a timeout, a cancel or a sibling's failure ends it.
 *
 * @example
 * const stuck = hang(creditAnalysis, 'creditAnalysis.deciding.chat')
 */
export function hang<F extends AnyFn>(fn: F, path: string, when: FaultOptions = {}): F {
  return faulty(fn, path, when, (_, __, { signal }) => waited(signal))
}

/**
 * The same pipeline, one leaf of which does its work, and then its answer is lost on the way: what it did is done, and a
 * retry does it again. That is what `ctx.idempotencyKey` is for.
 *
 * @example
 * const twice = cut(order, 'order.pay', { attempts: 1 })
 */
export function cut<F extends AnyFn>(fn: F, path: string, when: FaultOptions = {}): F {
  return faulty(fn, path, when, async (work, input, ctx) => {
    await work(input as never, ctx)
    throw new Error('The connection was cut before the answer came.')
  })
}

type Fault = (work: Work, input: unknown, ctx: RunContext) => unknown

function faulty<F extends AnyFn>(fn: F, path: string, when: FaultOptions, fault: Fault): F {
  checkOptions(`The fault at ${path}`, when, ['attempts'])
  const { attempts } = when
  for (const attempt of attempts === undefined ? [] : [attempts].flat())
    checkNumber(`The fault at ${path}`, 'attempts', attempt, COUNT, { note: 'It names attempts, the first is 1. ' })
  const definition = partAt(fn, path)
  const strikes = [attempts ?? []].flat()
  const { run } = definition.node.facts ?? {}
  if (run && definition.node.swap) {
    const work: Work = (input: unknown, ctx) =>
      attempts === undefined || strikes.includes(ctx.attempt) ? fault(run, input, ctx) : run(input as never, ctx)
    return fn.override(path, work) as F
  }
  if (attempts !== undefined) {
    throw new TypeError(
      `${path} is a ${definition.node.kind}, which has no attempts of a leaf. Leave attempts out, or name a leaf in it.`,
    )
  }
  const nothing: Work = () => {
    throw new TypeError(
      `${path} is a ${definition.node.kind}, and only a leaf can be delayed or cut. Name a leaf in it.`,
    )
  }
  const stand = leaf({ name: definition.node.name, run: (input: unknown, ctx) => fault(nothing, input, ctx) })
  return fn.override(path, stand) as F
}

function partAt(fn: AnyFn, path: string): Definition {
  const definitions = allDefinitions(definitionOf(fn))
  const definition = definitions.find((each) => each.path === path)
  if (definition) return definition
  throw new TypeError(`${fn.name} has no function ${path}. It has: ${definitions.map((each) => each.path).join(', ')}.`)
}

/** Waits, for ever if no time is given, and gives up with its signal. */
function waited(signal: AbortSignal, ms?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
