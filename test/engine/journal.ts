import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition, InspectionEvent } from 'xstate'

/** Any value as text in which nothing is left out, and in which what differs from run to run has no name. */
export function show(value: unknown): string {
  const above: unknown[] = []
  return JSON.stringify(value, function (this: unknown, key, part: unknown) {
    // A set, and no more: XState has them in the order in which states were entered, the engine by document.
    if (key === 'tags' && Array.isArray(part)) return part.toSorted()
    if (part === undefined) return '(undefined)'
    if (typeof part === 'function') return '(function)'
    if (typeof part !== 'object' || part === null) return part
    if ('sessionId' in part && 'send' in part) return `(actor ${nameOf(part as unknown as { id: string })})`
    if (part instanceof Map) return [...part.keys()]
    if (part instanceof AbortSignal) return '(signal)'
    while (above.length > 0 && above.at(-1) !== this) above.pop()
    if (above.includes(part)) return '(again)'
    above.push(part)
    if (part instanceof Error) {
      const { name, message, cause } = part
      return { ...part, name, message: anonymous(message), cause }
    }
    return part
  })
}

const anonymous = (text: string) => text.replace(/\bx:\d+\b/g, 'x')
const nameOf = ({ id }: { id: string }) => anonymous(id)

/** What a run looks like to most who watch it. */
export function glance(snapshot: AnyMachineSnapshot): string {
  const { status, value, context, output, error, children } = snapshot
  return show({ status, value, context, output, error, children: Object.keys(children ?? {}) })
}

const EVENTS = [
  { type: 'GO', n: 1 },
  { type: 'GO' },
  { type: 'tinyllm.cancel' },
  { type: 'tinyllm.emit', path: 'it', event: { type: 'usage' } },
  { type: 'NOTHING' },
]

/** What a snapshot is to somebody who knows nothing of XState. */
function anatomy(snapshot: object): unknown {
  const proto: unknown = Object.getPrototypeOf(snapshot)
  const keys = Reflect.ownKeys(snapshot)
  const parts = keys.map((key) => {
    const { value, ...rest } = Object.getOwnPropertyDescriptor(snapshot, key) as PropertyDescriptor
    return [typeof value, rest, value === snapshot[key as never], key in snapshot]
  })
  const copies = [{ ...snapshot }, Object.assign({}, snapshot), Object.fromEntries(Object.entries(snapshot))]
  const same = copies.map((copy) => keys.every((key) => copy[key as never] === snapshot[key as never]))
  return [keys, parts, same, proto === Object.prototype, snapshot.constructor === Object, 'nothing' in snapshot]
}

/** Everything that a snapshot can be asked. */
export function study(snapshot: AnyMachineSnapshot): string {
  if (!snapshot.matches) return `${glance(snapshot)} ${show(Object.keys(snapshot))}` // XState fails so early that there is nothing else.
  // First, while nobody has looked at its parts.
  const parts = anatomy(snapshot)
  const { value, tags, historyValue, _nodes: nodes } = snapshot
  const deep = pathsIn(value)
  const asked = ['running', 'failed', 'it', {}, { running: {} }, { running: 'nothing' }, value, ...deep]
  const can = EVENTS.map((event) => attempt(() => snapshot.can(event as never)))
  const json = snapshot.toJSON() as object
  const keys = Object.keys(json)
  const meta = Object.entries(snapshot.getMeta()).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${glance(snapshot)} ${show({
    can,
    matches: asked.map((part) => snapshot.matches(part as never)),
    tags: [...tags].toSorted(),
    tagged: snapshot.hasTag('tagged'),
    historyValue,
    nodes: nodes.map((node) => node.id).toSorted(),
    meta,
    keys,
    json,
    parts,
    copied: attempt(() => EVENTS.map((event) => ({ ...snapshot }).can(event as never))),
  })}`
}

function attempt(ask: () => unknown): unknown {
  try {
    return ask()
  } catch (thrown) {
    return thrown
  }
}

/** `{ a: { b: 'c' } }` is `a`, `a.b`, `a.b.c`, and each without what is beside it. */
function pathsIn(value: unknown, at = ''): string[] {
  if (typeof value === 'string') return [`${at}${value}`]
  const list = Object.entries(value as object).slice(0, 3)
  return list.flatMap(([key, part]) => [`${at}${key}`, ...pathsIn(part, `${at}${key}.`)])
}

type Inspected = {
  type: string
  actorRef: { id: string }
  sourceRef?: { id: string }
  event?: object
  snapshot: AnyMachineSnapshot
  action: { type: string; params: unknown }
  _transitions: AnyTransitionDefinition[]
}

/** An inspection event as a line. */
export function inspected(inspection: InspectionEvent): string {
  const { type, actorRef, sourceRef, event, snapshot, action, _transitions } = inspection as unknown as Inspected
  const actor = `${type} ${nameOf(actorRef)}`
  switch (type) {
    case '@xstate.actor':
      return actor
    case '@xstate.event':
      return `${actor} from ${sourceRef ? nameOf(sourceRef) : ''} ${show(event)}`
    case '@xstate.snapshot':
      return `${actor} ${show(event)} ${glance(snapshot)}`
    case '@xstate.action':
      return `${actor} ${action.type} ${show(action.params)}`
    default:
      return `${actor} ${show(event)} ${glance(snapshot)} by ${_transitions.map(transition).join()}`
  }
}

export const transition = ({ source, target, eventType }: AnyTransitionDefinition): string =>
  `${source.id} -${eventType}-> ${target?.map((node: AnyStateNode) => node.id).join() ?? ''}`
