import type { InspectionEvent } from 'xstate'
import { isRecord } from '../border/restore.ts'
import type { Frame, LifecycleState, PipelineContext, RunEvent } from '../types.ts'
import { instancePath } from '../border/external-events/machines.ts'
import { enteredStates, type SnapshotNodes } from './entered-states.ts'

const LIFECYCLE_STATES: ReadonlySet<string> = new Set<LifecycleState>([
  'validatingInput',
  'waitingForApproval',
  'queued',
  'waitingForLimit',
  'running',
  'validatingOutput',
  'processingOutput',
  'waitingToRetry',
  'complete',
  'rejected',
  'failed',
])

/** The events before the end of a run; the end is read from the actor. */
export type ProgressRunEvent = Exclude<RunEvent, { type: 'output' | 'error' }>
/** `frame` is the memory of the function that entered a state. */
export type OnRunEvent = (event: ProgressRunEvent, frame?: Frame) => void
type MachineSnapshot = SnapshotNodes & { status: string; context: PipelineContext }
type ActorRef = { sessionId: string; logic?: { config?: { meta?: { path?: string } } } }
type EmitEnvelope = { type: string; path?: string; event?: { type: string; [key: string]: unknown } }

/**
 * The one fold of XState's inspection events into the events of a run: what `stream`, the log and every other
 * sink see. Microsteps become `state` events, what leaves emit becomes `token`, `usage` and so on. Who comes in the
 * midst of a run knows the path of its root.
 */
export function runEventsOf(emitType: string, push: OnRunEvent, rootPath?: string): (event: InspectionEvent) => void {
  const last = new Map<string, MachineSnapshot>()
  let root = rootPath
  let over = false
  return (inspected) => {
    const actorRef = inspected.actorRef as unknown as ActorRef
    const { sessionId } = actorRef
    const isRoot = sessionId === inspected.rootId
    if (inspected.type === '@xstate.event') {
      const { type, path, event } = inspected.event as EmitEnvelope
      // Rejected events and messages of a conversation are emitted by the actor itself.
      const isOurs =
        isRoot && type === emitType && path !== undefined && event && !isRefusal(event) && !isConversationMessage(event)
      if (isOurs && !over) push(toProgressEvent(instancePath(actorRef as never, path), event))
    } else if (inspected.type === '@xstate.microstep') {
      const snapshot = inspected.snapshot as unknown as MachineSnapshot
      if (isRoot) {
        root ??= pathOf(actorRef)
        over = snapshot.status !== 'active'
      } else if (!isPartOf(root, pathOf(actorRef))) return
      const at = isRoot ? (path: string) => path : (path: string) => instancePath(actorRef as never, path)
      pushStates(snapshot, last.get(sessionId), at, push)
      if (snapshot.status === 'active') last.set(sessionId, snapshot)
      else last.delete(sessionId)
    }
  }
}

const pathOf = ({ logic }: ActorRef): string | undefined => logic?.config?.meta?.path

/** The items of a map are machines of this pipeline, too; a machine of the user's in an `actor` is not. */
const isPartOf = (root: string | undefined, path: string | undefined): boolean =>
  root !== undefined && path?.startsWith(`${root}.`) === true

/** What the types of `RunEvent` know; what a leaf emits under any other type is an `event`. */
const KNOWN_TYPES: ReadonlySet<string> = new Set<RunEvent['type']>([
  'token',
  'usage',
  'finish',
  'reasoning',
  'progress',
  'toolCall',
  'toolResult',
  'approvalRequested',
])

type EmittedEvent = { type: string; [key: string]: unknown }

const isRefusal = ({ type, code, event }: EmittedEvent): boolean =>
  type === 'refused' && typeof code === 'string' && isRecord(event)

/** A message of an agent's conversation. */
export const isConversationMessage = ({ type, turn, message }: EmittedEvent): boolean =>
  type === 'message' && typeof turn === 'number' && isRecord(message)

/** The `waiting` of tinyllm has `events`; a leaf may emit another event of that name. */
const isKnownEvent = ({ type, events }: EmittedEvent): boolean =>
  KNOWN_TYPES.has(type) || (type === 'waiting' && isRecord(events))

const toProgressEvent = (path: string, event: EmittedEvent): ProgressRunEvent =>
  isKnownEvent(event) ? ({ ...event, path } as ProgressRunEvent) : { type: 'event', path, event }

/** Pushes a `state` event for each function that entered another state of its lifecycle. */
function pushStates(
  now: MachineSnapshot,
  before: MachineSnapshot | undefined,
  at: (path: string) => string,
  push: OnRunEvent,
): void {
  for (const { key, parent } of enteredStates(now, before)) {
    const meta = parent?.meta as { path?: string; slot?: [number, number] } | undefined
    if (meta?.path === undefined || !LIFECYCLE_STATES.has(key)) continue
    const [page, place] = meta.slot ?? [0, 0]
    const frame = now.context.slots[page]?.[place] ?? undefined
    push({ type: 'state', path: at(meta.path), state: key as LifecycleState, attempt: frame?.attempt ?? 1 }, frame)
  }
}
