import type { AnyActorLogic, Snapshot } from 'xstate'
import { EMIT } from '../../compile/leaf.ts'

/** Ends a simulated actor with an output or an error. */
export type SettleEvent =
  | { type: 'tinyllm.simulated.done'; output: unknown }
  | { type: 'tinyllm.simulated.error'; error: unknown }
type SimulatedSnapshot = Snapshot<unknown> & { input: unknown }

/** Actor logic that does nothing until a `SettleEvent` ends it. */
export const simulatedActor = {
  getInitialSnapshot: (_: unknown, input: unknown): SimulatedSnapshot => ({
    status: 'active',
    output: undefined,
    error: undefined,
    input,
  }),
  transition: (snapshot: SimulatedSnapshot, event: SettleEvent): SimulatedSnapshot => {
    if (event.type === 'tinyllm.simulated.done')
      return { ...snapshot, status: 'done', output: event.output } as SimulatedSnapshot
    if (event.type === 'tinyllm.simulated.error')
      return { ...snapshot, status: 'error', error: event.error } as SimulatedSnapshot
    return snapshot
  },
  getPersistedSnapshot: (snapshot: SimulatedSnapshot) => snapshot,
  restoreSnapshot: (snapshot: Snapshot<unknown>) => snapshot,
} as unknown as AnyActorLogic

/** What a leaf emits before it is done: usage, which its parents sum up, and an event that they only pass on. */
export const simulatedEmissions = ({ path, actor }: { path: string; actor: string }) =>
  actor === path
    ? [
        { type: EMIT, path, event: { type: 'usage', inputTokens: 1, outputTokens: 1 } },
        { type: EMIT, path, event: { type: 'simulated' } },
      ]
    : []
