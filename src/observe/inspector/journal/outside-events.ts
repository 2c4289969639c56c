import type { ChartEvent } from './line.ts'

/** What was said of a wait when it began. */
export type ExpectedEvents = {
  readonly events: Readonly<Record<string, ChartEvent['schema']>>
  readonly input?: unknown
}
/** An event that nobody took; `path` is that which it was meant for, `t` in ms since the run's start. */
export type RejectedEvent = {
  readonly t: number
  readonly type: string
  readonly path: string
  readonly code: string
  readonly reason: string
}
