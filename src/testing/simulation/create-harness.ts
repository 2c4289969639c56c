import type { AnyStateMachine } from 'xstate'
import type { AnyFn } from '../../types.ts'
import { toolCallHarness } from './agent/tool-call-harness.ts'
import type { ToolChart } from './agent/tool-chart.ts'
import type { FailpointControl } from './failpoints.ts'
import { type Harness, rootHarness } from './harness.ts'
import { itemHarness } from './item-harness.ts'
import type { SimulatedEvent } from './simulated-event.ts'

/** What a chart is of: a whole pipeline, an item of a map, or a tool call. */
export type TestTarget = 'root' | 'item' | ToolChart

export function createHarness(
  fn: AnyFn,
  control: FailpointControl,
  target: TestTarget,
  start: SimulatedEvent | undefined,
): Harness {
  if (target === 'root') return rootHarness((fn as unknown as { machine: AnyStateMachine }).machine, control)
  return target === 'item' ? itemHarness(fn, control) : toolCallHarness(fn, target, control, start)
}
