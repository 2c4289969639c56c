import { type AnyActorRef, assign } from 'xstate'
import { failure, toErrorData } from '../errors.ts'
import { readSlot, writeSlot } from '../border/slots.ts'
import type { Frame, PipelineContext } from '../types.ts'
import type { ActionEvent, Slots } from './chart.ts'

/** The memory of the function at a path. */
export function memoryAt(slots: Slots, path: string): unknown {
  const memory = readSlot(slots, 0)?.memory
  return memory && Object.hasOwn(memory, path) ? memory[path] : undefined
}

type MemoryArgs = { context: PipelineContext; event: ActionEvent; self: AnyActorRef }
export type Remember = (memory: unknown, frame: Frame, slots: Slots, event: ActionEvent) => unknown

/** The action that changes the memory of the function at a path. */
export const rememberAction = (path: string, slot: number, update: Remember): unknown =>
  assign(({ context: { slots }, event }: MemoryArgs) => {
    const frame = readSlot(slots, slot) as Frame
    try {
      const memory = update(memoryAt(slots, path), frame, slots, event)
      const root = readSlot(slots, 0) as Frame
      return { slots: writeSlot(slots, 0, { ...root, memory: { ...root.memory, [path]: memory } }) }
    } catch (thrown) {
      const error = toErrorData(failure(thrown, { code: 'run', path, state: 'running', attempts: frame.attempt }))
      return { slots: writeSlot(slots, slot, { ...frame, error }) }
    }
  })
