import { type AnyActorLogic, type AnyStateMachine, assign, type Snapshot } from 'xstate'
import type { State } from '../compile/chart.ts'
import { EMIT } from '../compile/leaf.ts'
import { readSlot, writeSlot } from '../border/slots.ts'
import { failure, toErrorData } from '../errors.ts'
import type { ErrorCode, Frame, PipelineContext } from '../types.ts'
import { isNeeded } from './words.ts'

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

/** Where the code of a user runs inside a transition: a mapper, a predicate, a schema. */
export type Spot = {
  readonly name: string
  readonly path: string
  readonly slot: number
  readonly code: ErrorCode
  /** The function that fails, where that is not the one whose code it is. */
  readonly blames?: string
  /** The slot of the loop whose `next` runs here: not before its second round. */
  readonly loop?: number
}

/** Lets one spot fail, and knows which were passed, and which failed by themselves. */
/** `asks`: what the predicates say that decide whether a call waits for a person. */
export type Control = {
  breaks?: string | undefined
  asks?: boolean | undefined
  readonly passed: Set<string>
  readonly failed: Set<string>
}
export const control = (): Control => ({ passed: new Set(), failed: new Set() })

type Assigner = (args: { context: PipelineContext }, params: unknown) => { slots: PipelineContext['slots'] }
const codes: Readonly<Record<string, ErrorCode>> = {
  validateInput: 'input_validation',
  validateOutput: 'output_validation',
}

type Meta = { path?: string; kind?: string; slot?: [number, number] }
/** The steps of some kinds in which the user's code runs. */
const own: Readonly<Record<string, readonly string[]>> = {
  branch: ['choose'],
  loop: ['take:body'],
}

/** The spots of a chart: the entries and steps that leave an error in their own frame when the user's code throws. */
export function spotsOf(machine: AnyStateMachine): Spot[] {
  const { actions } = machine.implementations as unknown as { actions: Record<string, unknown> }
  return statesOf(machine.config as State).flatMap(({ state, loop }) => {
    const { path, kind, slot: [page, place] = [0, 0] } = (state.meta ?? {}) as Meta
    if (path === undefined) return []
    const slot = page * 32 + place
    const spot = (verb: string): Spot => ({ name: `${path}#${verb}`, path, slot, code: codes[verb] ?? 'run' })
    const isChecked = guardsOf(state.states?.validatingInput).includes(`${path}#failed`)
    const verbs = ['validateInput', 'validateOutput', ...(own[String(kind)] ?? [])]
    // A mapper runs as the state is entered; where a schema follows, that is the spot.
    if (isChecked && !(`${path}#validateInput` in actions)) verbs.push('begin')
    const spots = verbs.map(spot).filter(({ name }) => name in actions)
    const asked = kind === 'flow' ? gatesOf(path, state).map(({ key, blames }) => ({ ...spot(key), ...blames })) : []
    return [
      ...spots.map((each) => (loop === undefined || verbOf(each) !== 'begin' ? each : { ...each, loop })),
      ...asked,
    ]
  })
}

/** The states in which a flow asks a predicate: one of `when` fails its step. */
function gatesOf(path: string, { states }: State): { key: string; blames: { blames?: string } }[] {
  return Object.entries(states?.running?.states ?? {}).flatMap(([key, state]) => {
    if (state.entry !== `${path}#${key}`) return []
    const step = guardsOf(state)
      .find((guard) => guard?.startsWith(isNeeded(path)))
      ?.slice(isNeeded(path).length)
    return [{ key, blames: step === undefined ? {} : { blames: `${path}.${step}` } }]
  })
}

const guardsOf = ({ always }: Pick<State, 'always'> = {}): (string | undefined)[] =>
  [always ?? []].flat().map((way) => (typeof way === 'string' ? undefined : way.guard))

const verbOf = ({ name, path }: Spot): string => name.slice(path.length + 1)

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

/** The actions of these spots, each of which fails when the control says so. */
export function rigged(machine: AnyStateMachine, spots: readonly Spot[], control: Control) {
  const { actions } = machine.implementations as unknown as { actions: Record<string, { assignment: Assigner }> }
  return Object.fromEntries(
    spots.map((spot) => {
      const { name, path, slot, code, blames = path, loop } = spot
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
          verbOf(spot) === 'validateInput' &&
          frame.gate?.approved !== true &&
          !frame.error
        ) {
          return { slots: writeSlot(made.slots, slot, { ...frame, gate: { ...frame.gate, asks: control.asks } }) }
        }
        if (control.breaks !== name || frame.error) return made
        const attempts = blames === path ? frame.attempt : 1
        const place = { code, path: blames, state: stateOf(verbOf(spot)), attempts }
        const error = toErrorData(failure(new Error('simulated failure'), place))
        return { slots: writeSlot(made.slots, slot, { ...frame, error }) }
      }) as never)
      return [name, action]
    }),
  )
}
