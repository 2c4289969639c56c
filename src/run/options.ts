import { providedValues } from '../border/provided-values.ts'
import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { checkNumber, TIMEOUT_RANGE } from '../border/ranges.ts'
import { attempt, isAbortSignal, isLogger } from '../border/shape.ts'
import type { RunOptions } from '../types.ts'

/** The check of each option; the type requires each one to be listed. */
const checks: { readonly [K in keyof Required<RunOptions>]: (owner: string, value: unknown) => void } = {
  id: checkThat((id) => typeof id === 'string' && id !== '', 'id', 'a non-empty string'),
  signal: checkThat(isAbortSignal, 'signal', 'an AbortSignal, such as AbortSignal.timeout(5000)'),
  timeout: (owner, value) => checkNumber(owner, 'timeout', value, TIMEOUT_RANGE),
  inspect: checkThat(isObserver, 'inspect', 'a function of inspection events, or an observer with next'),
  logger: checkThat(isLogger, 'logger', 'a logger with debug, info, warn and error, such as createLogger()'),
  provide: (owner, value) => void providedValues(owner, value),
  engine: checkThat((engine) => engine === 'fast' || engine === 'stock', 'engine', "'fast' or 'stock'"),
}
const OPTION_NAMES = Object.keys(checks)

/** Throws a `TypeError` for invalid options of a run. */
export function checkRunOptions(name: string, options: unknown): asserts options is RunOptions | undefined {
  if (options === undefined || isContext(options)) return
  const owner = `The run of ${name}`
  checkOptions(owner, options, OPTION_NAMES)
  for (const [field, check] of Object.entries(checks)) {
    const value: unknown = options[field as keyof typeof options]
    if (value !== undefined) check(owner, value)
  }
}

function checkThat(isRight: (value: unknown) => boolean, field: string, words: string) {
  return (owner: string, value: unknown): void => {
    if (isRight(value)) return
    throw new TypeError(`${owner}: ${field} is ${formatValue(value)}. Give ${words}, or leave it out.`)
  }
}

function isObserver(value: unknown): boolean {
  return typeof value === 'function' || attempt(() => typeof (value as { next?: unknown }).next === 'function') === true
}

/** `fn({ run: other.run })`: the second argument is the context of a leaf, and not options. */
function isContext(options: unknown): boolean {
  const { idempotencyKey, emit } = Object(options) as { idempotencyKey?: unknown; emit?: unknown }
  return typeof idempotencyKey === 'string' && typeof emit === 'function'
}
