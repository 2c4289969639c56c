import { type ConsolaReporter, createConsola, LogLevels, LogTypes } from 'consola/core'
import type { Logger } from '../types.ts'
import { inText } from './text.ts'

export type LoggerOptions = {
  /** The least important kind that is still written; `info` has the transitions, `debug` events and usage too. */
  level?: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Where the lines go: anything with `write`, standard error by default. */
  target?: { write(line: string): unknown }
}

/**
 * A logger on consola that writes plain lines.
 *
 * @example
 * configure({ logger: createLogger({ level: 'debug' }) })
 */
export function createLogger({ level = 'info', target = standardError() }: LoggerOptions = {}): Logger {
  const least = level === 'silent' ? LogLevels.silent : LogLevels[level]
  if (least === undefined)
    throw new TypeError(`createLogger: there is no level ${String(level)}. Use silent, error, warn, info or debug.`)
  const log: ConsolaReporter['log'] = ({ type, args }) => {
    const mark = type === 'error' || type === 'warn' ? `${type.toUpperCase()} ` : ''
    target.write(`${mark}${args.join(' ')}\n`)
  }
  const { debug, info, warn, error } = createConsola({
    level: least,
    types: LogTypes,
    throttle: 0,
    reporters: [{ log }],
  })
  // consola looks into what it is given, so it is given texts only.
  const inWords =
    (write: (line: string) => void) =>
    (...args: unknown[]) =>
      write(args.map(inText).join(' '))
  return { debug: inWords(debug), info: inWords(info), warn: inWords(warn), error: inWords(error) }
}

const standardError = (): { write(line: string): unknown } =>
  // oxlint-disable-next-line no-console -- a browser has no standard error
  globalThis.process?.stderr ?? { write: (line: string) => console.error(line.trimEnd()) }
