import type { ActorView, NodeView, RunView } from './run-view.ts'
import { newNode, transitionKey } from './run-view.ts'

/** Where a call of a tool is drawn in the chart of its agent: the state of the calls, and the tool in it. */
export type DrawnToolCall = { readonly agent: ActorView; readonly calls: number; readonly tool: number | undefined }

/** Of an actor that runs a call of a tool. */
export function drawnToolCall(view: RunView, { id, call, parent, chart }: ActorView): DrawnToolCall | undefined {
  const agent = call && parent !== undefined ? view.actors.get(parent) : undefined
  const calls = agent?.chart?.byPath.get(id.slice(0, id.lastIndexOf('[')))
  if (!agent || calls === undefined) return undefined
  const tool = agent.chart?.byPath.get(chart?.states[0]?.path ?? '')
  return { agent, calls, tool: agent.chart?.states[tool ?? -1]?.tool ? tool : undefined }
}

/**
 * The actors of the calls that are drawn at a state: of a tool its own, of the state around the tools all. Of an agent that
 * has begun again, those since then; `turn` leaves out the calls of earlier turns.
 */
export function toolCallsAt(view: RunView, agent: ActorView, index: number): ActorView[] {
  const { states = [] } = agent.chart ?? {}
  const state = states[index]
  const isTool = state?.tool === true
  const pool = isTool ? states[state.within ?? -1] : state
  if (pool?.layout !== 'calls') return []
  const rounds = agent.nodes.get(pool.within ?? -1)?.spans.filter((span) => span.state === 'running') ?? []
  // Of a restored run, the lines of calls may come before the agent that they are in.
  const since = rounds.length > 1 ? (rounds.at(-1)?.start ?? 0) : 0
  return (view.children.get(agent.actor) ?? []).flatMap((number) => {
    const one = view.actors.get(number)
    const isOwn = one?.call && one.started >= since && one.id.startsWith(`${pool.path}[`)
    return isOwn && (!isTool || one.chart?.states[0]?.path === state.path) ? [one] : []
  })
}

/** Whether a person has rejected the call that an actor runs. */
export const isRejectedCall = ({ call, nodes }: ActorView): boolean =>
  call !== undefined && nodes.get(0)?.state === 'rejected'

/** The state of the function that a call runs. */
const callState = ({ nodes, chart, status }: ActorView): string => {
  const { state = 'idle' } = nodes.get(0) ?? {}
  if (status === 'stopped') return 'stopped'
  return state === 'running' && chart?.states[0]?.waits ? 'waitingForEvent' : state
}

/** Which of its calls a tool looks like: what needs a person first, then what goes on, then what went wrong. */
const STATES_FIRST = ['waitingForApproval', 'waitingForEvent', 'running', 'waitingToRetry', 'waitingForLimit', 'queued']
const STATES_LAST = ['failed', 'rejected', 'stopped', 'complete']
const rank = (state: string): number => {
  const [first, last] = [STATES_FIRST.indexOf(state), STATES_LAST.indexOf(state)]
  // What is left is at work, between two states.
  return first >= 0 ? first : last >= 0 ? STATES_FIRST.length + last : STATES_FIRST.indexOf('running')
}

/** A tool looks as its calls of the last turn do; one that was not called, as one that was not reached. */
export function updateToolState(view: RunView, actor: ActorView): void {
  const { agent, calls, tool } = drawnToolCall(view, actor) ?? {}
  if (!agent || calls === undefined || tool === undefined) return
  const all = toolCallsAt(view, agent, tool)
  const turn = Math.max(...all.map(({ call }) => call?.turn ?? 0))
  const [first] = all
    .filter(({ call }) => call?.turn === turn)
    .map(callState)
    .toSorted((a, b) => rank(a) - rank(b))
  if (first === undefined) return
  const node: NodeView = agent.nodes.get(tool) ?? { ...newNode(), visits: 1 }
  agent.nodes.set(tool, node)
  node.state = first
  for (const way of approvalTransitions(actor, calls, tool)) agent.taken.add(way)
}

/** The transitions that an approval or rejection of a call has taken. */
function approvalTransitions({ nodes }: ActorView, calls: number, tool: number): string[] {
  const { state, spans = [] } = nodes.get(0) ?? {}
  const asked = spans.findLastIndex((span) => span.state === 'waitingForApproval')
  if (asked < 0) return []
  if (state === 'rejected') return [transitionKey(tool, calls, 'rejected')]
  return asked < spans.length - 1 ? [transitionKey(calls, tool)] : []
}
