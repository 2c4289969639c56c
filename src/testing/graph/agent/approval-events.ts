import type { Definition } from '../../../analysis/definition.ts'
import { foreignValue } from '../../../analysis/schema/foreign-value.ts'
import type { Frame } from '../../../types.ts'
import { inputConstraints } from '../../samples/constraints.ts'
import { sampleValues } from '../../samples/sample-values.ts'
import type { SimulatedEvent } from '../../simulation/simulated-event.ts'

/** Whether a tool call waits for an approval. */
export const isAwaitingApproval = ({ waitsFor }: Frame): boolean => waitsFor?.includes('APPROVE') === true

/** The events that a person may send to a tool call that waits for an approval. */
export function approvalEvents(tool: Definition): SimulatedEvent[] {
  const { path } = tool
  const send = (event: { type: string; [key: string]: unknown }, label: string, rejected = false): SimulatedEvent => ({
    type: 'send',
    path,
    event: { ...event, path } as { type: string },
    label,
    ...(rejected && { rejected }),
  })
  const [input] = sampleValues(inputConstraints(tool))
  return [
    send({ type: 'APPROVE' }, 'is approved'),
    ...(foreignValue(input) ? [] : [send({ type: 'APPROVE', arguments: input }, 'is approved with other arguments')]),
    send({ type: 'REJECT', reason: 'text' }, 'is rejected'),
    send({ type: 'REJECT', end: true }, 'is rejected, which ends the agent'),
    send({ type: 'APPROVE', id: 'none' }, 'rejects APPROVE', true),
    send({ type: 'REJECT', reason: 1 }, 'rejects REJECT', true),
  ]
}
