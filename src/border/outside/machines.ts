import type { AnyActorLogic, AnyActorRef } from 'xstate'
import type { Frame, JsonSchema, PipelineContext } from '../../types.ts'
import { commonSymbol } from '../copies.ts'
import { moved } from '../../errors.ts'

/** Where the config of a machine says what may come to it from outside. */
export const OUTSIDE: unique symbol = commonSymbol('outside') as never
/** Where the logic of a pool says what runs in it now. */
export const ITEMS: unique symbol = commonSymbol('items') as never

/** Where the logic of a pool has the machine of its items; those who simulate runs put another one in its place. */
export const POOL: unique symbol = commonSymbol('pool') as never
export type Pool = { readonly machine: AnyActorLogic; around(machine: AnyActorLogic): AnyActorLogic }

/** What may come to a machine from outside: a whole pipeline, or what an item of a pool runs. */
export type Outside = {
  /** Where its root stands in the definition: `many.each`. */
  readonly path: string
  /** What the root is called in paths of the run; nothing where its children alone are: `many[3].ask` is either. */
  readonly name: string
  /** It is an item of a pool, and not a whole pipeline. */
  readonly isItem: boolean
  /** By type, then by path in this machine: the states that take such an event. */
  readonly takers: ReadonlyMap<string, ReadonlyMap<string, Taker>>
  /** By type, the places of all that take it, also below this machine: as paths, with `[*]` for each item. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>
  /** The types that machines below this one take. */
  readonly below: ReadonlySet<string>
  /** Below it stands logic of the user's own, of which nobody knows what it holds. */
  readonly isOpen: boolean
}

/** A state that takes one type of event. */
export type Taker = {
  /** The place of its frame in the context. */
  readonly slot: number
  /** Why the payload of an event does not fit, or nothing if it does. */
  misfit(payload: object, frame: Frame, context: PipelineContext): string | undefined
  readonly subject?: Subject | undefined
  /** It does not wait: it takes such an event while it runs, and nobody is told that it could. */
  readonly isListener?: boolean
  /** It takes nothing, and only knows what was answered before. */
  readonly isMemory?: boolean
  /** Of a listener: the actor that the event is for, where that is one below, and what it is told. */
  readonly route?: ((payload: object, frame: Frame, snapshot: LiveSnapshot) => Routed | undefined) | undefined
}
export type Routed = { readonly ref: AnyActorRef; readonly event: { type: string } }

/** What a state asks about, where one event may speak of this and another of that (by an id). */
export type Subject = {
  /** The path in the run of the function that asks, of a state that has this one: an event may name that as well. */
  ownerAt(at: string): string
  /**
   * What the event speaks of: what is asked in this frame `now`, what was answered `before`, what is neither
   * (`unknown`); undefined if it does not say. Without a frame, nothing is asked now.
   */
  about(payload: object, frame: Frame | undefined, snapshot: LiveSnapshot): 'now' | 'before' | 'unknown' | undefined
  /** Why an event about what is `before` or `unknown` is not taken, in words; `at` gives the paths in the run. */
  objection(
    payload: object,
    frame: Frame | undefined,
    snapshot: LiveSnapshot,
    at: (path: string) => string,
  ): string | undefined
  /** What the event says by its path alone; `at` is that of the state. */
  named?(path: string, at: string, snapshot: LiveSnapshot): object | undefined
  /** What it has against the payload of an event, beside the schema of that. */
  misfit?(type: string, payload: object, frame: Frame, context: PipelineContext): string | undefined
  shown(frame: Frame, context: PipelineContext): Shown
  /** Of an event that speaks of several: which of them, or of all that are asked about. */
  several?(payload: object): readonly string[] | 'all' | undefined
  /** What of such an event this state is told. */
  single?(payload: object, frame: Frame): object
}

/** What somebody is told who is to send an event: which may be sent, by the JSON Schema of each, and on what. */
export type Shown = {
  readonly events: Readonly<Record<string, JsonSchema>>
  readonly input: unknown
  /** Of an approval: the call of a tool, whose arguments are the input. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
}

/** What runs in a pool now. An item is known by its number, a call of a tool by its id: `many[3]`, `assistant.act[c1]`. */
export type Items = {
  readonly running: ReadonlyMap<number | string, AnyActorRef>
  /** The one that runs under this key. */
  at(key: string): AnyActorRef | undefined
  /** Whether the pool can never have one under this key. */
  isBeyond(key: string): boolean
  /** Of calls: what the one under this key came to, if it has ended. */
  endOf?(key: string): unknown
}
type HasItems = { readonly [ITEMS]?: (snapshot: unknown) => Items }
type Logic = HasItems & { readonly config?: { readonly [OUTSIDE]?: Outside } }

const logicOf = (ref: AnyActorRef): Logic => Object((ref as { logic?: unknown }).logic) as Logic
/** What runs in the pool that this actor is, if it is one. */
export const itemsOf = (ref: AnyActorRef | undefined): Items | undefined =>
  ref && logicOf(ref)[ITEMS]?.(ref.getSnapshot())
/** Whether actors of such logic may have children, of which a pipeline may be one. */
export const mayHoldActors = (logic: unknown): boolean => 'implementations' in Object(logic)

export const outsideOf = (logic: unknown): Outside | undefined => (Object(logic) as Logic).config?.[OUTSIDE]

/**
 * The path of a function in a run, whose definition has it at `path`: what is at `many.each` there is `many[3].ask` in a
 * run. `ref` is an actor of the function.
 */
export function instancePath(ref: AnyActorRef, path: string): string {
  let at = path
  for (let actor: AnyActorRef | undefined = ref; actor; actor = actor._parent) at = outOfItem(actor, at)
  return at
}

/** A path inside an item, as what is around the item calls it; every other path as it is. */
export function outOfItem(ref: AnyActorRef, path: string): string {
  const outside = logicOf(ref).config?.[OUTSIDE]
  return outside?.isItem ? inItem(outside, ref.id, path) : path
}

/** The path of a function of an item, whose definition has it at `path`; `id` is the item's. */
export const inItem = ({ path: from, name }: Pick<Outside, 'path' | 'name'>, id: string, path: string): string =>
  moved(path, from, name === '' ? id : `${id}.${name}`)

/** A path in a run without the numbers of items and the ids of calls: a place in the definition. */
export const placeOf = (path: string): string => path.replaceAll(/\[[^[\].]+\]/g, '[*]')

/** A machine in a run that is under way: where in the run the paths of its definition are. */
export type Live = {
  /** Its actor; of a whole run it need not be known. */
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

/** The machine of a whole run, of which an event or a wait is asked: its own paths are those of the run. */
export const rootOf = (outside: Outside, snapshot: object, ref?: AnyActorRef): Live => ({
  ref,
  outside,
  snapshot: snapshot as LiveSnapshot,
  at: (path) => path,
})

const reachesDown = ({ below, isOpen }: Outside): boolean => below.size > 0 || isOpen

/**
 * The machines of a run that are under way, the outer before the inner: items, items of items, and pipelines in an
 * `actor`, however deep. With a path, those alone that may have it.
 */
export function* machinesIn(live: Live, path?: string): Generator<Live> {
  yield live
  if (reachesDown(live.outside)) yield* machinesBelow(live.snapshot.children, (id) => live.at(id), path)
}

/** The same of the children of a machine of the user's own. */
export function* machinesBelow(
  children: LiveSnapshot['children'],
  at: (id: string) => string,
  path: string | undefined,
): Generator<Live> {
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
        liveOf(ref, snapshot as LiveSnapshot, config[OUTSIDE], (own) => (here === '' ? own : `${here}.${own}`)),
        path,
      )
    else if (snapshot.children) yield* machinesBelow(snapshot.children, () => here, path)
  }
}

function* itemsIn({ running, at }: Items, here: string, path: string | undefined): Generator<Live> {
  const key = path === undefined ? undefined : keyIn(path, here)
  const items = key === undefined ? running : [[key, at(key)] as const]
  for (const [index, ref] of items) {
    const outside = ref && outsideOf(logicOf(ref))
    if (!ref || !outside || (outside.places.size === 0 && !outside.isOpen)) continue
    const snapshot = ref.getSnapshot() as LiveSnapshot & { status: string }
    if (snapshot.status !== 'active') continue
    const id = `${here}[${index}]`
    yield* machinesIn(
      liveOf(ref, snapshot, outside, (own) => inItem(outside, id, own)),
      path,
    )
  }
}

/** Whether a path leads into a pool that runs, to an item that the pool does not have. */
export function isBeyond({ outside, snapshot, at }: Live, path: string): boolean {
  if (!reachesDown(outside)) return false
  for (const [id, ref] of Object.entries(snapshot.children)) {
    const here = at(id)
    const items = path.startsWith(`${here}[`) ? itemsOf(ref) : undefined
    if (!items) continue
    const key = keyIn(path, here)
    if (key === undefined || items.isBeyond(key)) return true
    for (const item of itemsIn(items, here, path)) if (isBeyond(item, path)) return true
  }
  return false
}

/** Which item of the pool at `pool` a path is in. */
export const keyIn = (path: string, pool: string): string | undefined =>
  /^\[([^[\].]+)\]/.exec(path.slice(pool.length))?.[1]

/** The number of an item, of which its key is the text. */
export const numberIn = (key: string): number | undefined => (/^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined)

const liveOf = (ref: AnyActorRef, snapshot: LiveSnapshot, outside: Outside, at: Live['at']): Live => ({
  ref,
  snapshot,
  outside,
  at,
})
