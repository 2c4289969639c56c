import type { ChartEvent } from './line.ts'

/** The events that a function waits for, and its input. */
export type ExpectedEvents = {
  readonly events: Readonly<Record<string, ChartEvent['schema']>>
  readonly input?: unknown
}
/** A rejected event; `path` is the one that it was sent to, `t` in ms since the run's start. */
export type RejectedEvent = {
  readonly t: number
  readonly type: string
  readonly path: string
  readonly code: string
  readonly reason: string
}
