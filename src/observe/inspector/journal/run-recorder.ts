import type { AnyActorRef, AnyStateMachine, InspectionEvent } from 'xstate'
import { toCause } from '../../../errors.ts'
import { attempt, isError } from '../../../border/shape.ts'
import type { Frame } from '../../../types.ts'
import { enteredStates, type SnapshotNodes } from '../../entered-states.ts'
import type { MachineChart } from './machine-chart.ts'
import type { Redactor } from './redact.ts'
import { frameChanges } from './frame-changes.ts'
import type { CallOfTool, Line } from './line.ts'
import { ValueEncoder } from './value-encoding.ts'
import { isConfiguration, parentOf } from '../../../border/actors.ts'

/** Where the lines of a run go. */
export type WriteLine = (line: Line) => void
type ReadChart = (machine: AnyStateMachine) => MachineChart
type RecorderTools = { readonly clean: Redactor; readonly read: ReadChart; readonly write: WriteLine }
type Slots = readonly (readonly (Frame | null)[])[]
type ActorSnapshot = { status: string; output?: unknown; error?: unknown; context?: unknown } & Partial<SnapshotNodes>
type InspectedActor = AnyActorRef & {
  src?: unknown
  logic?: { root?: unknown; id?: string }
  options?: { input?: unknown }
}
type RecordedActor = {
  readonly actor: number
  readonly chart: MachineChart | undefined
  /** The last snapshot with active states. */
  before: SnapshotNodes | undefined
  slots: Slots
  context: unknown
  over: boolean
}
type EmitEnvelope = { type: string; path?: string; event?: { type: string; [key: string]: unknown } }
const NO_SLOTS: readonly never[] = []

/** Turns the inspection events of one root actor into the lines of its journal. */
export class RunRecorder {
  readonly run: string
  readonly #write: WriteLine
  readonly #values: ValueEncoder
  readonly #clean: Redactor
  readonly #read: ReadChart
  readonly #actors = new Map<string, RecordedActor>()
  readonly #live = new Map<number, AnyActorRef>()
  readonly #charts = new Map<unknown, { number: number; chart: MachineChart }>()
  readonly #start = performance.now()
  #count = 0

  /** `root` is the actor that has no parent, `runId` what its context calls the run, if it does. */
  constructor(run: string, root: AnyActorRef, runId: unknown, { clean, read, write }: RecorderTools) {
    this.run = run
    this.#write = write
    this.#clean = clean
    this.#read = read
    this.#values = new ValueEncoder(clean)
    const { logic, id, sessionId } = root as InspectedActor
    const named = id === sessionId ? run : id
    const name = logic?.id ?? id
    write({ type: 'run', run, format: 1, at: Date.now(), name, id: typeof runId === 'string' ? runId : named })
    this.#meet(root as InspectedActor)
  }

  /** The live actor of that number; undefined after its end. */
  actor(number: number): AnyActorRef | undefined {
    return this.#live.get(number)
  }

  inspect(event: InspectionEvent): void {
    const ref = event.actorRef as InspectedActor
    // An actor that is being created has no snapshot yet.
    if (event.type === '@xstate.actor') return
    const known = this.#actors.get(ref.sessionId) ?? this.#meet(ref, 'snapshot' in event ? event.snapshot : undefined)
    if (!known || known.over) return
    if (event.type === '@xstate.microstep') this.#step(known, event.event.type, event.snapshot as ActorSnapshot)
    else if (event.type === '@xstate.snapshot') this.#snapshot(known, event.event.type, event.snapshot as ActorSnapshot)
    else if (event.type === '@xstate.event')
      this.#event(known, event.event as EmitEnvelope, event.sourceRef as InspectedActor | undefined)
  }

  #time(): number {
    return Math.round((performance.now() - this.#start) * 100) / 100
  }

  /** Actors that a state of tinyllm invokes are recorded as that state; all other actors have lines of their own. */
  #meet(ref: InspectedActor, snapshot?: object): RecordedActor | undefined {
    const parent = this.#above(ref)
    const isMachine = ref.logic?.root !== undefined
    const src = typeof ref.src === 'string' ? ref.src : undefined
    if (!isMachine && parent?.chart?.isTinyllm) return undefined
    const chart = isMachine ? this.#chart(ref.logic as unknown as AnyStateMachine) : undefined
    const known: RecordedActor = {
      actor: this.#count++,
      chart: chart?.chart,
      before: undefined,
      slots: NO_SLOTS,
      context: undefined,
      over: false,
    }
    this.#actors.set(ref.sessionId, known)
    this.#live.set(known.actor, ref)
    // The outermost machine of tinyllm emits rejected events.
    if (chart?.chart.isTinyllm && !parent?.chart?.isTinyllm)
      ref.on('refused', (event) => this.#refused(known, event as EmitEnvelope))
    this.#write({
      type: 'actor',
      run: this.run,
      t: this.#time(),
      actor: known.actor,
      id: ref.id,
      ...(src !== undefined && { src }),
      ...(parent && { parent: parent.actor }),
      ...(chart && { chart: chart.number }),
      ...toolCallOf(snapshot ?? attempt(() => ref.getSnapshot() as object)),
    })
    return known
  }

  /** The nearest actor above that has lines: the pool of a map has none, its items have. */
  #above(ref: InspectedActor): RecordedActor | undefined {
    for (let above = parentOf(ref); above; above = parentOf(above)) {
      const known = this.#actors.get(above.sessionId)
      if (known) return known
    }
    return undefined
  }

  #chart(machine: AnyStateMachine) {
    const key = machine.config
    const known = this.#charts.get(key)
    if (known) return known
    const made = { number: this.#charts.size, chart: this.#read(machine) }
    const { root, version } = made.chart
    this.#charts.set(key, made)
    this.#write({ type: 'chart', run: this.run, chart: made.number, ...(version !== undefined && { version }), root })
    return made
  }

  #step(known: RecordedActor, event: string, snapshot: ActorSnapshot): void {
    const { chart, actor, before } = known
    if (!chart) return
    const { context } = snapshot
    const now = isConfiguration(snapshot) ? (snapshot as SnapshotNodes) : undefined
    const left = enteredNumbers(before, now, chart)
    const came = enteredNumbers(now, before, chart)
    known.before = now ?? before
    const rest = chart.isTinyllm ? this.#frames(known, context) : this.#context(known, context)
    if (left.length === 0 && came.length === 0 && !rest) return
    this.#write({
      type: 'step',
      run: this.run,
      t: this.#time(),
      actor,
      event,
      ...(left.length > 0 && { left }),
      ...(came.length > 0 && { entered: came }),
      ...rest,
    })
  }

  #frames(known: RecordedActor, context: unknown) {
    const slots = (context as { slots?: Slots } | undefined)?.slots ?? NO_SLOTS
    const frames = frameChanges(known.slots, slots, this.#values)
    known.slots = slots
    return frames && { frames }
  }

  #context(known: RecordedActor, context: unknown) {
    if (context === known.context) return undefined
    const encoded = this.#values.encode(context, known.context)
    known.context = context
    return { context: encoded }
  }

  #snapshot(known: RecordedActor, event: string, snapshot: ActorSnapshot): void {
    // A restored run begins in the middle, and a step without a microstep is recorded here.
    this.#step(known, event, snapshot)
    const { status, output, error } = snapshot
    if (status === 'active' || (status !== 'done' && status !== 'error' && status !== 'stopped')) return
    known.over = true
    this.#live.delete(known.actor)
    this.#write({
      type: 'end',
      run: this.run,
      t: this.#time(),
      actor: known.actor,
      status,
      ...(output !== undefined && { output: this.#values.encode(output) }),
      ...(error !== undefined && { error: this.#values.encode(errorToData(error)) }),
    })
  }

  #event({ actor, chart }: RecordedActor, event: EmitEnvelope, source: InspectedActor | undefined): void {
    const { type } = event
    if (type === 'tinyllm.emit' && event.event?.type === 'refused' && chart?.isTinyllm) return
    if (type === 'tinyllm.emit' && typeof event.path === 'string' && event.event) {
      // What comes up from a machine below (of an item, of what a leaf runs) was recorded by that one.
      if (!chart?.isTinyllm || chart.paths.has(event.path) || isOfPool(event, chart))
        this.#emitted(actor, event.path, event.event)
    } else if (!type.startsWith('xstate.') && (type !== 'tinyllm.emit' || !chart?.isTinyllm)) {
      const from = source && this.#actors.get(source.sessionId)?.actor
      const line = {
        type: 'sent',
        run: this.run,
        t: this.#time(),
        actor,
        event: this.#values.encode({ ...event }),
      } as const
      this.#write(from === undefined ? line : { ...line, from })
    }
  }

  /** An error here must not reach the run. */
  #refused({ actor, chart }: RecordedActor, event: EmitEnvelope): void {
    const { path = '' } = chart?.root ?? {}
    attempt(() =>
      this.#write({ type: 'event', run: this.run, t: this.#time(), actor, path, event: this.#values.encode(event) }),
    )
  }

  #emitted(actor: number, path: string, event: { type: string; [key: string]: unknown }): void {
    const at = { run: this.run, t: this.#time(), actor, path }
    if (event.type === 'token') {
      this.#write({ type: 'token', ...at, delta: String(this.#clean('delta', event.delta)) })
    } else if (event.type === 'usage') {
      const { inputTokens, outputTokens, cost } = event
      this.#write({
        type: 'usage',
        ...at,
        inputTokens: finiteOrZero(inputTokens),
        outputTokens: finiteOrZero(outputTokens),
        ...(cost !== undefined && { cost: finiteOrZero(cost) }),
      })
    } else {
      this.#write({ type: 'event', ...at, event: this.#values.encode(event) })
    }
  }
}

/** The call of a tool that a machine runs. */
function toolCallOf(snapshot: object | undefined): { call?: CallOfTool } {
  const { context } = Object(snapshot) as { context?: { call?: CallOfTool } }
  const { id, name, turn } = Object(context?.call) as Partial<CallOfTool>
  return typeof id === 'string' && typeof name === 'string' && typeof turn === 'number'
    ? { call: { id, name, turn } }
    : {}
}

/** What a pool says of its calls: it has no lines of its own, and some calls have no actor. */
const OF_CALLS: ReadonlySet<string> = new Set(['toolCall', 'toolResult', 'resultCut'])
const isOfPool = ({ path, event }: EmitEnvelope, { paths }: MachineChart): boolean =>
  OF_CALLS.has(String(event?.type)) && paths.has(path?.slice(0, path.lastIndexOf('[')))

const finiteOrZero = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

/** An error's own fields and its message, which is not among them. */
const errorToData = (error: unknown): unknown =>
  isError(error) && attempt(() => typeof (error as { toJSON?: unknown }).toJSON) !== 'function' ? toCause(error) : error

/** The numbers of the states that are active in one snapshot and not in the other. */
const enteredNumbers = (
  now: SnapshotNodes | undefined,
  before: SnapshotNodes | undefined,
  { numberOf }: MachineChart,
): number[] => (now ? enteredStates(now, before).map((node) => numberOf.get(node) ?? 0) : [])
