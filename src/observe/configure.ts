import { globalState } from '../border/global-state.ts'
import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { isLogger } from '../border/shape.ts'
import type { Logger } from '../types.ts'

export type Settings = {
  /** Logs every run from now on, one line a transition; `undefined` ends it. */
  logger?: Logger | undefined
}

/** One for all copies of the package. */
const globalSettings = globalState('settings', (): Settings => ({}))

/**
 * Settings for every run of this process; the options of a run take precedence.
 *
 * @example
 * configure({ logger: createLogger() })
 */
export function configure(change: Settings): void {
  checkOptions('configure', change, ['logger'])
  const { logger } = change
  if (logger !== undefined && !isLogger(logger)) {
    throw new TypeError(
      `configure: logger is ${formatValue(logger)}. Give a logger with debug, info, warn and error, such as createLogger().`,
    )
  }
  Object.assign(globalSettings, change)
}

export const configured = (): Readonly<Settings> => ({ ...globalSettings })
