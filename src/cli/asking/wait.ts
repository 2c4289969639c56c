import type { JsonSchema } from '../../types.ts'

/** A place where a run waits for an event from outside. */
export type Wait = {
  readonly path: string
  /** What may be sent: by type, the JSON Schema of its payload. */
  readonly events: Readonly<Record<string, JsonSchema>>
  /** What is to be judged. */
  readonly input?: unknown
  readonly since?: number
  /** Of an approval: the call of a tool, whose arguments are the input. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
}
export type Answer = { readonly type: string; readonly path?: string; readonly [key: string]: unknown }

/** The same wait has the same text: one place may wait many times, one time after the other. */
export const identityOf = ({ path, since, call }: Wait): string => JSON.stringify([path, since, call?.id])
