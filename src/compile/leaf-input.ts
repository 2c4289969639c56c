import type { RefusedAnswer, RunContext } from '../types.ts'

/** The function of a leaf, sync or async. */
export type Work = (input: never, ctx: RunContext) => unknown

/** The input of a leaf's actor: the value, the attempt and the idempotency key. */
export type LeafInput = {
  input: unknown
  attempt: number
  idempotencyKey: string
  /** With `retry.feedback`. */
  refused?: readonly RefusedAnswer[]
}

/** The idempotency key: run id, path, and the iterations of enclosing loops and retries, if any. */
export const idempotencyKeyOf = (runId: string, path: string, round: string | undefined): string =>
  round ? `${runId}:${path}:${round}` : `${runId}:${path}`

/** The run id and iterations in the idempotency key of the function at this path. */
export function parseIdempotencyKey(key: string, path: string): { runId: string; round?: string } {
  if (key.endsWith(`:${path}`)) return { runId: key.slice(0, -path.length - 1) }
  const end = key.lastIndexOf(':')
  return { runId: key.slice(0, end - path.length - 1), round: key.slice(end + 1) }
}
