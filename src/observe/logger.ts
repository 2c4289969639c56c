import { type ConsolaReporter, createConsola, LogLevels, LogTypes } from 'consola/core'
import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import type { Logger } from '../types.ts'
import { safeStringify } from './safe-stringify.ts'

export type LoggerOptions = {
  /** Stands before each line: `my-app: [greet] transition to: running`. */
  name?: string | undefined
  /** The least important kind that is still written; `info` has the transitions, `debug` events and usage too. */
  level?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | undefined
  /** Where the lines go: anything with `write`, standard error by default. */
  target?: { write(line: string): unknown } | undefined
}

/**
 * A logger on consola that writes plain lines for values of any type.
 *
 * @example
 * configure({ logger: createLogger({ level: 'debug' }) })
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  checkOptions('createLogger', options, ['name', 'level', 'target'])
  const { name, level = 'info', target = standardError() } = options
  const least = level === 'silent' ? LogLevels.silent : LogLevels[level]
  if (least === undefined)
    throw new TypeError(`createLogger: there is no level ${String(level)}. Use silent, error, warn, info or debug.`)
  if (name !== undefined && typeof name !== 'string')
    throw new TypeError(`createLogger: name is ${formatValue(name)}. Give a string, or leave it out.`)
  if (typeof (target as Partial<typeof target> | null)?.write !== 'function')
    throw new TypeError('createLogger: target cannot be written to. Give { write(line) }, such as process.stderr.')
  const prefix = name ? `${name}: ` : ''
  const log: ConsolaReporter['log'] = ({ type, args }) => {
    const mark = type === 'error' || type === 'warn' ? `${type.toUpperCase()} ` : ''
    target.write(`${prefix}${mark}${args.join(' ')}\n`)
  }
  const consola = createConsola({ level: least, types: LogTypes, throttle: 0, reporters: [{ log }] })
  // As text already: consola looks at what it is given, and some things throw when they are looked at.
  const method =
    (level: keyof Logger) =>
    (...args: unknown[]) =>
      consola[level](args.map(safeStringify).join(' '))
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
}

const standardError = (): { write(line: string): unknown } =>
  // oxlint-disable-next-line no-console -- a browser has no standard error
  globalThis.process?.stderr ?? { write: (line: string) => console.error(line.trimEnd()) }
