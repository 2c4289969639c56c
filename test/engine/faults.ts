import type { Actor, AnyActorRef, EventObject } from 'xstate'
import { Active, find, Regions, walk } from '../../src/engine/configuration.ts'
import { LightActor } from '../../src/engine/internals.ts'
import { PipelineMachine } from '../../src/engine/machine.ts'
import type { Plan, PlanNode, PlanTransition } from '../../src/engine/plan.ts'
import type { Situation } from '../../src/engine/select.ts'
import { LazySnapshot } from '../../src/engine/snapshot.ts'
import type { Fault } from './fault-injection.ts'

type Listeners = readonly { node: PlanNode; transitions: readonly PlanTransition[] }[]
/** The same plan, in which others listen to this event. */
const listening = (plan: Plan, type: string, change: (listeners: Listeners) => Listeners): Plan => ({
  ...plan,
  listeners: new Map([[type, change(plan.listeners.get(type) ?? [])]]),
})

/** A list that is never in reverse order. */
class DocumentOrder<T> extends Array<T> {
  override toReversed(): T[] {
    return this
  }
}

// What is left of a state when it is exited, with other children at each.
const without = (active: Active): Active =>
  ({
    node: active.node,
    inner: active.inner && without(active.inner),
    regions: active.regions && {
      chunks: active.regions.chunks.map((chunk) => chunk.map(without)),
      final: active.regions.final,
    },
    invoked: [],
  }) as unknown as Active
/** The children of outer states are those of the innermost, before its own. */
const outerFirst = (active: Active, outer: Active['invoked'] = []): Active => {
  const { node, inner, regions, invoked } = active
  if (!inner) return { node, inner, regions, invoked: [...outer, ...invoked] } as unknown as Active
  return { node, inner: outerFirst(inner, [...outer, ...invoked]), regions, invoked: [] } as unknown as Active
}
const leaving =
  (change: (active: Active) => Active) =>
  (actual: typeof find): typeof find =>
  (root, node) => {
    const active = actual(root, node)
    return active?.inner ? ({ ...active, inner: change(active.inner) } as Active) : active
  }

const isDone = ({ type }: EventObject) => type.startsWith('xstate.done.state.')
/** The compounds that are in a final state, and whose completion is an event of the chart, in document order. */
function complete({ listeners }: Plan, root: Active): PlanNode[] {
  const found: PlanNode[] = []
  walk(root, (active) => {
    if (active.isFinal && listeners.has(active.node.done)) found.push(active.node)
  })
  return found
}
const insideOf = (situation: Situation) => {
  const snapshot = situation.snapshot() as LazySnapshot
  return { plan: snapshot.machine.plan as Plan, root: LazySnapshot.inside(snapshot).root }
}
const selfOf = (situation: Situation) => (situation as unknown as { actorRef: AnyActorRef }).actorRef

/** Every snapshot as a proxy with other traps: what its user sees of it is not what XState's shows. */
const shown =
  (traps: (snapshot: LazySnapshot) => ProxyHandler<LazySnapshot>): Fault =>
  (engine) =>
    engine.construct('LazySnapshot', (make, args) => {
      const snapshot = make(...args)
      return new Proxy(snapshot, traps(snapshot))
    })
const WORKED_OUT: readonly PropertyKey[] = ['value', '_nodes', 'tags', 'children']

/** Mistakes that an engine could have, each injected between two of its modules. */
export const faults: Record<string, Fault> = {
  'an outer state answers before an inner one': (engine) =>
    engine.replace(
      'select',
      (actual) => (plan, root, event, situation) =>
        actual(
          listening(plan, event.type, (listeners) => listeners.toReversed()),
          root,
          event,
          situation,
        ),
    ),
  'an inactive state answers': (engine) =>
    engine.replace('select', (actual) => (plan, root, event, situation) => {
      const chosen = actual(plan, root, event, situation)
      const inactive = plan.listeners.get(event.type)?.find(({ node }) => !find(root, node))
      return chosen.length === 0 && inactive ? inactive.transitions.slice(0, 1) : chosen
    }),
  'an outer state answers, too': (engine) =>
    engine.replace(
      'select',
      (actual) => (plan, root, event, situation) =>
        (plan.listeners.get(event.type) ?? []).flatMap((listener) =>
          actual(
            listening(plan, event.type, () => [listener]),
            root,
            event,
            situation,
          ),
        ),
    ),
  'the last of the eventless transitions is taken': (engine) =>
    engine.replace('selectEventless', (actual) => (pending, event, situation) => {
      const reversed = pending.map(
        (node) => Object.create(node, { always: { value: node.always?.toReversed() } }) as PlanNode,
      )
      return actual(reversed, event, situation)
    }),
  'regions are left in document order': (engine) =>
    engine.override(Regions, 'of', (actual) => (list: readonly Active[]) => {
      const { chunks, final } = actual(list)
      return new Regions(DocumentOrder.from(chunks), final)
    }),
  'outer states are left before inner ones': (engine) => engine.replace('find', leaving(outerFirst)),
  'no child is stopped': (engine) => engine.replace('find', leaving(without)),
  'a transition acts after entry': (engine) => {
    const late = new WeakMap<Situation, PlanTransition[]>()
    const later = (chosen: readonly PlanTransition[], situation: Situation) => {
      const acting = chosen.filter(({ enters, actions }) => enters.length > 0 && actions.length > 0)
      if (acting.length === 0) return chosen
      late.set(
        situation,
        acting.map((transition) => ({ ...transition, enters: [] })),
      )
      return chosen.map((transition) => (acting.includes(transition) ? { ...transition, actions: [] } : transition))
    }
    engine.replace(
      'select',
      (actual) => (plan, root, event, situation) => later(actual(plan, root, event, situation), situation),
    )
    engine.replace('selectEventless', (actual) => (pending, event, situation) => {
      const before = late.get(situation) ?? []
      late.delete(situation)
      return [...before, ...later(actual(pending, event, situation), situation)]
    })
  },
  'an invoke gets its input before the entry actions': (engine) => {
    const before = new WeakMap<AnyActorRef, object>()
    engine.replace('assigned', (actual) => (action, given) => {
      before.set(given.self, given.context)
      return actual(action, given)
    })
    engine.replace(
      'invoke',
      (actual) => (plan, owner, args, scope) =>
        actual(plan, owner, { ...args, context: before.get(args.self) ?? args.context }, scope),
    )
  },
  'a parallel state is complete with one region': (engine) =>
    engine.replace('find', (actual) => (root, node) => {
      const active = actual(root, node)
      if (!active?.regions || active.regions.final === 0) return active
      return { ...active, regions: { ...active.regions, final: node.states.length } } as unknown as Active
    }),
  'a region that becomes final is not counted': (engine) =>
    engine.override(
      Regions.prototype,
      'with',
      (actual) =>
        function (this: Regions, index, region) {
          return new Regions(actual.call(this, index, region).chunks, this.final)
        },
    ),
  'the second chunk of regions is lost': (engine) =>
    engine.override(
      Regions.prototype,
      'at',
      (actual) =>
        function (this: Regions, index) {
          return actual.call(this, index % 32)
        },
    ),
  'a parallel state that is complete on entry is not': (engine) =>
    engine.override(Regions, 'of', (actual) => (list: readonly Active[]) => {
      const regions = actual(list)
      return new Regions(regions.chunks, Math.min(regions.final, list.length - 1))
    }),
  'raised events come before eventless transitions': (engine) =>
    engine.replace('selectEventless', (actual) => (pending, event, situation) => {
      if (pending.length === 0) return []
      const { plan, root } = insideOf(situation)
      return complete(plan, root).length > 0 ? [] : actual(pending, event, situation)
    }),
  'the last raised event comes first': (engine) =>
    engine.replace('select', (actual) => (plan, root, event, situation) => {
      const last = isDone(event) ? complete(plan, root).at(-1) : undefined
      return actual(plan, root, last ? ({ ...event, type: last.done } as EventObject) : event, situation)
    }),
  'what follows a raised event sees the old one': (engine) => {
    const first = new WeakMap<AnyActorRef, EventObject>()
    const old = (event: EventObject, self: AnyActorRef) => (isDone(event) ? (first.get(self) ?? event) : event)
    engine.replace('select', (actual) => (plan, root, event, situation) => {
      if (!isDone(event)) first.set(selfOf(situation), event)
      return actual(plan, root, event, situation)
    })
    engine.replace(
      'selectEventless',
      (actual) => (pending, event, situation) => actual(pending, old(event, selfOf(situation)), situation),
    )
    engine.replace(
      'assigned',
      (actual) => (action, given) => actual(action, { ...given, event: old(given.event, given.self) }),
    )
    engine.replace(
      'perform',
      (actual) => (name, action, args, scope) =>
        actual(name, action, { ...args, event: old(args.event, args.self) }, scope),
    )
    engine.replace(
      'report',
      (actual) => (system, step) =>
        actual(system, {
          actorRef: step.actorRef,
          event: old(step.event, step.actorRef),
          snapshot: () => step.snapshot(),
          definitions: () => step.definitions(),
        }),
    )
  },
  'an error that nobody handles is passed over': (engine) =>
    engine.replace('select', (actual) => (plan, root, event, situation) => {
      const chosen = actual(plan, root, event, situation)
      if (chosen.length > 0 || !event.type.startsWith('xstate.error.actor')) return chosen
      const nothing = { guard: undefined, actions: [], refuses: false, enters: [], domain: plan.root }
      return [{ source: plan.root, event: event.type, index: 0, ...nothing }]
    }),
  'children outlive the run': (engine) =>
    engine.replace('childrenIn', (actual) => (inside) => ('isAtRest' in inside ? actual(inside) : [])),
  'a stopped run keeps its children': (engine) =>
    engine.construct('LazySnapshot', (make, [owner, outcome, context, inside]) =>
      make(owner, outcome, context, inside),
    ),
  'an assign sees the old context': (engine) =>
    // The old one can be read and is not copied, so that only what was assigned is left.
    engine.replace(
      'assigned',
      (actual) => (action, given) => actual(action, { ...given, context: Object.create(given.context) as object }),
    ),
  'what an assign spawns is no child': (engine) =>
    engine.construct('LazySnapshot', (make, [owner, outcome, context, inside, children]) =>
      make(owner, outcome, context, { ...inside, spawned: [] }, children),
    ),
  'an invoke gets the input of the state before': (engine) =>
    engine.replace('invoke', (actual) => (plan, owner, args, scope) => {
      const { context = args.context } = (args.self.getSnapshot() ?? {}) as { context?: object }
      return actual(plan, owner, { ...args, context }, scope)
    }),
  'observers are not told': (engine) => engine.replace('report', () => () => {}),
  'observers get the snapshot before the step': (engine) =>
    engine.replace(
      'report',
      (actual) => (system, step) =>
        actual(system, {
          actorRef: step.actorRef,
          event: step.event,
          snapshot: () => (step.actorRef.getSnapshot() ?? step.snapshot()) as LazySnapshot,
          definitions: () => step.definitions(),
        }),
    ),
  'a held snapshot changes': (engine) =>
    engine.replace('put', (actual) => (root, domain, inner) => {
      const after = actual(root, domain, inner)
      Object.assign(find(root, domain) as Active, { inner })
      return after
    }),
  'a snapshot without changes is a new one': (engine) =>
    engine.override(
      PipelineMachine.prototype,
      'transition',
      (actual) =>
        function (this: PipelineMachine, snapshot, event, scope) {
          const after: object = actual.call(this, snapshot, event, scope)
          const isAdopted = this.plan && after === snapshot && !LazySnapshot.behind(snapshot)
          return (isAdopted ? { ...after } : after) as never
        },
    ),
  'children are listed by state': (engine) =>
    engine.replace('child', (actual) => (id, ref) => ({ ...actual(id, ref), place: 0 })),
  'refusals count for can': (engine) =>
    engine.override(
      LazySnapshot,
      'select',
      (actual) => (snapshot: LazySnapshot, event: EventObject) =>
        actual(snapshot, event).map((transition) => ({ ...transition, refuses: false })),
    ),
  'a copy of a snapshot lacks what nobody had read': shown((snapshot) => {
    const read = new Set<PropertyKey>()
    return {
      get(target, key, receiver) {
        read.add(key)
        return Reflect.get(target, key, receiver) as unknown
      },
      getOwnPropertyDescriptor(target, key) {
        const found = Reflect.getOwnPropertyDescriptor(target, key)
        return found && WORKED_OUT.includes(key) && !read.has(key) ? { ...found, value: snapshot.status } : found
      },
    }
  }),
  'a snapshot has its parts in another order': shown(() => ({
    ownKeys(target) {
      const keys = Reflect.ownKeys(target)
      const [one, other] = [keys.indexOf('hasTag'), keys.indexOf('can')]
      return keys.with(one, 'can').with(other, 'hasTag')
    },
  })),
  'a snapshot is of a class': shown(() => ({ getPrototypeOf: () => LazySnapshot.prototype })),
  'a snapshot has what is not its own': shown(() => ({ has: (target, key) => key === 'nothing' || key in target })),
  'a snapshot gives other parts each time': shown(() => ({
    get(target, key, receiver) {
      const part = Reflect.get(target, key, receiver) as unknown
      if (part instanceof Set) return new Set(part)
      if (key === '_nodes') return [...(part as [])]
      return WORKED_OUT.includes(key) && typeof part === 'object' ? { ...part } : part
    },
  })),
  'a child spawned again is there twice': (engine) => {
    const made = new WeakMap<AnyActorRef['system'], Map<string, Set<AnyActorRef>>>()
    engine.replace('child', (actual) => (id, ref) => {
      if (ref) {
        const ids = made.get(ref.system) ?? new Map<string, Set<AnyActorRef>>()
        made.set(ref.system, ids.set(id, (ids.get(id) ?? new Set()).add(ref)))
      }
      return actual(id, ref)
    })
    engine.replace('childrenIn', (actual) => (inside) => {
      const again = inside.spawned.flatMap(({ id, place, ref }) =>
        [...((ref && made.get(ref.system)?.get(id)) ?? [])].flatMap((other) =>
          other === ref ? [] : [{ id, place, ref: other }],
        ),
      )
      return [...actual(inside), ...again]
    })
  },
  'a restored run forgets a child': (engine) =>
    engine.replace('restore', (actual) => (owner, plan, snapshot, scope) => {
      const children = Object.entries(snapshot.children).filter(([id]) => !id.endsWith('#timeout'))
      return actual(owner, plan, { ...snapshot, children: Object.fromEntries(children) }, scope)
    }),
  'a restored run forgets its regions': (engine) => {
    const mixed = (active: Active): Active => {
      const { node, invoked, inner, regions } = active
      if (inner) return new Active(node, invoked, mixed(inner))
      return regions
        ? new Active(node, invoked, undefined, Regions.of(regions.chunks.flat().map(mixed).toReversed()))
        : active
    }
    engine.replace('configurationOf', (actual) => (node, value, childOf) => {
      const found = actual(node, value, childOf)
      return found && mixed(found)
    })
  },
  'an event that comes while an actor is busy is lost': (engine) => {
    const busy = new Set<unknown>()
    const actor = LightActor.prototype as unknown as Record<'_process' | '_send', (event: EventObject) => void>
    engine.override(
      actor,
      '_process',
      (actual) =>
        function (this: Actor<any>, event: EventObject) {
          busy.add(this)
          try {
            actual.call(this as never, event)
          } finally {
            busy.delete(this)
          }
        },
    )
    engine.override(
      actor,
      '_send',
      (actual) =>
        function (this: unknown, event: EventObject) {
          if (!busy.has(this)) actual.call(this as never, event)
        },
    )
  },
  'an actor forgets its effects': (engine) => engine.overrideGetter(LightActor.prototype, 'defer', () => {}),
  'a stop waits for nothing': (engine) =>
    engine.override(
      LightActor.prototype,
      '_stop',
      (actual) =>
        function (this: LightActor) {
          return this._processingStatus === 1 ? this._stopProcedure() : actual.call(this)
        },
    ),
  'an actor that has not started starts after its stop': (engine) =>
    engine.override(
      LightActor.prototype,
      '_stop',
      (actual) =>
        function (this: LightActor) {
          return this._processingStatus === 0 ? this : actual.call(this)
        },
    ),
  'a transition leaves too much': (engine) =>
    engine.replace('planOf', (actual) => (id, config) => {
      const plan = actual(id, config)
      if (!('listeners' in plan)) return plan
      const always = plan.nodes.flatMap((node) => node.always ?? [])
      for (const transition of [...plan.listeners.values()].flat().flatMap(({ transitions }) => transitions)) {
        widen(transition)
      }
      for (const transition of always) widen(transition)
      return plan
    }),
  'a transition does not say where it comes from': (engine) =>
    engine.override(
      PipelineMachine.prototype,
      'definitionOf',
      (actual) =>
        function (this: PipelineMachine, transition) {
          return transition.event === '' ? actual.call(this, transition) : undefined
        },
    ),
}

/** What is left and entered is all that lies in the outermost compound around both ends, and not in the innermost. */
function widen(transition: PlanTransition): void {
  const { source, enters } = transition
  const target = enters.at(-1)
  if (!target || !source.parent) return
  const domain = target.path.find((node) => node !== target && source.isBelow(node))
  const way = domain && target.path.slice(domain.path.length)
  if (domain?.type !== 'compound' || !way?.every((node) => node === target || node.type === 'compound')) return
  Object.assign(transition, { domain, enters: way })
}
