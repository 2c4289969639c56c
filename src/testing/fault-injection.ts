import type { Work } from '../compile/leaf-input.ts'
import { fn as leaf } from '../nodes/function.ts'
import { checkOptions } from '../border/options.ts'
import { checkNumber, POSITIVE_INTEGER, DELAY_RANGE } from '../border/ranges.ts'
import { MAX_TIMER_DELAY } from '../border/timeouts.ts'
import type { AnyFn, RunContext } from '../types.ts'
import { allDefinitions, definitionOf, type Definition } from '../analysis/definition.ts'

/** The attempts (the first is 1) on which a fault is injected; every attempt by default. */
export type FaultOptions = {
  readonly attempts?: number | readonly number[]
}

/**
 * The same pipeline with a function that fails: a leaf, or a composite (on every attempt).
 *
 * @example
 * const flaky = fail(creditAnalysis, 'creditAnalysis.deciding.chat', { attempts: [1, 2], error: new Error('503') })
 */
export function fail<F extends AnyFn>(fn: F, path: string, options: FaultOptions & { error?: unknown } = {}): F {
  checkOptions('fail', options, ['attempts', 'error'])
  const { error, ...when } = options
  return withFault(fn, path, when, () => {
    throw error ?? new Error('This failure was injected.')
  })
}

/**
 * The same pipeline with a leaf that takes `ms` milliseconds longer.
 *
 * @example
 * const slow = delay(creditAnalysis, 'creditAnalysis.bad.emailNotification', 500)
 */
export function delay<F extends AnyFn>(fn: F, path: string, ms: number, when: FaultOptions = {}): F {
  checkNumber('delay', 'ms', ms, DELAY_RANGE, { required: true })
  return withFault(fn, path, when, async (work, input, ctx) => {
    await abortableDelay(ctx.signal, Math.min(ms, MAX_TIMER_DELAY))
    return work(input as never, ctx)
  })
}

/**
 * The same pipeline with a function that never ends by itself: only a timeout, a cancel or the failure of a sibling ends it.
 *
 * @example
 * const stuck = hang(creditAnalysis, 'creditAnalysis.deciding.chat')
 */
export function hang<F extends AnyFn>(fn: F, path: string, when: FaultOptions = {}): F {
  return withFault(fn, path, when, (_, __, { signal }) => abortableDelay(signal))
}

/**
 * The same pipeline with a leaf whose result is lost after its work is done, so that a retry does the work again: for tests
 * of `ctx.idempotencyKey`.
 *
 * @example
 * const twice = cut(order, 'order.pay', { attempts: 1 })
 */
export function cut<F extends AnyFn>(fn: F, path: string, when: FaultOptions = {}): F {
  return withFault(fn, path, when, async (work, input, ctx) => {
    await work(input as never, ctx)
    throw new Error('The connection was cut before the answer came.')
  })
}

type Fault = (work: Work, input: unknown, ctx: RunContext) => unknown

function withFault<F extends AnyFn>(fn: F, path: string, when: FaultOptions, fault: Fault): F {
  checkOptions(`The fault at ${path}`, when, ['attempts'])
  const { attempts } = when
  for (const attempt of attempts === undefined ? [] : [attempts].flat())
    checkNumber(`The fault at ${path}`, 'attempts', attempt, POSITIVE_INTEGER, {
      note: 'It names attempts, the first is 1. ',
    })
  const definition = definitionAt(fn, path)
  const faultyAttempts = [attempts ?? []].flat()
  const { run } = definition.node.facts ?? {}
  if (run && definition.node.swap) {
    const work: Work = (input: unknown, ctx) =>
      attempts === undefined || faultyAttempts.includes(ctx.attempt) ? fault(run, input, ctx) : run(input as never, ctx)
    return fn.override(path, work) as F
  }
  if (attempts !== undefined) {
    throw new TypeError(
      `${path} is a ${definition.node.kind}, which has no attempts of a leaf. Leave attempts out, or name a leaf in it.`,
    )
  }
  const noWork: Work = () => {
    throw new TypeError(
      `${path} is a ${definition.node.kind}, and only a leaf can be delayed or cut. Name a leaf in it.`,
    )
  }
  const replacement = leaf({ name: definition.node.name, run: (input: unknown, ctx) => fault(noWork, input, ctx) })
  return fn.override(path, replacement) as F
}

function definitionAt(fn: AnyFn, path: string): Definition {
  const definitions = allDefinitions(definitionOf(fn))
  const definition = definitions.find((each) => each.path === path)
  if (definition) return definition
  throw new TypeError(`${fn.name} has no function ${path}. It has: ${definitions.map((each) => each.path).join(', ')}.`)
}

/** Resolves after `ms`, never without; rejects when the signal aborts. */
function abortableDelay(signal: AbortSignal, ms?: number): Promise<void> {
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
