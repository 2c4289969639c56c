import { type AnyActorLogic, type AnyStateMachine, assign, type Snapshot } from 'xstate'
import { type Failpoint, failpointOf } from '../../compile/failpoint.ts'
import { EMIT } from '../../compile/leaf.ts'
import { readSlot, writeSlot } from '../../border/slots.ts'
import { failure, toErrorData } from '../../errors.ts'
import type { Frame, PipelineContext } from '../../types.ts'

/** What makes a simulated actor end, when the one who simulates says so. */
export type Settle =
  | { type: 'tinyllm.simulated.done'; output: unknown }
  | { type: 'tinyllm.simulated.error'; error: unknown }
type Simulated = Snapshot<unknown> & { input: unknown }

/** An actor that does nothing until it is told how it ends. */
export const simulated = {
  getInitialSnapshot: (_: unknown, input: unknown): Simulated => ({
    status: 'active',
    output: undefined,
    error: undefined,
    input,
  }),
  transition: (snapshot: Simulated, event: Settle): Simulated => {
    if (event.type === 'tinyllm.simulated.done')
      return { ...snapshot, status: 'done', output: event.output } as Simulated
    if (event.type === 'tinyllm.simulated.error')
      return { ...snapshot, status: 'error', error: event.error } as Simulated
    return snapshot
  },
  getPersistedSnapshot: (snapshot: Simulated) => snapshot,
  restoreSnapshot: (snapshot: Snapshot<unknown>) => snapshot,
} as unknown as AnyActorLogic

/** What a leaf lets out while it runs: one event that is summed, and one that is not. */
export const emissions = ({ path, actor }: { path: string; actor: string }) =>
  actor === path
    ? [
        { type: EMIT, path, event: { type: 'usage', inputTokens: 1, outputTokens: 1 } },
        { type: EMIT, path, event: { type: 'simulated' } },
      ]
    : []

/** Lets one failpoint fail, and knows which were passed, and which failed by themselves. */
/** `asks`: what the predicates say that decide whether a call waits for a person. */
export type Control = {
  breaks?: string | undefined
  asks?: boolean | undefined
  readonly passed: Set<string>
  readonly failed: Set<string>
}
export const control = (): Control => ({ passed: new Set(), failed: new Set() })

type Assigner = (args: { context: PipelineContext }, params: unknown) => { slots: PipelineContext['slots'] }

/** The failpoints of a chart. Where a schema follows a mapper, the two are one. */
export function failpointsOf(machine: AnyStateMachine): Failpoint[] {
  const { actions } = machine.implementations as unknown as { actions: Record<string, object> }
  const found = Object.values(actions).flatMap((action) => failpointOf(action) ?? [])
  return found.filter(({ isMapper, path }) => !isMapper || !(`${path}#validateInput` in actions))
}

/** The actions of these failpoints, each of which fails when the control says so. */
export function rigged(machine: AnyStateMachine, failpoints: readonly Failpoint[], control: Control) {
  const { actions } = machine.implementations as unknown as { actions: Record<string, { assignment: Assigner }> }
  return Object.fromEntries(
    failpoints.map((failpoint) => {
      const { name, path, slot, code, state, blames = path, loop } = failpoint
      const { assignment } = actions[name] as { assignment: Assigner }
      const action = assign(((args: { context: PipelineContext }, params: unknown) => {
        const made = assignment(args, params)
        if (loop !== undefined && readSlot(args.context.slots, loop)?.iteration === undefined) return made
        control.passed.add(name)
        const frame = readSlot(made.slots, slot) as Frame
        if (frame.error) control.failed.add(name)
        if (
          control.asks !== undefined &&
          slot === 0 &&
          name === `${path}#validateInput` &&
          frame.gate?.approved !== true &&
          !frame.error
        ) {
          return { slots: writeSlot(made.slots, slot, { ...frame, gate: { ...frame.gate, asks: control.asks } }) }
        }
        if (control.breaks !== name || frame.error) return made
        const attempts = blames === path ? frame.attempt : 1
        const place = { code, path: blames, state, attempts }
        const error = toErrorData(failure(new Error('simulated failure'), place))
        return { slots: writeSlot(made.slots, slot, { ...frame, error }) }
      }) as never)
      return [name, action]
    }),
  )
}
