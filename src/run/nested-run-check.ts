import { maybeInLeaf } from '../compile/leaf-run.ts'
import { MARK } from '../compile/leaf.ts'
import { attempt } from '../border/shape.ts'
import { loggerOf } from './logging.ts'

/** The first runs of a function are checked, then one in 64: reading a stack takes about 2 µs. */
const ALWAYS_CHECKED = 256
const ONE_IN = 64

/** Warns when a leaf calls `fn.run()` instead of `ctx.run(fn)`: events, usage and cancellation would be lost silently. */
export class NestedRunCheck {
  readonly #name: string
  #runs = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Call it when a run starts. */
  check(method: string): void {
    if (!maybeInLeaf() || (this.#runs++ >= ALWAYS_CHECKED && this.#runs % ONE_IN !== 0)) return
    const path = attempt(leafAround)
    if (path !== undefined) warnOnce(this.#name, method, path)
  }
}

/**
 * The path of the leaf whose code called this, from the stack trace. V8's async stack traces include callers across
 * `await`; other engines find it only before the first `await`. A custom `Error.prepareStackTrace` is not called.
 */
function leafAround(): string | undefined {
  const { stackTraceLimit, prepareStackTrace } = Error
  try {
    Error.stackTraceLimit = 100
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunctionName()).join('\n')
    return new Error('Where').stack?.split(MARK)[1]?.split(/[\n@]/, 1)[0]
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace })
  }
}

/** The warnings that were shown, at most 1,000. */
const warned = new Set<string>()
const MAX_WARNINGS = 1000

/** Warns once for each function and leaf. */
function warnOnce(name: string, method: string, path: string): void {
  const key = `${path} ${name}`
  if (warned.has(key) || warned.size >= MAX_WARNINGS) return
  warned.add(key)
  const message = `${name}.${method}() was called inside ${path}: its tokens, usage, states and cancel are lost. Use ctx.run(${name}, input).`
  const logger = loggerOf(path.split('.', 1)[0] as string)
  if (logger) logger.warn(message)
  // oxlint-disable-next-line no-console -- there is no logger
  else console.warn(`tinyllm: ${message}`)
}
