import type { Logger } from '../types.ts'
import { formatEvents } from '../border/open-waits.ts'
import { guardObserver } from '../border/guard-observer.ts'
import { definitionPathOf } from '../border/external-events/machines.ts'
import type { OnProgress } from './events.ts'

/** The logger of one run, which that run cannot fail by. */
export function guarded(logger: Logger): Logger {
  const watch = guardObserver('logger')
  const method =
    (level: keyof Logger) =>
    (...args: unknown[]) =>
      watch(() => logger[level](...args), level)
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
}

/**
 * Writes what happens to a logger: transitions and waits as info, failures once and where they began, events that were
 * refused as warnings, the rest as debug.
 */
export function logTo(logger: Logger, concerns: (path: string) => boolean = () => true): OnProgress {
  return (event, frame) => {
    // What was refused may be meant for no place in particular.
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
export const within =
  (roots: ReadonlySet<string>) =>
  (path: string): boolean => {
    const place = definitionPathOf(path)
    return [...roots].some((each) => {
      const root = definitionPathOf(each)
      return place === root || place.startsWith(`${root}.`)
    })
  }
