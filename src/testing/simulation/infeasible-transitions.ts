import { hearsOnlyChoices } from '../../analysis/rules/choices.ts'
import { allParts, type Part, isAgent } from '../../analysis/definition.ts'
import type { ToolChart } from './agent/tool-chart.ts'
import { RESUMING } from '../samples/agent/resumed-conversation.ts'
import type { Arrow, Inventory } from '../../analysis/chart/transition-table.ts'
import { checked } from '../../analysis/schema/values.ts'

/** Takes out of the inventory what no run can come to. */
export function dropImpossible(root: Part, inventory: Inventory, tool?: ToolChart): void {
  const { arrows, states } = inventory
  const drop = (isGone: (arrow: Arrow) => boolean) => {
    for (const arrow of arrows.values()) if (isGone(arrow)) arrows.delete(arrow.id)
  }
  for (const part of allParts(root)) {
    if (hearsOnlyChoices(part)) drop(isWrongChoice(part, states))
    if (isAgent(part)) dropOfAgent(part, { inventory, drop, resumes: part === root && !tool && resumes(part) })
  }
  if (tool?.asks === 'never') dropState(`${tool.machine.id}.waitingForApproval`, inventory, drop)
  if (tool?.asks === 'never') dropState(`${tool.machine.id}.rejected`, inventory, drop)
  const { path } = root
  if (tool?.asks === 'never') {
    drop(
      ({ from, event, guard }) =>
        (from === tool.machine.id && /^(APPROVE|REJECT)$/.test(event)) || guard === `${path}#mustAsk`,
    )
  }
}

type Drop = (isGone: (arrow: Arrow) => boolean) => void

function dropState(id: string, { states }: Inventory, drop: Drop): void {
  ;(states as Map<string, string>).delete(id)
  drop(({ from, to }) => from === id || to.includes(id))
}

/** The arrow for an answer that is no choice, where a schema lets none through. */
function isWrongChoice({ path }: Part, states: Inventory['states']): (arrow: Arrow) => boolean {
  const deciding = [...states].find(([, of]) => of === `${path}.deciding`)?.[0]
  return ({ from, guard = '' }) => from === deciding && !/#(failBy|chose):/.test(guard)
}

/** Whether an agent can be given calls that are its own to make. */
function resumes({ node: { input } }: Part): boolean {
  const read = input && checked(input, RESUMING)
  return read !== undefined && 'value' in read && (Object(read.value) as { resume?: unknown }).resume === true
}

function dropOfAgent(
  agent: Part,
  { inventory, drop, resumes: mayResume }: { inventory: Inventory; drop: Drop; resumes: boolean },
): void {
  const { path, children } = agent
  const act = children.find(({ key }) => key === 'act')
  const think = children.find(({ key }) => key === 'think')?.node
  const { calling } = act?.node.facts ?? {}
  if (!act || !calling) return
  const guarded = (...guards: readonly string[]) =>
    drop(({ guard }) => guard !== undefined && guards.some((each) => guard === `${path}#${each}`))
  if (!mayResume) guarded('mustResume')
  // What checks that it is a message lets nothing else through.
  const isMessage = think?.output !== undefined && 'refused' in checked(think.output, 42)
  if (isMessage) guarded('isUnread')
  if (isMessage && calling.endWith.size > 0) guarded('isInterrupted', 'isAnswer')
  if (calling.maxTurns === 1 && !mayResume) {
    if (calling.onMaxTurns !== 'answer') guarded('isEmpty')
    drop(
      ({ from, to, event, guard }) =>
        inventory.states.get(from) === act.path && isDone(event) && guard === undefined && to.length > 0,
    )
  }
  if (mayFail(act)) return
  const failed = [...inventory.states].find(([id, of]) => of === act.path && id.endsWith('.act.failed'))?.[0]
  if (failed !== undefined) dropState(failed, inventory, drop)
  guarded('failBy:act')
}

const isDone = (event: string): boolean => event.startsWith('xstate.done.state.')

/** Whether the calls of an agent may end in its failure. */
function mayFail({ children, node }: Part): boolean {
  const { calling } = node.facts ?? {}
  if (!calling) return false
  if (calling.stopWhen !== undefined || typeof calling.onMaxTurns === 'function') return true
  return children.some(({ key, node: tool }) => {
    const asks = calling.asks(key)
    const hasMistakes = tool.facts?.code !== undefined && tool.output !== undefined
    return hasMistakes || calling.toolErrors !== 'tell' || asks === true || asks.length > 0
  })
}
