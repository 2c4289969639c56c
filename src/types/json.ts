/** What JSON can hold. */
export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json }
/** A JSON Schema as data: of an answer, a tool's arguments, or the payload of an event. */
export type JsonSchema = Readonly<Record<string, unknown>>
