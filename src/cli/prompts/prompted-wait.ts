import type { JsonSchema } from '../../types.ts'

/** A place where a run waits for an event from outside. */
export type PromptedWait = {
  readonly path: string
  /** What may be sent: by type, the JSON Schema of its payload. */
  readonly events: Readonly<Record<string, JsonSchema>>
  /** What is to be judged. */
  readonly input?: unknown
  readonly since?: number
  /** Of an approval: the call of a tool, whose arguments are the input. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
}
export type EventAnswer = { readonly type: string; readonly path?: string; readonly [key: string]: unknown }

/** The same wait has the same text: one place may wait many times, one time after the other. */
export const waitKey = ({ path, since, call }: PromptedWait): string => JSON.stringify([path, since, call?.id])
