import { maybeInLeaf } from '../compile/begun.ts'
import { MARK } from '../compile/leaf.ts'
import { attempt } from '../border/shape.ts'
import { loggerOf } from './logging.ts'

/** So many runs of a function are looked at, and then one in so many: to read a stack takes about 2 µs. */
const FIRST = 256
const ONE_IN = 64

/** Tells of a leaf that runs a function past its own run, whose tokens, states and cancel would be lost without a word. */
export class Inside {
  readonly #name: string
  #runs = 0

  constructor(name: string) {
    this.#name = name
  }

  /** To be called as a run begins. */
  look(method: string): void {
    if (!maybeInLeaf() || (this.#runs++ >= FIRST && this.#runs % ONE_IN !== 0)) return
    const path = attempt(leafAround)
    if (path !== undefined) tellLost(this.#name, method, path)
  }
}

/**
 * The path of the leaf whose code called this, also after an `await`: V8 follows who awaits whom. Elsewhere only what was
 * called before the first `await` is found. Nobody's own way to write a stack is asked.
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

/** Of what was told; a process that makes up names without end is not told without end. */
const told = new Set<string>()
const MOST_TOLD = 1000

/** Says, once for each function and leaf, what is lost where a leaf does not run it by `ctx.run`. */
function tellLost(name: string, method: string, path: string): void {
  const key = `${path} ${name}`
  if (told.has(key) || told.size >= MOST_TOLD) return
  told.add(key)
  const message = `${name}.${method}() was called inside ${path}: its tokens, usage, states and cancel are lost. Use ctx.run(${name}, input).`
  const logger = loggerOf(path.split('.', 1)[0] as string)
  if (logger) logger.warn(message)
  // oxlint-disable-next-line no-console -- where else, without a logger
  else console.warn(`tinyllm: ${message}`)
}
