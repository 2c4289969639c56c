import { type AnyActorRef, fromPromise } from 'xstate'
import type { RunContext } from '../types.ts'

/** The event that carries what a leaf emits up to the root. */
export const EMIT = 'tinyllm.emit'
export type EmitEvent = { type: typeof EMIT; path: string; event: { type: string; [key: string]: unknown } }

/** What a leaf does: a function of its input, async or not. */
export type Work = (input: never, ctx: RunContext) => unknown

/** What a leaf's actor gets: its value, and what it must know to be called again without harm. */
export type Call = { input: unknown; attempt: number; idempotencyKey: string }

/** A promise actor around `run(input, ctx)`, which begins in a microtask of its own so that listeners can attach first. */
export const leafLogic = (path: string, run: Work) =>
  fromPromise<unknown, Call>(async ({ input: { input, attempt, idempotencyKey }, self, signal, system }) => {
    await null
    signal.throwIfAborted()
    const emit: RunContext['emit'] = (event) => {
      if (typeof (event as { type?: unknown } | undefined)?.type !== 'string') {
        throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
      }
      if (self.getSnapshot().status === 'active') self._parent?.send({ type: EMIT, path, event })
    }
    const log: RunContext['log'] = (...args) => loggerOf(system)(`[${path}]`, ...args)
    return run(input as never, { signal, attempt, path, idempotencyKey, emit, log })
  })

/** The function that XState's own `log` action writes with; typed as private there. */
const loggerOf = (system: AnyActorRef['system']): RunContext['log'] =>
  (system as unknown as { _logger: RunContext['log'] })._logger
