import { findInvalid } from '../../../analysis/schema/find-value.ts'
import { RESUMED_CONVERSATION } from '../../samples/agent/resumed-conversation.ts'
import { inputConstraints } from '../../samples/constraints.ts'
import { sampleValues } from '../../samples/sample-values.ts'
import type { ToolChart } from '../../simulation/agent/tool-chart.ts'
import type { SimulatedEvent } from '../../simulation/simulated-event.ts'
import { framesOf, initialState } from '../../simulation/simulation-state.ts'
import type { TestModel } from '../../simulation/test-model.ts'

type Start = Extract<SimulatedEvent, { type: 'start' }>

/** An agent starts with a conversation whose last message has a tool call. */
export const resumedStart: Start = {
  type: 'start',
  input: RESUMED_CONVERSATION,
  label: 'the input has a call without a result',
}

/** How a tool call may start: with arguments that need an approval and that do not; at once, or from the queue. */
export function toolCallStarts(model: TestModel, tool: ToolChart): SimulatedEvent[] {
  const constraints = inputConstraints(tool.definition)
  const { predicates } = tool
  const classify = (input: unknown) => String(predicates.some((needsApproval) => needsApproval(input as never)))
  const partitions = [...constraints.partitions, ...(predicates.length > 0 ? [{ classify, predicates }] : [])]
  const inputs = sampleValues({ ...constraints, partitions })
  const starts = inputs.map((input): Start => ({ type: 'start', input, ...(inputs.length > 1 && { isVariant: true }) }))
  const invalid = constraints.schemas.flatMap((schema) => findInvalid(schema) ?? []).slice(0, 1)
  const [first] = starts
  return [
    ...starts,
    ...(first && tool.approval === 'conditional' ? forcedApprovals(model, starts) : []),
    ...(first && tool.queues
      ? [{ ...first, isVariant: false, queued: true, label: `${tool.definition.key} waits in the queue` }]
      : []),
    ...invalid.map(({ value }): Start => ({ type: 'start', input: value, rejected: true })),
  ]
}

/** Where the predicates return the same for all inputs, one start in which they return the opposite. */
function forcedApprovals(model: TestModel, starts: readonly Start[]): Start[] {
  const results = new Set(starts.map((start) => needsApproval(model, start)))
  const [first] = starts
  return [true, false].flatMap((result) =>
    first && !results.has(result)
      ? [{ ...first, needsApproval: result, label: result ? 'approve asks' : 'approve does not ask' }]
      : [],
  )
}

function needsApproval(model: TestModel, start: Start): boolean | undefined {
  const { snapshot, end } = model.step(initialState, start)
  if (end || !snapshot) return undefined
  return framesOf(snapshot)[0]?.gate?.asks === true
}
