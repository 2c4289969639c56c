import type { WebSocket } from 'ws'
import type { Frame } from '../../../types.ts'
import type { Redactor } from '../journal/redact.ts'
import { frameChanges } from '../journal/frame-changes.ts'
import type { ActorStatus, Line } from '../journal/line.ts'
import { ValueEncoder } from '../journal/value-encoding.ts'
import { type ConfigChart, configChart } from './config-chart.ts'

type Slots = readonly (readonly (Frame | null)[])[]
type StatelySnapshot = { status?: unknown; value?: unknown; context?: unknown; output?: unknown; error?: unknown }
/** The messages of `@statelyai/inspect`, as far as they are used. */
type StatelyMessage = {
  type?: unknown
  sessionId?: unknown
  parentId?: unknown
  name?: unknown
  definition?: unknown
  snapshot?: StatelySnapshot | null
  event?: { type?: unknown }
  sourceId?: unknown
}
type IngestedActor = {
  readonly run: IngestedRun
  readonly actor: number
  readonly chart: ConfigChart | undefined
  active: number[]
  slots: Slots
  over: boolean
}
type IngestedRun = {
  readonly run: string
  readonly start: number
  readonly values: ValueEncoder
  actors: number
  charts: number
}

/** Shows runs of other processes: it takes what an unchanged `createWebSocketInspector` of `@statelyai/inspect` sends. */
export class StatelyReceiver {
  readonly #clean: Redactor
  readonly #write: (line: Line) => void
  readonly #nameRun: () => string
  readonly #sockets = new Set<WebSocket>()

  constructor(clean: Redactor, write: (line: Line) => void, nameRun: () => string) {
    this.#clean = clean
    this.#write = write
    this.#nameRun = nameRun
  }

  accept(socket: WebSocket): void {
    // Session ids are only unique within one client.
    const seen = new Map<string, IngestedActor>()
    this.#sockets.add(socket)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      for (const one of seen.values()) this.#end(one, 'stopped', {})
    })
    socket.on('message', (data, isBinary) => {
      try {
        if (isBinary) throw new TypeError('binary')
        this.#take(JSON.parse(String(data)) as StatelyMessage, seen)
      } catch {
        socket.close(1007, 'not understood')
      }
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.close(1001, 'the inspector is closed')
  }

  #take(message: StatelyMessage, seen: Map<string, IngestedActor>): void {
    const { type, sessionId } = message
    if (typeof type !== 'string' || typeof sessionId !== 'string') throw new TypeError('no inspection event')
    if (type === '@xstate.actor') return this.#meet(message, sessionId, seen)
    const known = seen.get(sessionId)
    if (!known || known.over) return
    if (type === '@xstate.snapshot') this.#snapshot(known, String(message.event?.type ?? ''), message.snapshot ?? {})
    else if (type === '@xstate.event') this.#event(known, message, seen)
  }

  #meet(
    { name, definition, parentId, snapshot }: StatelyMessage,
    sessionId: string,
    seen: Map<string, IngestedActor>,
  ): void {
    const parent = typeof parentId === 'string' ? seen.get(parentId) : undefined
    const called = String(name ?? sessionId)
    const run = parent?.run ?? this.#begin(called)
    const hasStates = typeof definition === 'string' && definition.includes('"states"')
    if (parent?.chart?.isTinyllm && !hasStates) return
    const chart = hasStates ? configChart(definition, called) : undefined
    if (chart)
      this.#write({ type: 'chart', run: run.run, chart: run.charts, root: this.#clean('', chart.root) as never })
    const known: IngestedActor = { run, actor: run.actors++, chart, active: [], slots: [], over: false }
    seen.set(sessionId, known)
    this.#write({
      type: 'actor',
      run: run.run,
      t: time(run),
      actor: known.actor,
      id: called,
      ...(parent && { parent: parent.actor }),
      ...(chart && { chart: run.charts++ }),
    })
    if (snapshot?.value !== undefined) this.#snapshot(known, 'xstate.init', snapshot)
  }

  #begin(name: string): IngestedRun {
    const run = {
      run: this.#nameRun(),
      start: performance.now(),
      values: new ValueEncoder(this.#clean),
      actors: 0,
      charts: 0,
    }
    this.#write({ type: 'run', run: run.run, format: 1, at: Date.now(), name, id: run.run })
    return run
  }

  #snapshot(known: IngestedActor, event: string, snapshot: StatelySnapshot): void {
    const { run, actor, chart } = known
    if (chart) {
      const active = chart.active(snapshot.value)
      const left = known.active.filter((index) => !active.includes(index))
      const entered = active.filter((index) => !known.active.includes(index))
      known.active = active
      const rest = chart.isTinyllm
        ? this.#frames(known, snapshot.context)
        : snapshot.context !== undefined && { context: run.values.encode(snapshot.context) }
      this.#write({
        type: 'step',
        run: run.run,
        t: time(run),
        actor,
        event,
        ...(left.length > 0 && { left }),
        ...(entered.length > 0 && { entered }),
        ...rest,
      })
    }
    const { status } = snapshot
    if (status === 'done' || status === 'error' || status === 'stopped') this.#end(known, status, snapshot)
  }

  #frames(known: IngestedActor, context: unknown) {
    const slots = (context as { slots?: Slots } | undefined)?.slots
    if (!Array.isArray(slots)) return undefined
    const frames = frameChanges(known.slots, slots, known.run.values)
    known.slots = slots
    return frames && { frames }
  }

  #end(known: IngestedActor, status: Exclude<ActorStatus, 'active'>, { output, error }: StatelySnapshot): void {
    if (known.over) return
    known.over = true
    const { run, actor } = known
    this.#write({
      type: 'end',
      run: run.run,
      t: time(run),
      actor,
      status,
      ...(output !== undefined && { output: run.values.encode(output) }),
      ...(error !== undefined && { error: run.values.encode(error) }),
    })
  }

  #event(
    { run, actor }: IngestedActor,
    { event, sourceId }: StatelyMessage,
    seen: ReadonlyMap<string, IngestedActor>,
  ): void {
    const {
      type,
      path,
      event: inner,
    } = (event ?? {}) as { type?: unknown; path?: unknown; event?: Record<string, unknown> }
    if (typeof type !== 'string' || type.startsWith('xstate.')) return
    const at = { run: run.run, t: time(run), actor }
    if (type === 'tinyllm.emit' && typeof path === 'string' && inner) {
      if (inner.type === 'token')
        this.#write({ type: 'token', ...at, path, delta: String(this.#clean('delta', inner.delta)) })
      else if (inner.type === 'usage') {
        const { inputTokens, outputTokens, cost } = inner
        this.#write({
          type: 'usage',
          ...at,
          path,
          inputTokens: Number(inputTokens) || 0,
          outputTokens: Number(outputTokens) || 0,
          cost: Number(cost) || 0,
        })
      } else this.#write({ type: 'event', ...at, path, event: run.values.encode(inner) })
      return
    }
    const from = typeof sourceId === 'string' ? seen.get(sourceId)?.actor : undefined
    this.#write({ type: 'sent', ...at, ...(from !== undefined && { from }), event: run.values.encode(event) })
  }
}

const time = ({ start }: IngestedRun): number => Math.round((performance.now() - start) * 100) / 100
