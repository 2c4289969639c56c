import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate'

type Named = string | { readonly type?: unknown; readonly name?: unknown }
type V5Transition = {
  readonly target?: readonly AnyStateNode[] | undefined
  readonly actions?: readonly unknown[]
  readonly guard?: unknown
  readonly reenter?: boolean
}
type V4Edge = { target?: string[]; actions: { type: string }[]; cond?: string; internal: boolean }
/** A machine as XState 4 writes it down: what the classic inspectors draw. */
export type V4Machine = {
  id: string
  key: string
  type: string
  initial?: string
  on?: Record<string, V4Edge[]>
  always?: V4Edge[]
  invoke: { id: string; src: string }[]
  entry: { type: string }[]
  exit: { type: string }[]
  tags: readonly string[]
  description?: string
  history?: string
  states: Record<string, V4Machine>
  predictableActionArguments?: true
}

/**
 * A machine of XState 5 as the definition that tools for XState 4 read.
 *
 * @example
 * const { states } = toV4Machine(pipeline.machine)
 */
export const toV4Machine = (machine: AnyStateMachine): V4Machine => ({
  ...toV4StateNode(machine.root),
  predictableActionArguments: true,
})

function toV4StateNode(node: AnyStateNode): V4Machine {
  const on: Record<string, V4Edge[]> = {}
  for (const [event, edges] of node.transitions) {
    const name = toV4Event(event)
    on[name] = [...(on[name] ?? []), ...edges.map((edge) => edgeOf(edge as V5Transition))]
  }
  const always = (node.always ?? []).map((edge) => edgeOf(edge as V5Transition))
  const [first] = node.type === 'compound' ? (node.initial.target ?? []) : []
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    ...(first && { initial: first.key }),
    ...(Object.keys(on).length > 0 && { on }),
    ...(always.length > 0 && { always }),
    invoke: node.invoke.map(({ id, src }) => ({ id, src: typeof src === 'string' ? src : id })),
    entry: node.entry.map((action) => ({ type: implementationName(action, 'action') })),
    exit: node.exit.map((action) => ({ type: implementationName(action, 'action') })),
    tags: node.tags,
    ...(node.description !== undefined && { description: node.description }),
    ...(node.history !== undefined && node.history !== false && { history: String(node.history) }),
    states: Object.fromEntries(Object.values(node.states).map((child) => [child.key, toV4StateNode(child)])),
  }
}

const edgeOf = ({ target, actions = [], guard, reenter = false }: V5Transition): V4Edge => ({
  ...(target && { target: target.map(({ id }) => `#${id}`) }),
  actions: actions.map((action) => ({ type: implementationName(action, 'action') })),
  ...(guard !== undefined && { cond: implementationName(guard, 'guard') }),
  internal: !reenter,
})

function implementationName(what: unknown, otherwise: string): string {
  if (typeof what === 'string') return what
  const { type, name } = what as Exclude<Named, string>
  return typeof type === 'string' ? type : typeof name === 'string' && name !== '' ? name : otherwise
}

/** What XState 4 calls an event of XState 5. */
export function toV4Event(event: string): string {
  const after = /^xstate\.after\.(.+?)\.(.+)$/.exec(event)
  if (after) return `xstate.after(${after[1]})#${after[2]}`
  return event
    .replace(/^xstate\.done\.actor\./, 'done.invoke.')
    .replace(/^xstate\.error\.actor\./, 'error.platform.')
    .replace(/^xstate\.done\.state\./, 'done.state.')
}

type V5Event = { readonly type: string; readonly [key: string]: unknown }

/** An event in the envelope that XState 4 puts around it. */
export const toScxml = (event: V5Event) => {
  const named = { ...event, type: toV4Event(event.type) }
  return { name: named.type, data: named, $$type: 'scxml', type: 'external' }
}

/** A snapshot of XState 5 as a state of XState 4. */
export const toV4State = (snapshot: AnyMachineSnapshot, event: V5Event, sessionId: string) => ({
  value: snapshot.value,
  context: snapshot.context as unknown,
  _event: toScxml(event),
  _sessionid: sessionId,
  event: toScxml(event).data,
  historyValue: undefined,
  actions: [],
  activities: {},
  meta: {},
  events: [],
  transitions: [],
  children: {},
  configuration: [],
  done: snapshot.status === 'done',
  tags: [...snapshot.tags],
  changed: true,
})
