import { hasOnlyKnownAnswers } from '../../analysis/decision.ts'
import { allDefinitions, type Definition, isAgent } from '../../analysis/definition.ts'
import type { ToolChart } from './agent/tool-chart.ts'
import { resumes } from '../samples/agent/resumed-conversation.ts'
import type { ChartTransition, TransitionTable } from '../../analysis/chart/transition-table.ts'
import { tryValidate } from '../../analysis/schema/validate.ts'

/** Removes the states and transitions that no run can reach from the table. */
export function removeInfeasible(root: Definition, table: TransitionTable, tool?: ToolChart): void {
  const { transitions, states } = table
  const drop = (isInfeasible: (transition: ChartTransition) => boolean) => {
    for (const transition of transitions.values()) if (isInfeasible(transition)) transitions.delete(transition.id)
  }
  for (const definition of allDefinitions(root)) {
    if (hasOnlyKnownAnswers(definition)) drop(isUnknownChoice(definition, states))
    if (isAgent(definition))
      dropOfAgent(definition, { table, drop, resumes: definition === root && !tool && resumes(definition) })
  }
  if (tool?.approval !== 'never') return
  const { id } = tool.machine
  dropState(`${id}.waitingForApproval`, table, drop)
  dropState(`${id}.rejected`, table, drop)
  drop(
    ({ from, event, guard }) => (from === id && /^(APPROVE|REJECT)$/.test(event)) || guard === `${root.path}#mustAsk`,
  )
}

type Drop = (isInfeasible: (transition: ChartTransition) => boolean) => void

function dropState(id: string, { states }: TransitionTable, drop: Drop): void {
  ;(states as Map<string, string>).delete(id)
  drop(({ from, to }) => from === id || to.includes(id))
}

/** The transition for an answer that is not one of the choices, which the schema rejects before. */
function isUnknownChoice(
  { path }: Definition,
  states: TransitionTable['states'],
): (transition: ChartTransition) => boolean {
  const deciding = [...states].find(([, of]) => of === `${path}.deciding`)?.[0]
  return ({ from, guard = '' }) => from === deciding && !/#(failBy|chose):/.test(guard)
}

function dropOfAgent(
  agent: Definition,
  { table, drop, resumes: mayResume }: { table: TransitionTable; drop: Drop; resumes: boolean },
): void {
  const { path, children } = agent
  const act = children.find(({ key }) => key === 'act')
  const think = children.find(({ key }) => key === 'think')?.node
  const { calling } = act?.node.facts ?? {}
  if (!act || !calling) return
  const guarded = (...guards: readonly string[]) =>
    drop(({ guard }) => guard !== undefined && guards.some((each) => guard === `${path}#${each}`))
  if (!mayResume) guarded('mustResume')
  // A schema that rejects what is not a message.
  const isMessage = think?.output !== undefined && 'issue' in tryValidate(think.output, 42)
  if (isMessage) guarded('isUnread')
  if (isMessage && calling.endWith.size > 0) guarded('isInterrupted', 'isAnswer')
  if (calling.maxTurns === 1 && !mayResume) {
    if (calling.onMaxTurns !== 'answer') guarded('isEmpty')
    drop(
      ({ from, to, event, guard }) =>
        table.states.get(from) === act.path && isDone(event) && guard === undefined && to.length > 0,
    )
  }
  if (mayFail(act)) return
  const failed = [...table.states].find(([id, of]) => of === act.path && id.endsWith('.act.failed'))?.[0]
  if (failed !== undefined) dropState(failed, table, drop)
  guarded('failBy:act')
}

const isDone = (event: string): boolean => event.startsWith('xstate.done.state.')

/** Whether the tool calls of an agent can make the agent fail. */
function mayFail({ children, node }: Definition): boolean {
  const { calling } = node.facts ?? {}
  if (!calling) return false
  if (calling.stopWhen !== undefined || typeof calling.onMaxTurns === 'function') return true
  return children.some(({ key, node: tool }) => {
    const asks = calling.asks(key)
    const hasMistakes = tool.facts?.code !== undefined && tool.output !== undefined
    return hasMistakes || calling.toolErrors !== 'tell' || asks === true || asks.length > 0
  })
}
