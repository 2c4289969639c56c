import { atWork, type Begun, isWatching } from '../compile/begun.ts'
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
    if (atWork.size === 0 || isWatching()) return
    this.#runs++
    if (this.#runs > FIRST && this.#runs % ONE_IN !== 0) return
    const path = attempt(leafAround)
    if (path !== undefined) tell(this.#name, method, path)
  }
}

/** The paths and names that were told of; a process that makes up names without end is not told without end. */
const told = new Set<string>()
const MOST_TOLD = 1000

function tell(name: string, method: string, path: string): void {
  const key = `${path} ${name}`
  if (told.has(key) || told.size >= MOST_TOLD) return
  told.add(key)
  const message = `${name}.${method}() was called inside ${path}: its tokens, usage, states and cancel are lost. Use ctx.run(${name}, input).`
  const leaf = [...atWork].findLast(({ self }) => self.id.split('#', 1)[0] === path)
  const logger = leaf && loggerOf(leaf.self)
  if (logger) logger.warn(message)
  // oxlint-disable-next-line no-console -- where else, without a logger
  else console.warn(`tinyllm: ${message}`)
}

type Site = { getFunctionName?(): string | null }

/**
 * The path of the leaf whose code called this, also after an `await`: V8 follows who awaits whom. Elsewhere only what was
 * called before the first `await` is found. Nobody's own way to write a stack is asked.
 */
function leafAround(): string | undefined {
  const { stackTraceLimit, prepareStackTrace } = Error
  let sites: readonly Site[] | string | undefined
  try {
    Error.stackTraceLimit = 100
    Error.prepareStackTrace = (_, found) => found
    sites = new Error('Where').stack as unknown as typeof sites
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace })
  }
  const names = Array.isArray(sites)
    ? (sites as readonly Site[]).map((site) => site.getFunctionName?.() ?? '')
    : String(sites).split('\n')
  const name = names.find((each) => each.includes(MARK))
  return name?.slice(name.indexOf(MARK) + MARK.length).split('@', 1)[0]
}
