import type { AnyActorRef, EventObject, Snapshot } from 'xstate'

/** What XState keeps to itself and the engine uses all the same: an update of xstate is held against this page. */

export type System = AnyActorRef['system'] & {
  /** The next session id. */
  _bookId(): string
  /** Copies the event (`{ ...event }`) for the observers, if there are any. */
  _sendInspectionEvent(event: object): void
  _clock: unknown
  _logger: unknown
  scheduler: { cancelAll(actor: object): void }
}

/** The `_processingStatus` of an actor: `@xstate/react` reads it as well. */
export const Status = { NotStarted: 0, Running: 1, Stopped: 2 } as const

/** What an actor does with its own parts. */
export type Inherited = {
  update(snapshot: Snapshot<unknown>, event: EventObject): void
  _process(event: EventObject): void
  _error(error: unknown): void
  _complete(): void
  _send(event: EventObject): void
  send(event: EventObject): void
  subscribe(...args: unknown[]): unknown
  on(...args: unknown[]): unknown
}

/** What a scope's `actionExecutor` is asked to do. */
export type Effect = { type: string; params: unknown; info: unknown; exec?: (info: unknown, params: unknown) => void }
