import { globalState, globalSymbol } from '../global-state.ts'

/** What a schema made of a payload when the event was judged: it is asked once, since it may say something else then. */
const parsedPayloads = globalState('readings', () => new WeakMap<object, { readonly value: object }>())
/** Where an event that is handed on to another machine has it. */
const PARSED: unique symbol = globalSymbol('read') as never
type CarriesPayload = { readonly [PARSED]?: { readonly value: object } }

export const setParsedPayload = (payload: object, value: object): void => void parsedPayloads.set(payload, { value })

export const parsedPayloadOf = (payload: object): { readonly value: object } | undefined =>
  parsedPayloads.get(payload) ?? (payload as CarriesPayload)[PARSED]

/** What an event takes along. */
export function carryParsedPayload(payload: object): CarriesPayload {
  const reading = parsedPayloadOf(payload)
  return reading ? { [PARSED]: reading } : {}
}
