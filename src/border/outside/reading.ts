import { common, commonSymbol } from '../copies.ts'

/** What a schema made of a payload when the event was judged: it is asked once, since it may say something else then. */
const readings = common('readings', () => new WeakMap<object, { readonly value: object }>())
/** Where an event that is handed on to another machine has it. */
const READ: unique symbol = commonSymbol('read') as never
type Carrying = { readonly [READ]?: { readonly value: object } }

export const keepReading = (payload: object, value: object): void => void readings.set(payload, { value })

export const readingOf = (payload: object): { readonly value: object } | undefined =>
  readings.get(payload) ?? (payload as Carrying)[READ]

/** What an event takes along. */
export function carrying(payload: object): Carrying {
  const reading = readingOf(payload)
  return reading ? { [READ]: reading } : {}
}
