import { type AnyActorLogic, type AnyActorRef, assign } from 'xstate'
import { failure, toData } from '../errors.ts'
import { ownNameOf } from '../border/label.ts'
import type { Outside } from '../border/external-events/machines.ts'
import type { Frame, PipelineContext } from '../types.ts'
import type {
  Args,
  Build,
  Gate,
  Kept,
  RestoreCheck,
  Saving,
  Shown,
  Slots,
  State,
  Subject,
  Receiver,
  Transition,
} from './chart.ts'
import type { Happening } from './bubbling.ts'
import { drawn } from './drawn.ts'
import { replace } from './replacing.ts'
import { fed } from './feeding.ts'
import { letting } from './letting.ts'
import { type Remember, remembering } from './memory.ts'
import type { Above, ActionOptions, ChildOptions, Dress, Feed, Given, Test, Update } from './updates.ts'
import { isTaken } from './outside/delivering.ts'
import { takenAt, takenBelow } from './outside/taking.ts'
import { toKey } from './names.ts'
import { type HasNode, namesOf, NODE, type Node, type NodeChild } from './node.ts'
import { slotAddress, readSlot, writeSlot } from '../border/slots.ts'

export {
  BELOW,
  type Below,
  type Create,
  type Facts,
  type HasNode,
  namesOf,
  NODE,
  type Node,
  type NodeChild,
  type ToolDress,
  type Way,
} from './node.ts'
export type { Work } from './call.ts'
export { getFrom } from './getting.ts'
export { memoryAt } from './memory.ts'
export { callKey } from './names.ts'
export type { Test, Update } from './updates.ts'
export type { Args, Gate, RestoreCheck, Slots, State, Subject, Transition }

/** Where a machine stands in a pipeline, and what it shares with it. `gate`: it runs as a call of a tool. */
export type Place = { path: string; id: string; name: string; build?: Build; gate?: (scope: Scope) => Gate }

/** A compiled child: its state, and its frame while it is live. */
export type Part = { path: string; key: string; state: State; canFail: boolean; frame(slots: Slots): Frame }

/**
 * What a node sees while it compiles: its path, its state id, its slot, and the only ways to add named
 * actors (`PATH`, `PATH#verb`), actions and guards (`PATH#verb`).
 */
export class Scope {
  readonly path: string
  readonly id: string
  readonly mapped: boolean
  /** Its frame's place in `context.slots`. */
  readonly slot: number
  /** One past the last slot of everything below. */
  end: number
  /** What is compiled here. */
  node!: Node
  /** At the root of a call of a tool. */
  gate: Gate | undefined = undefined
  /** What is put into each error with which this node fails. */
  dress: Dress | undefined = undefined
  #shown: Shown | undefined = undefined
  #saving: Saving | undefined = undefined
  readonly #build: Build
  readonly #above: Above | undefined
  readonly #checks: RestoreCheck[] = []
  /** The user's own name of what runs as actors of their own. */
  #item: string | undefined

  constructor(build: Build, path: string, id: string, slot = 0, above?: Above) {
    this.#build = build
    this.path = path
    this.id = id
    this.slot = slot
    this.end = slot + 1
    this.mapped = above?.mapped ?? false
    this.#above = above
  }

  /** A child of which no other is active at the same time: siblings share their slots. `feed` makes its input. */
  child(child: NodeChild, feed: Feed, options?: ChildOptions): Part {
    return this.#part(child, feed, this.slot + 1, options)
  }

  /** A child that is active together with its siblings: slots of its own. */
  region(child: NodeChild, feed: Feed, options?: ChildOptions): Part {
    return this.#part(child, feed, this.end, options)
  }

  #part(
    { key: name, fn, text }: NodeChild,
    feed: Feed,
    slot: number,
    { mapped = false, remade = false, round }: ChildOptions = {},
  ): Part {
    const key = text ? toKey(name) : name
    const parent = this.slot
    const roundOf = (above: Frame): string | undefined => {
      const rounds = [above.round, this.node.policy.retry && above.attempt, round?.(above)]
      const known = rounds.filter((part) => part !== undefined)
      return known.length > 0 ? known.join('.') : undefined
    }
    const above: Above = { mapped, remade, frame: (slots) => readSlot(slots, parent) as Frame, round: roundOf, feed }
    const scope = new Scope(this.#build, `${this.path}.${key}`, `${this.id}.running.${key}`, slot, above)
    const begin = scope.action('begin', (_, { slots, self }) => {
      const frame = above.frame(slots)
      const number = roundOf(frame)
      return {
        path: scope.path,
        attempt: 1,
        ...(number !== undefined && { round: number }),
        ...fed(() => feed(frame, slots, self), scope.path),
      }
    })
    const state = { entry: begin, ...scope.compile(fn) }
    this.end = Math.max(this.end, scope.end)
    return {
      path: scope.path,
      key,
      state,
      canFail: state.states?.failed !== undefined,
      frame: (slots) => readSlot(slots, slot) as Frame,
    }
  }

  /** This node takes events of that type from outside; one that waits cannot go on without any. */
  takes(type: string, taker: Omit<Receiver, 'slot'>): void {
    if (!taker.isListener) this.waits()
    takenAt(this.#build, this.path, type, { ...taker, slot: this.slot })
  }

  /** Whether this node, or that at the path, is the one that takes the event. */
  hears(event: object, path = this.path): boolean {
    return isTaken(event, path)
  }

  /** A machine stands below this node, which takes what it takes; or logic that may hold any. */
  reaches(outside: Outside | undefined): void {
    takenBelow(this.#build, this.path, outside)
  }

  /** This node keeps account of what is used in it: `frame.usage`. */
  counts(): void {
    this.#build.counters.push({ path: this.path, slot: this.slot })
  }

  /** Its frame is saved in another form. */
  saves(toSave: Saving['toSave'], revived: Saving['revived']): void {
    this.#saving = { toSave, revived }
  }

  /** What the context of a whole run tells of this node, if it is the root. */
  shows(shown: Shown): void {
    if (!this.#above) this.#shown = shown
  }

  /** Whether it is the root of an item of a pool, or of a call of a tool. */
  get isItem(): boolean {
    return this.#above === undefined && this.#build.isItem
  }

  /** The kind of the function at a path of the definition. */
  kindAt(path: string): string | undefined {
    return (this.#build.paths.get(path) as HasNode | undefined)?.[NODE].kind
  }

  /** Something outside must come for this node to go on. */
  waits(): void {
    this.#build.waiting.add(this.path)
  }

  /** Its input follows from its parent's frame, without any code of the user's. */
  get isFed(): boolean {
    return this.#above !== undefined && !this.mapped
  }

  /** What this node asks of its frame in a run that is restored while it is active. */
  restores(check: RestoreCheck): void {
    this.#checks.push(check)
  }

  /** Where a child that runs as an actor of its own stands; its chart is a machine beside this one. */
  beside({ key, fn }: NodeChild, gate?: (scope: Scope) => Gate): Place {
    const { name } = fn[NODE]
    if (gate) return { path: `${this.path}.${key}`, id: key, name: key, build: this.#build, gate }
    this.#item = ownNameOf(key, namesOf(fn[NODE]))
    // A plain function is called after its key, which says no more than the number of the item.
    return { path: `${this.path}.${key}`, id: key, name: name === key ? '' : name, build: this.#build }
  }

  /** The state of a function at this place, its replacement's if it has one. */
  compile(fn: HasNode): State {
    const { overrides, paths, verbose } = this.#build
    const own = fn[NODE]
    for (const [below, replacement] of own.overrides ?? []) {
      const path = this.path + below
      if (!overrides.has(path)) overrides.set(path, replacement)
    }
    const node = replace(own, overrides.get(this.path))
    paths.set(this.path, fn)
    const { description, tags, meta } = node.policy
    if (node.policy.verbose) verbose.add(this.path)
    this.node = node
    this.#build.kept.push(this.#keeps())
    const state = node.compile(this)
    return {
      meta: drawn(node, { ...meta, path: this.path, item: this.#item, slot: slotAddress(this.slot) }),
      ...(description !== undefined && { description }),
      ...(tags && { tags }),
      ...state,
    }
  }

  #keeps(): Kept {
    const { path, id, slot, node } = this
    const { policy, input, output } = node
    const above = this.#above
    return {
      path,
      id,
      slot,
      policy,
      input,
      output,
      // The round of a call is of its own arguments.
      round: (slots) => (this.gate ? readSlot(slots, slot)?.round : above?.round(above.frame(slots))),
      fed:
        above && this.isFed && !above.remade
          ? (slots) => above.feed(above.frame(slots), slots, undefined as never)
          : undefined,
      remade: above?.remade ? (slots, self) => above.feed(above.frame(slots), slots, self) : undefined,
      saving: () => this.#saving,
      shown: () => this.#shown,
      checks: this.#checks,
    }
  }

  /** A named actor of this node, as an invoke refers to it. */
  actor(verb: string, logic: AnyActorLogic): { src: string; id: string } {
    const name = verb ? `${this.path}#${verb}` : this.path
    this.#build.actors[name] = logic
    return { src: name, id: name }
  }

  /** A named action that replaces this node's frame; `drop` ends the frames below it. */
  action(verb: string, update: Update, { code = 'run', state = 'running', drop = false }: ActionOptions = {}): string {
    const name = `${this.path}#${verb}`
    const { path, slot } = this
    this.#build.actions[name] = assign(({ context, event, self }: Given) => {
      const { slots } = context
      const frame = readSlot(slots, slot) as Frame
      let next: Frame
      try {
        next = update(frame, { event, slots, self, context })
      } catch (thrown) {
        const error = failure(thrown, { code, path, state, attempts: frame.attempt })
        next = { ...frame, error: toData(this.dress?.(error, frame, slots, self) ?? error) }
      }
      const written = writeSlot(slots, slot, next, drop ? this.end : undefined)
      return { slots: written, ...this.#shown?.(next, written) }
    })
    return name
  }

  /** Named actions that tell of an event at this node, as a leaf that emits it. */
  emits(verb: string, event: (frame: Frame, slots: Slots) => Happening): string[] {
    const { path, slot } = this
    const name = `${path}#${verb}`
    const { above, own } = letting(path, (slots) => event(readSlot(slots, slot) as Frame, slots))
    this.#build.actions[`${name}:above`] = above
    if (this.#build.isItem) return [`${name}:above`]
    this.#build.actions[name] = own
    return [name, `${name}:above`]
  }

  /**
   * A named action that replaces what this node keeps over all its attempts and rounds: it lies in the root's frame,
   * because its own ends with each round of what is around it. A throw becomes the error of its own frame.
   */
  remember(verb: string, update: Remember): string {
    const name = `${this.path}#${verb}`
    this.#build.actions[name] = remembering(this.path, this.slot, update)
    return name
  }

  /** A named action that leaves the context as it is. */
  does(verb: string, act: (self: AnyActorRef, context: PipelineContext) => void): string {
    const name = `${this.path}#${verb}`
    this.#build.actions[name] = ({ self, context }: Given) => act(self, context)
    return name
  }

  /** A named guard on this node's frame. */
  guard(verb: string, test: Test): string {
    const name = `${this.path}#${verb}`
    const { slot } = this
    this.#build.guards[name] = ({ context: { slots }, event }: Given) =>
      test(readSlot(slots, slot) as Frame, { event, slots })
    return name
  }
}
