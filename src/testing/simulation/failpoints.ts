import { type AnyStateMachine, assign } from 'xstate'
import { stepGuard } from '../../analysis/chart/guards.ts'
import type { State } from '../../compile/chart.ts'
import { read, write } from '../../border/slots.ts'
import { failure, toData } from '../../errors.ts'
import type { ErrorCode, Frame, PipelineContext } from '../../types.ts'

/** An action that runs code of the user inside a transition (a mapper, a predicate, a schema) and can be made to throw. */
export type Failpoint = {
  readonly name: string
  readonly path: string
  readonly slot: number
  readonly code: ErrorCode
  /** The path of the function that fails, where that is not `path`: the step whose `when` throws. */
  readonly failingPath?: string
  /** The slot of the loop whose `next` runs here: from its second round on. */
  readonly loop?: number
}

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
const codes: Readonly<Record<string, ErrorCode>> = {
  validateInput: 'input_validation',
  validateOutput: 'output_validation',
}

type Meta = { path?: string; kind?: string; slot?: [number, number] }
/** By kind, the actions beside validation that run code of the user. */
const ownActions: Readonly<Record<string, readonly string[]>> = {
  branch: ['choose'],
  loop: ['take:body'],
}

/** The failpoints of a chart: the actions that leave an error in a frame when the user's code throws. */
export function failpointsOf(machine: AnyStateMachine): Failpoint[] {
  const { actions } = machine.implementations as unknown as { actions: Record<string, unknown> }
  return statesOf(machine.config as State).flatMap(({ state, loop }) => {
    const { path, kind, slot: [page, place] = [0, 0] } = (state.meta ?? {}) as Meta
    if (path === undefined) return []
    const slot = page * 32 + place
    const failpoint = (verb: string): Failpoint => ({ name: `${path}#${verb}`, path, slot, code: codes[verb] ?? 'run' })
    const isChecked = guardsOf(state.states?.validatingInput).includes(`${path}#failed`)
    const verbs = ['validateInput', 'validateOutput', ...(ownActions[String(kind)] ?? [])]
    // A mapper runs as the state is entered; where a schema follows, that action is the failpoint.
    if (isChecked && !(`${path}#validateInput` in actions)) verbs.push('begin')
    const failpoints = verbs.map(failpoint).filter(({ name }) => name in actions)
    const gates =
      kind === 'flow' ? gatesOf(path, state).map(({ key, ...rest }) => ({ ...failpoint(key), ...rest })) : []
    return [
      ...failpoints.map((each) => (loop === undefined || verbOf(each) !== 'begin' ? each : { ...each, loop })),
      ...gates,
    ]
  })
}

/** The states in which a flow runs a predicate: that of a `when` fails its step, that of an `endWhen` the flow. */
function gatesOf(path: string, { states }: State): { key: string; failingPath?: string }[] {
  return Object.entries(states?.running?.states ?? {}).flatMap(([key, state]) => {
    if (state.entry !== `${path}#${key}`) return []
    const step = guardsOf(state)
      .find((guard) => guard?.startsWith(stepGuard(path)))
      ?.slice(stepGuard(path).length)
    return [step === undefined ? { key } : { key, failingPath: `${path}.${step}` }]
  })
}

const guardsOf = ({ always }: Pick<State, 'always'> = {}): (string | undefined)[] =>
  [always ?? []].flat().map((transition) => (typeof transition === 'string' ? undefined : transition.guard))

const verbOf = ({ name, path }: Failpoint): string => name.slice(path.length + 1)

const stateOf = (verb: string): string => {
  if (verb === 'validateOutput') return 'validatingOutput'
  return verb === 'choose' || /^(take|endWhen):/.test(verb) ? 'running' : 'validatingInput'
}

/** Every state, with the slot of the loop whose body it is. */
function statesOf(state: State, loop?: number): { state: State; loop?: number | undefined }[] {
  const { kind, path, slot: [page, place] = [0, 0] } = (state.meta ?? {}) as Meta
  const below = path === undefined ? loop : kind === 'loop' ? page * 32 + place : undefined
  return [{ state, loop }, ...Object.values(state.states ?? {}).flatMap((each) => statesOf(each, below))]
}

/** The actions of these failpoints; each throws while it is the active one. */
export function withFailpoints(machine: AnyStateMachine, failpoints: readonly Failpoint[], control: FailpointControl) {
  const { actions } = machine.implementations as unknown as { actions: Record<string, { assignment: Assigner }> }
  return Object.fromEntries(
    failpoints.map((failpoint) => {
      const { name, path, slot, code, failingPath = path, loop } = failpoint
      const { assignment } = actions[name] as { assignment: Assigner }
      const action = assign(((args: { context: PipelineContext }, params: unknown) => {
        const made = assignment(args, params)
        if (loop !== undefined && read(args.context.slots, loop)?.iteration === undefined) return made
        control.reached.add(name)
        const frame = read(made.slots, slot) as Frame
        if (frame.error) control.failed.add(name)
        if (
          control.needsApproval !== undefined &&
          slot === 0 &&
          verbOf(failpoint) === 'validateInput' &&
          frame.gate?.approved !== true &&
          !frame.error
        ) {
          return { slots: write(made.slots, slot, { ...frame, gate: { ...frame.gate, asks: control.needsApproval } }) }
        }
        if (control.active !== name || frame.error) return made
        const attempts = failingPath === path ? frame.attempt : 1
        const place = { code, path: failingPath, state: stateOf(verbOf(failpoint)), attempts }
        const error = toData(failure(new Error('simulated failure'), place))
        return { slots: write(made.slots, slot, { ...frame, error }) }
      }) as never)
      return [name, action]
    }),
  )
}
