import type { AnyMachineSnapshot } from 'xstate'
import type { Frame } from '../../types.ts'
import type { SimulatedEvent } from './simulated-event.ts'

/** How a run ends. `isRejected`: a tool call that a person did not approve. */
export type RunEnd =
  | { readonly state: 'complete'; readonly output: unknown; readonly isRejected?: boolean }
  | { readonly state: 'failed'; readonly code: string; readonly path: string; readonly message: string }

/** The state of a simulated run between two events. */
export type SimulationState = {
  /** Absent before the start. */
  readonly snapshot?: AnyMachineSnapshot
  /** In ms since the start. */
  readonly now: number
  /** The deadlines of the running timers, by actor id, in the order in which they started. */
  readonly timers: ReadonlyMap<string, number>
  /** The ids of the transitions that the last event took, and of the states that they entered. */
  readonly taken: readonly string[]
  readonly entered: readonly string[]
  readonly end?: RunEnd | undefined
}

export const initialState: SimulationState = { now: 0, timers: new Map(), taken: [], entered: [] }

/** The time at which an event happens: only `after`, and an output just before a timeout, let time pass. */
export function timeAt({ now, timers }: SimulationState, event: SimulatedEvent): number {
  if (event.type === 'after') return Math.max(now, timers.get(event.actor) ?? now)
  if (event.type === 'done' && event.late) return Math.max(now, Math.min(...timers.values()) - 1)
  return now
}

export const framesOf = ({ context }: AnyMachineSnapshot): Frame[] =>
  (context.slots as (Frame | null)[][]).flatMap((page) => page.filter((frame) => frame !== null))
export const frameAt = (snapshot: AnyMachineSnapshot, path: string): Frame | undefined =>
  framesOf(snapshot).find((frame) => frame.path === path)
