import type { Logger } from '../types.ts'
import { formatEvents } from '../border/open-waits.ts'
import { guardObserver } from '../border/guard-observer.ts'
import { definitionPathOf } from '../border/external-events/machines.ts'
import type { OnRunEvent } from './run-events.ts'

/** The logger of one run; an error that it throws does not reach the run. */
export function guardLogger(logger: Logger): Logger {
  const watch = guardObserver('logger')
  const method =
    (level: keyof Logger) =>
    (...args: unknown[]) =>
      watch(() => logger[level](...args), level)
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
}

/**
 * Writes what happens to a logger: transitions and waits as info, failures once and where they began, rejected
 * events as warnings, the rest as debug.
 */
export function logRunEvents(logger: Logger, concerns: (path: string) => boolean = () => true): OnRunEvent {
  return (event, frame) => {
    // A rejected event may have no path.
    const { path = '' } = event
    if (!concerns(path)) return
    if (event.type === 'state') {
      const attempt = event.attempt > 1 ? ` (attempt ${event.attempt})` : ''
      logger.info(`[${path}] transition to: ${event.state}${attempt}`)
      const error = frame?.error
      if (event.state === 'failed' && error?.path === path) logger.error(`[${path}] ${error.code}: ${error.message}`)
      if (event.state === 'waitingToRetry' && error)
        logger.warn(`[${path}] will try again after ${error.code}: ${error.message}`)
    } else if (event.type === 'usage') {
      logger.debug(`[${path}] usage: ${event.inputTokens} tokens in, ${event.outputTokens} out`)
    } else if (event.type === 'waiting') {
      logger.info(`[${path}] waits for ${formatEvents(event.events)}`)
    } else if (event.type === 'refused') {
      logger.warn(`[${path}] rejected ${event.event.type}: ${event.reason}`)
    } else if (event.type !== 'token') {
      logger.debug(`[${path}] event: ${event.type === 'event' ? event.event.type : event.type}`)
    }
  }
}

/** Whether a path is one of these or below one of them. */
export const isWithinAny =
  (roots: ReadonlySet<string>) =>
  (path: string): boolean => {
    const place = definitionPathOf(path)
    return [...roots].some((each) => {
      const root = definitionPathOf(each)
      return place === root || place.startsWith(`${root}.`)
    })
  }
