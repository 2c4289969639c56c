import { globalState, globalSymbol } from '../global-state.ts'

/** The parsed payload of each event: a schema runs once, since it may return something else the second time. */
const parsedPayloads = globalState('readings', () => new WeakMap<object, { readonly value: object }>())
/** The key under which an event that is forwarded to another machine carries it. */
const PARSED: unique symbol = globalSymbol('read') as never
type CarriesPayload = { readonly [PARSED]?: { readonly value: object } }

export const setParsedPayload = (payload: object, value: object): void => void parsedPayloads.set(payload, { value })

export const parsedPayloadOf = (payload: object): { readonly value: object } | undefined =>
  parsedPayloads.get(payload) ?? (payload as CarriesPayload)[PARSED]

/** The parsed payload as a property for a forwarded event. */
export function withParsed(payload: object): CarriesPayload {
  const reading = parsedPayloadOf(payload)
  return reading ? { [PARSED]: reading } : {}
}
