import type { Logger } from '../types.ts'
import { inText } from './text.ts'

// The least important last.
const LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

export type LoggerOptions = {
  /** The least important kind that is still written; `info` has the transitions, `debug` events and usage too. */
  level?: (typeof LEVELS)[number]
  /** Where the lines go: anything with `write`, standard error by default. */
  target?: { write(line: string): unknown }
}

/**
 * A logger that writes plain lines, whatever it is given.
 *
 * @example
 * configure({ logger: createLogger({ level: 'debug' }) })
 */
export function createLogger({ level = 'info', target = standardError() }: LoggerOptions = {}): Logger {
  const least = LEVELS.indexOf(level)
  if (least < 0)
    throw new TypeError(`createLogger: there is no level ${String(level)}. Use silent, error, warn, info or debug.`)
  const method =
    (kind: keyof Logger, mark = '') =>
    (...args: unknown[]) => {
      if (LEVELS.indexOf(kind) <= least) target.write(`${mark}${args.map(inText).join(' ')}\n`)
    }
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn', 'WARN '),
    error: method('error', 'ERROR '),
  }
}

const standardError = (): { write(line: string): unknown } =>
  // oxlint-disable-next-line no-console -- a browser has no standard error
  globalThis.process?.stderr ?? { write: (line: string) => console.error(line.trimEnd()) }
