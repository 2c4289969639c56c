import type { Logger } from '../types.ts'

export type Settings = {
  /** Logs every run from now on, one line a transition; `undefined` ends it. */
  logger?: Logger | undefined
}

let settings: Settings = {}

/**
 * Settings for every run of this process; what a run's own options say goes before.
 *
 * @example
 * configure({ logger: createLogger() })
 */
export function configure(change: Settings): void {
  settings = { ...settings, ...change }
}

export const configured = (): Readonly<Settings> => settings
