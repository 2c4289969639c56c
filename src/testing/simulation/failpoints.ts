import { type AnyStateMachine, assign } from 'xstate'
import { type Failpoint, failpointOf } from '../../compile/failpoint.ts'
import { readSlot, writeSlot } from '../../border/slots.ts'
import { failure, toErrorData } from '../../errors.ts'
import type { Frame, PipelineContext } from '../../types.ts'

export type FailpointControl = {
  /** The name of the failpoint that throws next. */
  active?: string | undefined
  /** What the predicates of `approve` return; undefined: what they return by themselves. */
  needsApproval?: boolean | undefined
  readonly reached: Set<string>
  /** Failpoints that threw without being active. */
  readonly failed: Set<string>
}
export const failpointControl = (): FailpointControl => ({ reached: new Set(), failed: new Set() })

type Assigner = (args: { context: PipelineContext }, params: unknown) => { slots: PipelineContext['slots'] }
/** The failpoints of a chart. Where a schema follows a mapper, the two are one. */
export function failpointsOf(machine: AnyStateMachine): Failpoint[] {
  const { actions } = machine.implementations as unknown as { actions: Record<string, object> }
  const found = Object.values(actions).flatMap((action) => failpointOf(action) ?? [])
  return found.filter(({ isMapper, path }) => !isMapper || !(`${path}#validateInput` in actions))
}

/** The actions of these failpoints; each throws while it is the active one. */
export function withFailpoints(machine: AnyStateMachine, failpoints: readonly Failpoint[], control: FailpointControl) {
  const { actions } = machine.implementations as unknown as { actions: Record<string, { assignment: Assigner }> }
  return Object.fromEntries(
    failpoints.map((failpoint) => {
      const { name, path, slot, code, state, failingPath = path, loop } = failpoint
      const { assignment } = actions[name] as { assignment: Assigner }
      const action = assign(((args: { context: PipelineContext }, params: unknown) => {
        const made = assignment(args, params)
        if (loop !== undefined && readSlot(args.context.slots, loop)?.iteration === undefined) return made
        control.reached.add(name)
        const frame = readSlot(made.slots, slot) as Frame
        if (frame.error) control.failed.add(name)
        if (
          control.needsApproval !== undefined &&
          slot === 0 &&
          name === `${path}#validateInput` &&
          frame.gate?.approved !== true &&
          !frame.error
        ) {
          return {
            slots: writeSlot(made.slots, slot, { ...frame, gate: { ...frame.gate, asks: control.needsApproval } }),
          }
        }
        if (control.active !== name || frame.error) return made
        const attempts = failingPath === path ? frame.attempt : 1
        const place = { code, path: failingPath, state, attempts }
        const error = toErrorData(failure(new Error('simulated failure'), place))
        return { slots: writeSlot(made.slots, slot, { ...frame, error }) }
      }) as never)
      return [name, action]
    }),
  )
}
