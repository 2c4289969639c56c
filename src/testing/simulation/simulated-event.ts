/** One event of a path. Its types are those of XState: an actor is `done` or ends with an `error`, a timer fires `after`. */
export type SimulatedEvent =
  | {
      readonly type: 'start'
      readonly input: unknown
      /** One of several inputs that lead to different transitions: the description shows it. */
      readonly isVariant?: boolean
      /** The schema of the input rejects it. */
      readonly rejected?: boolean
      /** The name of the failpoint that throws. */
      readonly failpoint?: string
      /** The phrase of the description, where the input does not tell. */
      readonly label?: string
      /** A tool call: what the predicates of `approve` return. */
      readonly needsApproval?: boolean
      /** A tool call: it waits in the queue before it runs. */
      readonly queued?: boolean
    }
  /** An actor is done. */
  | {
      readonly type: 'done'
      readonly path: string
      readonly actor: string
      readonly value: unknown
      readonly isVariant?: boolean
      /** The schema of the output rejects it. */
      readonly rejected?: boolean
      /** 1 ms before the next timer fires, so that a longer timer can fire later. */
      readonly late?: boolean
      readonly failpoint?: string
      readonly label?: string
    }
  /** An actor fails. `index` tells the errors of one actor apart. */
  | {
      readonly type: 'error'
      readonly path: string
      readonly actor: string
      readonly error: Error
      readonly index: number
      readonly label?: string
    }
  /** A timer fires: a timeout, an idle timeout, or the delay before a retry. */
  | { readonly type: 'after'; readonly path: string; readonly actor: string; readonly failpoint?: string }
  /** An event is sent to the root. */
  | {
      readonly type: 'send'
      readonly path: string
      readonly event: { readonly type: string }
      readonly rejected?: boolean
      readonly failpoint?: string
      readonly label?: string
    }
  /** A tool call leaves the queue. */
  | { readonly type: 'dequeue'; readonly path: string }
  | { readonly type: 'cancel' }

/** The path of the function to which an actor belongs: `a.b` of `a.b#retry`. */
export const pathOfActor = (actor: string): string => actor.split('#')[0] as string

/** Whether an actor is an idle timer; progress restarts it. */
export const isIdleTimer = (actor: string): boolean => actor.endsWith('#idle')

/** Whether an actor is the timer of an approval. */
export const isApprovalTimer = (actor: string): boolean => actor.endsWith('#approvalTimeout')

/** Whether an actor is the delay before a retry. */
export const isRetryTimer = (actor: string): boolean => actor.endsWith('#retry')

/** A key by which XState compares events: equal for the same event in two explorations. */
export function eventKey(event: SimulatedEvent, index: number): string {
  const { type, path = '', actor = '', failpoint = '' } = event as Partial<Record<string, string>>
  return [index, type, path, actor, failpoint].join('|')
}
