import type { AnyActorRef } from 'xstate'
import { toCause } from '../errors.ts'
import { isRecord, RESUME } from '../border/restore.ts'
import { findNonJson } from '../border/json-data.ts'
import { RunNotSerializable } from '../border/not-serializable.ts'
import type { PipelineContext } from '../types.ts'

/** Throws, naming the function and the place in its value, when a run holds what JSON cannot bring back. */
export function checkData({ slots }: PipelineContext): void {
  for (const page of slots) {
    for (const frame of page) {
      if (!frame) continue
      for (const field of ['given', 'input', 'gave', 'value', 'outputs'] as const) {
        const found = findNonJson(frame[field], field === 'value' ? 'output' : field)
        if (found) throw new RunNotSerializable(frame.path, found)
      }
    }
  }
}

type Actors = Readonly<Record<string, unknown>>
type Ref = AnyActorRef & { systemId?: string; options: { syncSnapshot?: boolean } }

/** What the actors save, as XState does it; data of the user's own logic is checked, ours holds none or checks it. */
export function childrenToSave(
  children: Readonly<Record<string, AnyActorRef | undefined>>,
  actors: Actors,
  options: object | undefined,
): Record<string, object> {
  const saved: Record<string, object> = {}
  for (const [id, child] of Object.entries(children)) {
    const { src, systemId, options: made } = child as Ref
    if (typeof src !== 'string' && !(options && '__unsafeAllowInlineActors' in options)) {
      throw new Error('An inline child actor cannot be persisted.') // XState's own words
    }
    const isOurs = RESUME in Object(typeof src === 'string' ? actors[src] : src)
    const save = () => (child as Ref & Persisting).getPersistedSnapshot(options)
    saved[id] = {
      snapshot: isOurs ? save() : foreignToSave(id, child as Ref, save),
      src,
      systemId,
      syncSnapshot: made.syncSnapshot,
    }
  }
  return saved
}
type Persisting = { getPersistedSnapshot(options?: object): unknown }

function foreignToSave(id: string, ref: Ref, save: () => unknown): unknown {
  let snapshot: unknown
  try {
    snapshot = save()
  } catch (thrown) {
    if (thrown instanceof RunNotSerializable) throw thrown
    // XState walks the data of a machine by recursion: a circle in it ends in a RangeError.
    const { context } = ref.getSnapshot() as { context?: unknown }
    throw new RunNotSerializable(
      id,
      findNonJson(context, 'snapshot.context') ?? {
        path: 'snapshot',
        what: `a value that cannot be read (${toCause(thrown).message})`,
      },
    )
  }
  const found = findNonJson(withoutErrors(snapshot), 'snapshot')
  if (found) throw new RunNotSerializable(id, found)
  return snapshot
}

/** What actors failed with is no data, and is of no use to XState any more: JSON does not bring it back there either. */
function withoutErrors(snapshot: unknown): unknown {
  if (!isRecord(snapshot)) return snapshot
  const { children } = snapshot
  if (!isRecord(children)) return { ...snapshot, error: undefined }
  const inner = Object.entries(children).map(([id, child]) => [
    id,
    isRecord(child) ? { ...child, snapshot: withoutErrors(child.snapshot) } : child,
  ])
  return { ...snapshot, error: undefined, children: Object.fromEntries(inner) }
}
