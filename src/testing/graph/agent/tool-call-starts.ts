import { candidatesFor } from '../../samples/sample-values.ts'
import { needOf } from '../../samples/constraints.ts'
import type { Happening } from '../../simulation/simulated-event.ts'
import { beginning, type ChartModel, framesOf } from '../../simulation/test-model.ts'
import { refusedBy } from '../../../analysis/schema/values.ts'
import type { ToolChart } from '../../simulation/agent/tool-chart.ts'

type Start = Extract<Happening, { type: 'start' }>

/** How a call of a tool may begin: with arguments that ask a person, and that do not; at once, or when it is its turn. */
export function callStarts(model: ChartModel, tool: ToolChart): Happening[] {
  const need = needOf(tool.part)
  const { predicates } = tool
  const way = (input: unknown) => String(predicates.some((asks) => asks(input as never)))
  const inputs = candidatesFor(predicates.length > 0 ? { ...need, tests: [...need.tests, { way, predicates }] } : need)
  const given = inputs.map((input): Start => ({ type: 'start', input, ...(inputs.length > 1 && { matters: true }) }))
  const refused = need.schemas.flatMap((schema) => refusedBy(schema) ?? []).slice(0, 1)
  const [first] = given
  return [
    ...given,
    ...(first && tool.asks === 'perhaps' ? unsaid(model, given) : []),
    ...(first && tool.queues
      ? [{ ...first, matters: false, queues: true, says: `${tool.part.key} waits for its turn` }]
      : []),
    ...refused.map(({ value }): Start => ({ type: 'start', input: value, refused: true })),
  ]
}

/** Where the predicates say the same of all inputs that were found, they are made to say the other. */
function unsaid(model: ChartModel, starts: readonly Start[]): Start[] {
  const answers = new Set(starts.map((start) => asksAfter(model, start)))
  const [first] = starts
  return [true, false].flatMap((asks) =>
    first && !answers.has(asks) ? [{ ...first, asks, says: asks ? 'approve asks' : 'approve does not ask' }] : [],
  )
}

function asksAfter(model: ChartModel, start: Start): boolean | undefined {
  const { snapshot, end } = model.step(beginning, start)
  if (end || !snapshot) return undefined
  return framesOf(snapshot)[0]?.gate?.asks === true
}
