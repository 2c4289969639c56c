import type { AnyActorLogic, AnyActorRef, Snapshot } from 'xstate'
import {
  type ActiveStates,
  errorProblem,
  isRecord,
  isStatus,
  type ContextCodec,
  SnapshotMismatch,
  RESUME,
  type Resumable,
} from '../border/restore.ts'
import { isDeepEqual } from '../border/shape.ts'
import { type Active, configurationOf, walk } from './configuration.ts'
import { resumeForeign } from './foreign.ts'
import type { InvokePlan, Plan, PlanNode } from './plan.ts'
import type { PlainSnapshot } from './restore.ts'

/** What a saved run is held against. */
export type Structure = {
  readonly id: string
  readonly plan: Plan
  readonly actors: Readonly<Record<string, unknown>>
  readonly keeps: ContextCodec | undefined
}

/**
 * A saved run as it can be restored: the data of a run that is in these states, with the actors that they invoke. A saved
 * run is data that may have been cut, merged or edited on its way, so nothing is taken from it twice, and nothing that the
 * chart says itself. Throws a `Mismatch`. `isLive`: a snapshot of this process, whose children may have ended meanwhile;
 * missing ones start again.
 */
export function resume(structure: Structure, saved: unknown, self: AnyActorRef, isLive = false): PlainSnapshot {
  const { id, plan } = structure
  if (!isRecord(saved)) throw new SnapshotMismatch(id, 'is not a snapshot')
  const { status, value, output, error } = saved
  if (!isStatus(status)) throw new SnapshotMismatch(id, `has the unknown status ${String(status)}`)
  if (status === 'stopped') {
    throw new SnapshotMismatch(
      id,
      'was stopped before it was saved, and no longer has the work in progress; save it before stop()',
    )
  }
  const root = configurationOf(plan.root, value, () => undefined)
  if (!root) throw new SnapshotMismatch(id, `is in no state of its chart: ${show(value)}`)
  const states = activeStates(root)
  if (status === 'error') {
    const problem = errorProblem(error)
    if (problem !== undefined) throw new SnapshotMismatch(id, problem)
    if (!isRecord(saved.context)) throw new SnapshotMismatch(id, 'has no context')
    return { status, value, context: saved.context, error, children: {} }
  }
  const context: object = structure.keeps?.restore(states, saved.context, self) ?? (saved.context as object)
  if ((status === 'done') !== root.isFinal)
    throw new SnapshotMismatch(id, `has the status ${status} in the state ${show(value)}`)
  if (status === 'done') {
    const last = outputOf(plan, context)
    // What `resolveState` makes has none.
    if (!isLive && !isDeepEqual(output, last))
      throw new SnapshotMismatch(id, 'has an output that differs from that of its final state')
    return { status, value, context, output: last, children: {} }
  }
  if (!isLive) {
    walk(root, ({ node }) => {
      if (node.always)
        throw new SnapshotMismatch(pathOf(node), `is in the state ${node.key}, which is always left immediately`)
    })
  }
  const children = resumeChildren(structure, root, { context, children: saved.children }, self, isLive)
  return { status, value, context, children }
}

const outputOf = ({ root: { config } }: Plan, context: unknown): unknown =>
  typeof config.output === 'function' ? (config.output as (args: object) => unknown)({ context }) : undefined

/** For each active state, by its id: the active states in it, the outermost first, as far as there is one of each. */
function activeStates(root: Active): ActiveStates {
  const states = new Map<string, readonly string[]>()
  walk(root, (active) => {
    const keys: string[] = []
    for (let { inner } = active; inner; { inner } = inner) keys.push(inner.node.key)
    states.set(active.node.id, keys)
  })
  return states
}

const pathOf = ({ path, id }: PlanNode): string => {
  const metas = path.map(({ config }) => (config.meta as { path?: string } | undefined)?.path)
  return metas.findLast((known) => known !== undefined) ?? id
}

type Children = Record<string, unknown>
type Given = { context: unknown; self: AnyActorRef; isLive: boolean }

/** Each active invoke has its actor, and there is no other but those that an action of the user's spawned. */
function resumeChildren(
  structure: Structure,
  root: Active,
  { context, children: given = {} }: Readonly<Record<string, unknown>>,
  self: AnyActorRef,
  isLive: boolean,
): Children {
  const { id: owner, plan, actors } = structure
  if (!isRecord(given)) throw new SnapshotMismatch(owner, 'has children that are not an object')
  const invoked = new Set<string>()
  const children: Children = {}
  walk(root, ({ node }) => {
    for (const invoke of node.invoke) {
      invoked.add(invoke.id)
      children[invoke.id] = resumeChild(structure, node, invoke, given[invoke.id], { context, self, isLive })
    }
  })
  const known = new Set(plan.nodes.flatMap((node) => node.invoke.map(({ id }) => id)))
  for (const [id, saved] of Object.entries(given)) {
    if (invoked.has(id)) continue
    if (known.has(id)) {
      if (isLive) continue
      throw new SnapshotMismatch(id, 'has an actor, and is in no state that invokes it')
    }
    if (!isRecord(saved) || !actors[saved.src as string]) throw new SnapshotMismatch(id, 'is an unknown actor')
    children[id] = saved
  }
  // In the order in which they were saved, which is that in which they came.
  const order = Object.keys(given)
  const placed = Object.keys(children).toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
  return Object.fromEntries(placed.map((id) => [id, children[id]]))
}

function resumeChild(
  { actors }: Structure,
  node: PlanNode,
  { id, src, input }: InvokePlan,
  saved: unknown,
  { context, self, isLive }: Given,
): unknown {
  const logic = actors[src] as AnyActorLogic | undefined
  if (!logic) throw new SnapshotMismatch(id, 'has no actor logic')
  const event = { type: 'xstate.init' }
  const fresh: unknown = typeof input === 'function' ? input({ context, event, self }) : input
  const state = isLive ? liveState(saved) : savedState(id, src, node, saved)
  const snapshot =
    state &&
    SnapshotMismatch.relocate('', id, () =>
      isResumable(logic) ? logic[RESUME](state, fresh, self) : resumeForeign(id, logic, state, fresh, self),
    )
  if (snapshot === undefined) return { src, input: fresh }
  const { syncSnapshot, systemId } = saved as { syncSnapshot?: unknown; systemId?: unknown }
  return { src, snapshot, syncSnapshot, systemId }
}

const isResumable = (logic: object): logic is Resumable => RESUME in logic

/** What the actor of an active state saved. */
function savedState(id: string, src: string, node: PlanNode, saved: unknown): Snapshot<unknown> {
  if (saved === undefined) throw new SnapshotMismatch(id, `has no actor, and the state ${node.id} invokes one`)
  const { src: source, snapshot } = Object(saved) as { src?: unknown; snapshot?: unknown }
  if (source !== src) throw new SnapshotMismatch(id, `has an actor of ${show(source)}`)
  if (!isRecord(snapshot) || !isStatus(snapshot.status)) throw new SnapshotMismatch(id, 'has an actor without a status')
  if (snapshot.status === 'stopped') throw new SnapshotMismatch(id, 'has an actor that was stopped')
  return snapshot as Snapshot<unknown>
}

/** What an actor of this process would save now; one that has ended starts again. */
function liveState(child: unknown): Snapshot<unknown> | undefined {
  const ref = child as Partial<AnyActorRef> | undefined
  if (typeof ref?.getPersistedSnapshot !== 'function' || ref.getSnapshot?.().status !== 'active') return undefined
  return ref.getPersistedSnapshot()
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
