import type { AnyActorLogic, AnyActorRef } from 'xstate'
import type { Frame, JsonSchema, PipelineContext } from '../../types.ts'
import { globalSymbol } from '../global-state.ts'
import { movePath } from '../../errors.ts'
import { parentOf } from '../actors.ts'

/** The key under which the config of a machine has its external events. */
export const OUTSIDE: unique symbol = globalSymbol('outside') as never
/** The key under which the logic of a pool has its running items. */
export const ITEMS: unique symbol = globalSymbol('items') as never

/** The key under which the logic of a pool has the machine of its items; simulated runs replace that machine. */
export const POOL: unique symbol = globalSymbol('pool') as never
export type Pool = { readonly machine: AnyActorLogic; around(machine: AnyActorLogic): AnyActorLogic }

/** The external events of a machine: of a whole pipeline, or of an item of a pool. */
export type Outside = {
  /** The path of its root in the definition: `many.each`. */
  readonly path: string
  /** The name of the root in paths of the run; '' where only its children have one: `many[3].ask` is either. */
  readonly name: string
  /** Whether it is an item of a pool, and not a whole pipeline. */
  readonly isItem: boolean
  /** By type, then by path in this machine: the states that take such an event. */
  readonly takers: ReadonlyMap<string, ReadonlyMap<string, Receiver>>
  /** By type, the paths of all states that take it, also in machines below; `[*]` stands for each item. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>
  /** The types that machines below this one take. */
  readonly below: ReadonlySet<string>
  /** Whether a custom actor logic is below it, whose external events are not known. */
  readonly isOpen: boolean
}

/** A state that takes one type of external event. */
export type Receiver = {
  /** The slot of its frame in the context. */
  readonly slot: number
  /** Why the payload of an event is invalid; undefined if it is valid. */
  misfit(payload: object, frame: Frame, context: PipelineContext): string | undefined
  readonly subject?: Subject | undefined
  /** It takes such an event while it runs, and is not listed by `waits`. */
  readonly isListener?: boolean
  /** It takes no event, and only knows what was answered before. */
  readonly isMemory?: boolean
  /** Of a listener: the actor below that the event is for, and the event to send to it. */
  readonly route?: ((payload: object, frame: Frame, snapshot: LiveSnapshot) => Routed | undefined) | undefined
}
export type Routed = { readonly ref: AnyActorRef; readonly event: { type: string } }

/** What a state asks about, where events refer to it by an id. */
export type Subject = {
  /** The path in the run of the function that asks, for a state at the path `at`: an event may use that path as well. */
  ownerAt(at: string): string
  /**
   * What the event refers to: what is asked in this frame `now`, what was answered `before`, or neither (`unknown`);
   * undefined if it has no id. Without a frame, nothing is asked now.
   */
  about(payload: object, frame: Frame | undefined, snapshot: LiveSnapshot): 'now' | 'before' | 'unknown' | undefined
  /** The message for an event about what is `before` or `unknown`; `at` returns the path in the run. */
  objection(
    payload: object,
    frame: Frame | undefined,
    snapshot: LiveSnapshot,
    at: (path: string) => string,
  ): string | undefined
  /** What the event refers to by its path alone; `at` is the path of the state. */
  named?(path: string, at: string, snapshot: LiveSnapshot): object | undefined
  /** Why the payload of an event is invalid, beside its schema. */
  misfit?(type: string, payload: object, frame: Frame, context: PipelineContext): string | undefined
  shown(frame: Frame, context: PipelineContext): WaitInfo
  /** Of an event that refers to several: their ids, or all that are asked about. */
  several?(payload: object): readonly string[] | 'all' | undefined
  /** The part of such an event that is for this state. */
  single?(payload: object, frame: Frame): object
}

/** What a sender needs to know: the events that may be sent, each with its JSON Schema, and the input that they are about. */
export type WaitInfo = {
  readonly events: Readonly<Record<string, JsonSchema>>
  readonly input: unknown
  /** Of an approval: the call of a tool, whose arguments are the input. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
}

/** The running actors of a pool: items by their index, tool calls by their id: `many[3]`, `assistant.act[c1]`. */
export type PoolItems = {
  readonly running: ReadonlyMap<number | string, AnyActorRef>
  /** The actor under this key. */
  at(key: string): AnyActorRef | undefined
  /** Whether the pool can never have an item under this key. */
  isBeyond(key: string): boolean
  /** Of tool calls: the outcome of the one under this key, if it has ended. */
  endOf?(key: string): unknown
}
type HasPoolItems = { readonly [ITEMS]?: (snapshot: unknown) => PoolItems }
type Logic = HasPoolItems & { readonly config?: { readonly [OUTSIDE]?: Outside } }

const logicOf = (ref: AnyActorRef): Logic => Object((ref as { logic?: unknown }).logic) as Logic
/** The items of a pool; undefined for any other actor. */
export const poolItemsOf = (ref: AnyActorRef | undefined): PoolItems | undefined =>
  ref && logicOf(ref)[ITEMS]?.(ref.getSnapshot())
/** Whether actors of such logic may have child actors. */
export const mayHoldActors = (logic: unknown): boolean => 'implementations' in Object(logic)

export const outsideOf = (logic: unknown): Outside | undefined => (Object(logic) as Logic).config?.[OUTSIDE]

/**
 * The path in the run of a function whose path in the definition is `path`: `many.each` becomes `many[3].ask`. `ref` is
 * an actor of the function.
 */
export function instancePath(ref: AnyActorRef, path: string): string {
  let at = path
  for (let actor: AnyActorRef | undefined = ref; actor; actor = parentOf(actor)) at = pathOutsideItem(actor, at)
  return at
}

/** The path in the parent of a path inside an item; every other path as it is. */
export function pathOutsideItem(ref: AnyActorRef, path: string): string {
  const outside = logicOf(ref).config?.[OUTSIDE]
  return outside?.isItem ? pathInItem(outside, ref.id, path) : path
}

/** The path in the run of a function of the item `id`; `path` is its path in the definition. */
export const pathInItem = ({ path: from, name }: Pick<Outside, 'path' | 'name'>, id: string, path: string): string =>
  movePath(path, from, name === '' ? id : `${id}.${name}`)

/** A path in the run with `[*]` for the index of an item and the id of a call. */
export const definitionPathOf = (path: string): string => path.replaceAll(/\[[^[\].]+\]/g, '[*]')

/** A running machine; `at` maps paths of its definition to paths of the run. */
export type LiveMachine = {
  /** Its actor; may be missing for a whole run. */
  readonly ref?: AnyActorRef | undefined
  readonly outside: Outside
  readonly snapshot: LiveSnapshot
  /** The path in the run of what the definition has at this path of the machine. */
  at(path: string): string
}
export type LiveSnapshot = {
  readonly context: PipelineContext
  readonly children: Readonly<Record<string, AnyActorRef | undefined>>
}

/** The machine of a whole run: its paths are those of the run. */
export const liveRoot = (outside: Outside, snapshot: object, ref?: AnyActorRef): LiveMachine => ({
  ref,
  outside,
  snapshot: snapshot as LiveSnapshot,
  at: (path) => path,
})

const reachesDown = ({ below, isOpen }: Outside): boolean => below.size > 0 || isOpen

/**
 * The running machines of a run, the outer before the inner: items, items of items, and pipelines in an `actor`, at any
 * depth. With a path, only those that may contain it.
 */
export function* machinesIn(live: LiveMachine, path?: string): Generator<LiveMachine> {
  yield live
  if (reachesDown(live.outside)) yield* machinesBelow(live.snapshot.children, (id) => live.at(id), path)
}

/** The same for the children of any machine. */
export function* machinesBelow(
  children: LiveSnapshot['children'],
  at: (id: string) => string,
  path: string | undefined,
): Generator<LiveMachine> {
  for (const [id, ref] of Object.entries(children)) {
    if (!ref) continue
    const here = at(id)
    if (path !== undefined && !path.startsWith(here) && !here.startsWith(path)) continue
    const { [ITEMS]: running, config } = logicOf(ref)
    const snapshot = ref.getSnapshot() as Partial<LiveSnapshot> & { status?: string }
    if (snapshot?.status !== 'active') continue
    if (running) yield* itemsIn(running(snapshot), here, path)
    else if (config?.[OUTSIDE])
      yield* machinesIn(
        liveMachine(ref, snapshot as LiveSnapshot, config[OUTSIDE], (own) => (here === '' ? own : `${here}.${own}`)),
        path,
      )
    else if (snapshot.children) yield* machinesBelow(snapshot.children, () => here, path)
  }
}

function* itemsIn({ running, at }: PoolItems, here: string, path: string | undefined): Generator<LiveMachine> {
  const key = path === undefined ? undefined : itemKeyIn(path, here)
  const items = key === undefined ? running : [[key, at(key)] as const]
  for (const [index, ref] of items) {
    const outside = ref && outsideOf(logicOf(ref))
    if (!ref || !outside || (outside.places.size === 0 && !outside.isOpen)) continue
    const snapshot = ref.getSnapshot() as LiveSnapshot & { status: string }
    if (snapshot.status !== 'active') continue
    const id = `${here}[${index}]`
    yield* machinesIn(
      liveMachine(ref, snapshot, outside, (own) => pathInItem(outside, id, own)),
      path,
    )
  }
}

/** Whether a path leads to an item that a running pool can never have. */
export function isBeyond({ outside, snapshot, at }: LiveMachine, path: string): boolean {
  if (!reachesDown(outside)) return false
  for (const [id, ref] of Object.entries(snapshot.children)) {
    const here = at(id)
    const items = path.startsWith(`${here}[`) ? poolItemsOf(ref) : undefined
    if (!items) continue
    const key = itemKeyIn(path, here)
    if (key === undefined || items.isBeyond(key)) return true
    for (const item of itemsIn(items, here, path)) if (isBeyond(item, path)) return true
  }
  return false
}

/** The key of the item in the pool at `pool` that a path is in. */
export const itemKeyIn = (path: string, pool: string): string | undefined =>
  /^\[([^[\].]+)\]/.exec(path.slice(pool.length))?.[1]

/** The index of an item by its key. */
export const itemNumber = (key: string): number | undefined => (/^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined)

const liveMachine = (
  ref: AnyActorRef,
  snapshot: LiveSnapshot,
  outside: Outside,
  at: LiveMachine['at'],
): LiveMachine => ({
  ref,
  snapshot,
  outside,
  at,
})
