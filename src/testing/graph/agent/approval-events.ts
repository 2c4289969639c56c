import type { Frame } from '../../../types.ts'
import { candidatesFor } from '../../samples/sample-values.ts'
import type { Part } from '../../../analysis/definition.ts'
import { needOf } from '../../samples/constraints.ts'
import type { Happening } from '../../simulation/simulated-event.ts'
import { notJson } from '../../../analysis/schema/json.ts'

/** Whether it is the state before the work of a call in which a person is asked. */
export const isAsking = ({ waitsFor }: Frame): boolean => waitsFor?.includes('APPROVE') === true

/** What a person may say to a call that waits for a word. */
export function wordsTo(tool: Part): Happening[] {
  const { path } = tool
  const send = (event: { type: string; [key: string]: unknown }, says: string, refused = false): Happening => ({
    type: 'send',
    path,
    event: { ...event, path } as { type: string },
    says,
    ...(refused && { refused }),
  })
  const [other] = candidatesFor(needOf(tool))
  return [
    send({ type: 'APPROVE' }, 'is approved'),
    ...(notJson(other, '') ? [] : [send({ type: 'APPROVE', arguments: other }, 'is approved with other arguments')]),
    send({ type: 'REJECT', reason: 'text' }, 'is rejected'),
    send({ type: 'REJECT', end: true }, 'is rejected, which ends the agent'),
    send({ type: 'APPROVE', id: 'none' }, 'rejects APPROVE', true),
    send({ type: 'REJECT', reason: 1 }, 'rejects REJECT', true),
  ]
}
