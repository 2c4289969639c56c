import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, InspectionEvent } from 'xstate'
import type { WebSocket } from 'ws'
import type { Redactor } from '../journal/redact.ts'
import { toScxml, toV4Machine, toV4State } from './to-v4.ts'
import { parentOf } from '../../../border/actors.ts'

type InspectedActor = AnyActorRef & { logic?: { root?: unknown } }
type Service = {
  readonly sessionId: string
  readonly register: () => object
  readonly ref: InspectedActor
  /** Serialized only while a receiver is connected. */
  last: { snapshot: AnyMachineSnapshot; event: V5Event } | undefined
}
type V5Event = { readonly type: string; readonly [key: string]: unknown }
const INIT: V5Event = { type: 'xstate.init' }
/** Ended runs stay for receivers that come late; so many of them. */
const MAX_ENDED = 100

/** Speaks the wire of `@xstate/inspect` 0.8: every machine actor is a service, every snapshot a state. */
export class ClassicBridge {
  readonly #clean: Redactor
  readonly #services = new Map<InspectedActor, Service>()
  readonly #ended: Service[] = []
  readonly #receivers = new Set<WebSocket>()
  readonly #machines = new WeakMap<AnyStateMachine, string>()
  #count = 0

  constructor(clean: Redactor) {
    this.#clean = clean
  }

  /** The observer for `RunOptions.inspect`; it never throws. */
  inspect = (event: InspectionEvent): void => {
    try {
      this.#inspect(event)
    } catch {
      // A state that is not serializable is not shown; the run goes on.
    }
  }

  /** Takes a receiver that has connected; it gets everything once it says that it inspects. */
  accept(socket: WebSocket): void {
    socket.on('close', () => this.#receivers.delete(socket))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data, isBinary) => {
      const said = isBinary ? undefined : parse(String(data))
      if (said === undefined) return socket.close(1007, 'not understood')
      if (said.type === 'xstate.inspecting') this.#welcome(socket)
      else if (said.type === 'xstate.event') this.#forward(said)
    })
  }

  close(): void {
    for (const socket of this.#receivers) socket.close(1001, 'the inspector is closed')
  }

  #welcome(socket: WebSocket): void {
    this.#receivers.add(socket)
    for (const service of this.#ended) this.#tell(service.register(), socket)
    for (const service of this.#services.values()) this.#tell(service.register(), socket)
    for (const { sessionId } of this.#ended) this.#tell({ type: 'service.stop', sessionId }, socket)
  }

  /** The visualiser can send events to a service. */
  #forward({ event, sessionId }: { event?: unknown; sessionId?: unknown }): void {
    for (const service of this.#services.values()) {
      if (service.sessionId !== sessionId) continue
      const scxml = (typeof event === 'string' ? parse(event) : event) as { data?: unknown } | undefined
      const sent = (scxml?.data ?? scxml) as V5Event | undefined
      if (typeof sent?.type === 'string' && !/^(xstate|tinyllm)\./.test(sent.type)) service.ref.send(sent)
    }
  }

  #inspect(event: InspectionEvent): void {
    const ref = event.actorRef as InspectedActor
    if (ref.logic?.root === undefined || event.type === '@xstate.microstep' || event.type === '@xstate.action') return
    if (event.type === '@xstate.event') {
      // Nothing is serialized without a receiver.
      if (this.#receivers.size === 0) return
      const known = this.#services.get(ref)
      if (known?.last)
        this.#tell({ type: 'service.event', event: this.#json(toScxml(event.event)), sessionId: known.sessionId })
    } else if (event.type === '@xstate.snapshot') {
      this.#snapshot(ref, event.snapshot as AnyMachineSnapshot, event.event)
    }
  }

  #snapshot(ref: InspectedActor, snapshot: AnyMachineSnapshot, event: V5Event): void {
    const known = this.#services.get(ref)
    const service = known ?? this.#meet(ref)
    service.last = { snapshot, event }
    if (this.#receivers.size > 0) {
      if (!known) this.#tell(service.register())
      this.#tell({
        type: 'service.state',
        state: this.#json(toV4State(snapshot, event, service.sessionId)),
        sessionId: service.sessionId,
      })
    }
    if (snapshot.status === 'active') return
    this.#tell({ type: 'service.stop', sessionId: service.sessionId })
    this.#services.delete(ref)
    this.#ended.push(service)
    if (this.#ended.length > MAX_ENDED) this.#ended.shift()
  }

  /** Session ids of XState 5 are only unique in one system, so services are counted. */
  #meet(ref: InspectedActor): Service {
    const sessionId = `${ref.sessionId}@${this.#count++}`
    const parent = this.#services.get(parentOf(ref) as InspectedActor)?.sessionId
    const service: Service = {
      sessionId,
      ref,
      last: undefined,
      register: () => ({
        type: 'service.register',
        machine: this.#machine(ref.logic as unknown as AnyStateMachine),
        state: this.#json(
          toV4State(
            service.last?.snapshot ?? (ref.getSnapshot() as AnyMachineSnapshot),
            service.last?.event ?? INIT,
            sessionId,
          ),
        ),
        sessionId,
        id: ref.id === ref.sessionId ? (ref.logic as { id?: string }).id : ref.id,
        ...(parent !== undefined && { parent }),
      }),
    }
    this.#services.set(ref, service)
    return service
  }

  /** Serialized once for all runs of a machine, and only while a receiver is connected. */
  #machine(machine: AnyStateMachine): string {
    const known = this.#machines.get(machine)
    if (known !== undefined) return known
    const text = this.#json(toV4Machine(machine))
    this.#machines.set(machine, text)
    return text
  }

  #json(value: unknown): string {
    return JSON.stringify(this.#clean('', value))
  }

  #tell(message: object, only?: WebSocket): void {
    const text = JSON.stringify(message)
    for (const socket of only ? [only] : this.#receivers) if (socket.readyState === socket.OPEN) socket.send(text)
  }
}

function parse(text: string): { type?: unknown; event?: unknown; sessionId?: unknown } | undefined {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null ? said : undefined
  } catch {
    return undefined
  }
}
