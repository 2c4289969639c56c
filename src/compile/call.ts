import type { RefusedAnswer, RunContext } from '../types.ts'

/** What a leaf does: a function of its input, async or not. */
export type Work = (input: never, ctx: RunContext) => unknown

/** What a leaf's actor gets: its value, and what it must know to be called again without harm. */
export type Call = {
  input: unknown
  attempt: number
  idempotencyKey: string
  /** With `retry.feedback`. */
  refused?: readonly RefusedAnswer[]
}

/** The key of a call: the run, the function, and the rounds of what is around it, where there are any. */
export const keyOf = (runId: string, path: string, round: string | undefined): string =>
  round ? `${runId}:${path}:${round}` : `${runId}:${path}`

/** The run and the rounds that are in the key of a call of the function at this path. */
export function readKey(key: string, path: string): { runId: string; round?: string } {
  if (key.endsWith(`:${path}`)) return { runId: key.slice(0, -path.length - 1) }
  const end = key.lastIndexOf(':')
  return { runId: key.slice(0, end - path.length - 1), round: key.slice(end + 1) }
}
