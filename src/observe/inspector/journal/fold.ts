import { indexChart, type IndexedState } from './indexed-chart.ts'
import type { ActorStatus, FrameChange, Line } from './line.ts'
import type { ExpectedEvents } from './outside-events.ts'
import { updateToolState } from './tool-calls.ts'
import { type ActorView, newNode, type NodeView, type RunView, transitionKey } from './run-view.ts'

/**
 * Applies one more line of the journal to the view of its run. A line that refers to an unknown actor is ignored.
 *
 * @example
 * fold(view, { type: 'token', run: 'r1', t: 12.5, actor: 0, path: 'chat', delta: 'Hel' })
 */
export function fold(view: RunView, line: Line): void {
  view.lines++
  if ('t' in line && line.t > view.t) view.t = line.t
  if (line.type === 'run') {
    const { run, name, id, at } = line
    Object.assign(view, { run, name, id, at })
  } else if (line.type === 'chart') {
    view.charts.set(line.chart, indexChart(line.root))
  } else if (line.type === 'actor') {
    addActor(view, line)
  } else {
    const actor = view.actors.get(line.actor)
    if (!actor) return
    foldActorLine(view, actor, line)
    if (actor.call && (line.type === 'step' || line.type === 'end')) updateToolState(view, actor)
  }
}

function addActor(view: RunView, { actor, id, src, parent, chart, call, t }: Extract<Line, { type: 'actor' }>): void {
  const known = chart === undefined ? undefined : view.charts.get(chart)
  view.actors.set(actor, {
    actor,
    id,
    ...(src !== undefined && { src }),
    ...(parent !== undefined && { parent }),
    ...(known && { chart: known }),
    ...(call && { call }),
    started: t,
    status: 'active',
    active: new Set(),
    nodes: new Map(),
    taken: new Set(),
    last: new Map(),
  })
  if (parent === undefined) return
  const siblings = view.children.get(parent)
  if (siblings) siblings.push(actor)
  else view.children.set(parent, [actor])
}

type ActorLine = Exclude<Line, { type: 'run' | 'chart' | 'actor' }>

function foldActorLine(view: RunView, actor: ActorView, line: ActorLine): void {
  if (line.type === 'step') {
    const cut: number[] = []
    for (const index of line.left ?? []) if (leave(actor, index, line.t)) cut.push(index)
    for (const [path, change] of Object.entries(line.frames ?? {})) remember(view, actor, path, change)
    for (const index of line.entered ?? []) enter(actor, index, line.t)
    for (const index of cut) outcome(actor, index)
    if (line.context) actor.context = view.values.decode(line.context)
  } else if (line.type === 'token') {
    for (const node of nodesAt(view, actor, line.path)) {
      node.text += line.delta
      node.tokens++
    }
  } else if (line.type === 'usage') {
    for (const one of [...nodesAt(view, actor, line.path), view]) {
      one.inputTokens += line.inputTokens
      one.outputTokens += line.outputTokens
      one.cost += line.cost ?? 0
    }
  } else if (line.type === 'end') {
    actor.status = line.status
    actor.ended = line.t
    if (line.output) actor.output = view.values.decode(line.output)
    if (line.error) actor.error = view.values.decode(line.error)
    const root = actor.nodes.get(0)
    if (root && line.status === 'done' && actor.output !== undefined) root.output = actor.output
    for (const index of actor.active) if (leave(actor, index, line.t, line.status)) outcome(actor, index)
  } else {
    // Also of a line that changes nothing, the value is numbered.
    const event = view.values.decode(line.event)
    if (line.type === 'event') foldEvent(view, actor, line, event)
  }
}

/** An event that a function emitted: what it waits for, or what it rejected. */
function foldEvent(
  view: RunView,
  actor: ActorView,
  { path, t }: Extract<Line, { type: 'event' }>,
  event: unknown,
): void {
  const { type, events, input, code, reason, path: meant, event: sent } = Object(event)
  const node = nodeAt(actor, path)
  if (type === 'waiting' && isObject(events)) {
    if (node) node.asks = { events, input } as ExpectedEvents
  } else if (type === 'approvalRequested') {
    // A person is shown what will run: the input as the tool's schema made it.
    if (node?.asks) node.asks = { ...node.asks, input }
  } else if (type === 'refused' && typeof code === 'string') {
    view.refusals.push({
      t,
      type: String(Object(sent).type),
      path: String(meant ?? path),
      code,
      reason: String(reason),
    })
    if (view.refusals.length > MAX_REJECTED) view.refusals.shift()
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** So many rejected events are kept. */
const MAX_REJECTED = 100

function nodeView(actor: ActorView, index: number): NodeView {
  let node = actor.nodes.get(index)
  if (!node) actor.nodes.set(index, (node = newNode()))
  return node
}

function nodeAt(actor: ActorView, path: string): NodeView | undefined {
  const index = actor.chart?.byPath.get(path)
  return index === undefined ? undefined : nodeView(actor, index)
}

/** The function at a path, and around it the leaves that run it by `ctx.run`: the path of its machine is below theirs. */
function nodesAt(view: RunView, actor: ActorView, path: string): NodeView[] {
  const node = nodeAt(actor, path)
  const own = node ? [node] : []
  const above = actor.parent === undefined ? undefined : view.actors.get(actor.parent)
  if (!above || actor.chart?.states[0]?.path !== actor.id) return own
  return [...own, ...nodesAt(view, above, actor.id.slice(0, actor.id.lastIndexOf('.')))]
}

function enter(actor: ActorView, index: number, t: number): void {
  actor.active.add(index)
  const state = actor.chart?.states[index]
  if (!state) return
  const { owner } = state
  recordTransition(actor, state)
  // A state of a function's lifecycle is the state of that function.
  if (owner !== undefined) {
    const node = nodeView(actor, owner)
    const attempt = node.attempt
    close(node, t)
    node.state = state.key
    if (WAITING.has(state.key)) delete node.asks
    if (!ENDED_STATES.has(state.key)) node.spans.push({ state: state.key, start: t, attempt })
  } else if (state.path !== undefined || !actor.chart?.isTinyllm) {
    const node = nodeView(actor, index)
    node.visits++
    if (state.path === undefined) {
      node.state = 'running'
      node.spans.push({ state: 'running', start: t, attempt: node.visits })
    }
  }
}

/** In these a function may wait for events; in these it has ended. */
const WAITING: ReadonlySet<string> = new Set(['running', 'waitingForApproval'])
const ENDED_STATES: ReadonlySet<string> = new Set(['complete', 'rejected', 'failed'])

/** Remembers which way led here. */
function recordTransition({ taken, last }: ActorView, { index, key, owner, path, within }: IndexedState): void {
  const around = owner ?? (path === undefined ? undefined : within)
  if (around === undefined) return
  const from = last.get(around)
  if (owner === undefined) {
    if (from !== undefined) taken.add(transitionKey(from, index))
    last.set(around, index)
  } else if (key === 'running') last.delete(owner)
  else if (from !== undefined) taken.add(transitionKey(from, owner, key))
}

/** Says whether a function was left in the middle. */
function leave(actor: ActorView, index: number, t: number, status: ActorStatus = 'active'): boolean {
  actor.active.delete(index)
  const state = actor.chart?.states[index]
  const node = actor.nodes.get(state?.owner ?? index)
  if (!state || !node) return false
  if (state.owner !== undefined) {
    if (node.state === state.key) close(node, t)
  } else if (state.path === undefined) {
    close(node, t)
    if (node.state === 'running') node.state = status === 'error' ? 'failed' : 'complete'
  } else if (!ENDED_STATES.has(node.state)) {
    close(node, t)
    return node.state !== 'stopped'
  }
  return false
}

const ENDED: ReadonlySet<string> = new Set(['failed', 'waitingToRetry', 'stopped'])

/**
 * What became of a function that was left in the middle: a sibling failed, or the run was cancelled. Where only whole
 * steps are told, it may also have gone on to its end unseen.
 */
function outcome(actor: ActorView, index: number): void {
  const node = actor.nodes.get(index)
  if (!node) return
  let above = actor.chart?.states[index]?.within
  let isCut = actor.status === 'error' || actor.status === 'stopped'
  for (; above !== undefined && !isCut; above = actor.chart?.states[above]?.within) {
    isCut = ENDED.has(actor.nodes.get(above)?.state ?? '')
  }
  node.state = isCut ? 'stopped' : 'complete'
}

function close(node: NodeView, t: number): void {
  const last = node.spans.at(-1)
  if (last && last.end === undefined) last.end = t
}

function remember(view: RunView, actor: ActorView, path: string, { attempt, input, value, error }: FrameChange): void {
  const decode = view.values
  const node = nodeAt(actor, path)
  const values = {
    input: input && decode.decode(input),
    value: value && decode.decode(value),
    error: error && decode.decode(error),
  }
  if (!node) return
  if (attempt !== undefined) {
    // A new attempt or a new round: what the last one left is not of it.
    node.attempt = attempt
    node.text = ''
    delete node.output
    delete node.error
  }
  if (input) node.input = values.input
  if (value) node.output = values.value
  if (error) node.error = values.error
}
