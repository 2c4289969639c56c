import { type AnyActorLogic, type AnyActorRef, assign } from 'xstate'
import { failure, toErrorData } from '../errors.ts'
import { ownNameOf } from '../border/label.ts'
import type { Outside } from '../border/external-events/machines.ts'
import type { Frame, PipelineContext } from '../types.ts'
import type {
  InvokeArgs,
  Build,
  ContextView,
  FrameCodec,
  FrameOwner,
  ToolGate,
  Receiver,
  RestoreCheck,
  Slots,
  State,
  Subject,
  Transition,
} from './chart.ts'
import type { EmittedEvent } from './emit-up.ts'
import { stateMeta } from './state-meta.ts'
import { mapperFailpoint, markFailpoint } from './failpoint.ts'
import { applyOverride } from './override.ts'
import { childFrame, roundOf } from './child-input.ts'
import { emitActions } from './emit-actions.ts'
import { type Remember, rememberAction } from './memory.ts'
import type {
  ActionArgs,
  ActionOptions,
  ChildOptions,
  ErrorDecorator,
  Feed,
  FramePredicate,
  ParentFrame,
  Update,
} from './frame-update.ts'
import { isTaken } from './external-events/delivery.ts'
import { addReceiver, addReceiversBelow } from './external-events/receivers.ts'
import { toKey } from './names.ts'
import { type HasNode, namesOf, NODE, type Node, type NodeChild } from './node.ts'
import { readSlot, slotAddress, writeSlot } from '../border/slots.ts'

export {
  BELOW,
  type CompositeNode,
  type Below,
  type Create,
  type DataFlow,
  type Facts,
  type Layout,
  type HasNode,
  namesOf,
  NODE,
  type Node,
  type NodeChild,
  type ToolDress,
  type Way,
} from './node.ts'
export type { Work } from './leaf-input.ts'
export { getProvided } from './get-provided.ts'
export { memoryAt } from './memory.ts'
export { callKey } from './names.ts'
export type { FramePredicate, Update } from './frame-update.ts'
export type { InvokeArgs, ToolGate, RestoreCheck, Slots, State, Subject, Transition }

/** The place of a machine in a pipeline, and the build that it shares. `gate`: it runs as a tool call. */
export type MachinePlace = { path: string; id: string; name: string; build?: Build; gate?: (scope: Scope) => ToolGate }

/** A compiled child: its state, and its frame while it is active. */
export type CompiledChild = { path: string; key: string; state: State; canFail: boolean; frame(slots: Slots): Frame }

/**
 * The compilation scope of a node: its path, state id and slot, and the methods that add named actors (`PATH`,
 * `PATH#verb`), actions and guards (`PATH#verb`).
 */
export class Scope {
  readonly path: string
  readonly id: string
  readonly mapped: boolean
  /** The slot of its frame in `context.slots`. */
  readonly slot: number
  /** One past the last slot of everything below. */
  end: number
  /** The node that is compiled here. */
  node!: Node
  /** Only at the root of a tool call. */
  gate: ToolGate | undefined = undefined
  /** Extends each error with which this node fails. */
  dress: ErrorDecorator | undefined = undefined
  #shown: ContextView | undefined = undefined
  #saving: FrameCodec | undefined = undefined
  readonly #build: Build
  readonly #above: ParentFrame | undefined
  readonly #checks: RestoreCheck[] = []
  /** The user's name of a child that runs as separate actors. */
  #item: string | undefined

  constructor(build: Build, path: string, id: string, slot = 0, above?: ParentFrame) {
    this.#build = build
    this.path = path
    this.id = id
    this.slot = slot
    this.end = slot + 1
    this.mapped = above?.mapped ?? false
    this.#above = above
  }

  /** A child in sequence: only one sibling is active at a time, so siblings share slots. `feed` makes its input. */
  child(child: NodeChild, feed: Feed, options?: ChildOptions): CompiledChild {
    return this.#part(child, feed, this.slot + 1, options)
  }

  /** A parallel child: it has slots of its own. */
  region(child: NodeChild, feed: Feed, options?: ChildOptions): CompiledChild {
    return this.#part(child, feed, this.end, options)
  }

  #part(
    { key: name, fn, text }: NodeChild,
    feed: Feed,
    slot: number,
    { mapped = false, remade = false, round }: ChildOptions = {},
  ): CompiledChild {
    const key = text ? toKey(name) : name
    const parent = this.slot
    const above: ParentFrame = {
      mapped: mapped !== false,
      remade,
      frame: (slots) => readSlot(slots, parent) as Frame,
      round: roundOf(() => this.node, round),
      feed,
    }
    const scope = new Scope(this.#build, `${this.path}.${key}`, `${this.id}.running.${key}`, slot, above)
    const failpoint = mapped ? mapperFailpoint(mapped === 'later rounds' ? parent : undefined) : undefined
    const begin = scope.action('begin', childFrame(above, scope.path), { failpoint })
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

  /** Declares that this node takes external events of that type. */
  takes(type: string, taker: Omit<Receiver, 'slot'>): void {
    if (!taker.isListener) this.waits()
    addReceiver(this.#build, this.path, type, { ...taker, slot: this.slot })
  }

  /** Whether the event is routed to this node, or to the one at the path. */
  hears(event: object, path = this.path): boolean {
    return isTaken(event, path)
  }

  /** Declares a machine below this node with its external events, or a custom logic with unknown ones. */
  reaches(outside: Outside | undefined): void {
    addReceiversBelow(this.#build, this.path, outside)
  }

  /** Sums the usage of this node in `frame.usage`. */
  counts(): void {
    this.#build.counters.push({ path: this.path, slot: this.slot })
  }

  /** Sets how its frame is persisted and restored. */
  saves(persist: FrameCodec['persist'], restore: FrameCodec['restore']): void {
    this.#saving = { persist, restore }
  }

  /** Sets properties of the context that are derived from this node's frame, if it is the root of a run. */
  shows(shown: ContextView): void {
    if (!this.#above) this.#shown = shown
  }

  /** Whether it is the root of an item of a pool, or of a tool call. */
  get isItem(): boolean {
    return this.#above === undefined && this.#build.isItem
  }

  /** Whether the function at a path of the definition runs code that the user wrote as its body. */
  hasCodeAt(path: string): boolean {
    return (this.#build.paths.get(path) as HasNode | undefined)?.[NODE].facts?.code !== undefined
  }

  /** Declares that this node waits for an external event. */
  waits(): void {
    this.#build.waiting.add(this.path)
  }

  /** Whether its input is computed from its parent's frame without code of the user. */
  get isFed(): boolean {
    return this.#above !== undefined && !this.mapped
  }

  /** Adds a check of its frame on a restore. */
  restores(check: RestoreCheck): void {
    this.#checks.push(check)
  }

  /** The place of a child that runs as separate actors, with a machine of its own. */
  beside({ key, fn }: NodeChild, gate?: (scope: Scope) => ToolGate): MachinePlace {
    const { name } = fn[NODE]
    if (gate) return { path: `${this.path}.${key}`, id: key, name: key, build: this.#build, gate }
    this.#item = ownNameOf(key, namesOf(fn[NODE]))
    // A plain function is named after its key, which adds nothing to the index of an item.
    return { path: `${this.path}.${key}`, id: key, name: name === key ? '' : name, build: this.#build }
  }

  /** Compiles a function, or its override, to a state. */
  compile(fn: HasNode): State {
    const { overrides, paths, verbose } = this.#build
    const own = fn[NODE]
    for (const [below, replacement] of own.overrides ?? []) {
      const path = this.path + below
      if (!overrides.has(path)) overrides.set(path, replacement)
    }
    const node = applyOverride(own, overrides.get(this.path))
    paths.set(this.path, fn)
    const { description, tags, meta } = node.policy
    if (node.policy.verbose) verbose.add(this.path)
    this.node = node
    this.#build.kept.push(this.#frameOwner())
    const state = node.compile(this)
    return {
      meta: stateMeta(node, { ...meta, path: this.path, item: this.#item, slot: slotAddress(this.slot) }),
      ...(description !== undefined && { description }),
      ...(tags && { tags }),
      ...state,
    }
  }

  #frameOwner(): FrameOwner {
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
      // A tool call has an iteration of its own.
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

  /** Adds a named actor of this node; returns `src` and `id` for an invoke. */
  actor(verb: string, logic: AnyActorLogic): { src: string; id: string } {
    const name = verb ? `${this.path}#${verb}` : this.path
    this.#build.actors[name] = logic
    return { src: name, id: name }
  }

  /** Adds a named action that replaces this node's frame; `drop` removes the frames below it. */
  action(verb: string, update: Update, options: ActionOptions = {}): string {
    const { code = 'run', state = 'running', drop = false, failpoint } = options
    const name = `${this.path}#${verb}`
    const { path, slot } = this
    const action = assign(({ context, event, self }: ActionArgs) => {
      const { slots } = context
      const frame = readSlot(slots, slot) as Frame
      let next: Frame
      try {
        next = update(frame, { event, slots, self, context })
      } catch (thrown) {
        const error = failure(thrown, { code, path, state, attempts: frame.attempt })
        next = { ...frame, error: toErrorData(this.dress?.(error, frame, slots, self) ?? error) }
      }
      const written = writeSlot(slots, slot, next, drop ? this.end : undefined)
      return { slots: written, ...this.#shown?.(next, written) }
    })
    if (failpoint) markFailpoint(action, { name, path, slot, code, state, ...failpoint })
    this.#build.actions[name] = action
    return name
  }

  /** Adds named actions that emit an event of this node. */
  emits(verb: string, event: (frame: Frame, slots: Slots) => EmittedEvent): string[] {
    const { path, slot } = this
    const name = `${path}#${verb}`
    const { above, own } = emitActions(path, (slots) => event(readSlot(slots, slot) as Frame, slots))
    this.#build.actions[`${name}:above`] = above
    if (this.#build.isItem) return [`${name}:above`]
    this.#build.actions[name] = own
    return [name, `${name}:above`]
  }

  /**
   * Adds a named action that changes the memory of this node, which outlives its attempts and iterations: it is in the
   * root's frame. A throw becomes the error of this node's frame.
   */
  remember(verb: string, update: Remember): string {
    const name = `${this.path}#${verb}`
    this.#build.actions[name] = rememberAction(this.path, this.slot, update)
    return name
  }

  /** Adds a named action that does not change the context. */
  does(verb: string, act: (self: AnyActorRef, context: PipelineContext) => void): string {
    const name = `${this.path}#${verb}`
    this.#build.actions[name] = ({ self, context }: ActionArgs) => act(self, context)
    return name
  }

  /** Adds a named guard on this node's frame. */
  guard(verb: string, test: FramePredicate): string {
    const name = `${this.path}#${verb}`
    const { slot } = this
    this.#build.guards[name] = ({ context: { slots }, event }: ActionArgs) =>
      test(readSlot(slots, slot) as Frame, { event, slots })
    return name
  }
}
