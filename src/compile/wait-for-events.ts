import { toCause } from '../errors.ts'
import { readSlot } from '../border/slots.ts'
import { attempt, isDeepEqual } from '../border/shape.ts'
import type { EventSchemas } from '../border/open-waits.ts'
import type { WaitInfo } from '../border/external-events/machines.ts'
import { routingOf } from '../border/external-events/current-event.ts'
import { parsedPayloadOf, setParsedPayload } from '../border/external-events/parsed-payload.ts'
import { payloadIn } from '../border/external-events/event-routing.ts'
import type { Frame, PipelineContext, StandardSchema } from '../types.ts'
import { waitActor } from './wait-actor.ts'
import type { State, Subject } from './chart.ts'
import { isTaken } from './external-events/delivery.ts'
import { knownKeys, parsePayload, unknownKeysProblem } from './payload.ts'
import type { Scope } from './scope.ts'
import { now } from './timer.ts'

/** A transition on an external event: the schema of its payload, the target, and what is stored in the frame. */
export type EventTransition = {
  readonly schema: StandardSchema
  readonly target: string
  keep?(frame: Frame, event: { readonly type: string }): Frame
}
type WaitOptions = {
  readonly subject?: Subject | undefined
  /** The lifecycle state that waits; `running` by default. */
  readonly state?: string
  /** The JSON Schemas of the events; by default those in the `meta` of the function. */
  readonly forms?: EventSchemas
}

/** A state that waits for external events; the payload of a valid one is the value, and the state is left. */
export function waitForEvents(
  scope: Scope,
  events: Readonly<Record<string, EventTransition>>,
  { subject, state: own = 'running', forms }: WaitOptions = {},
): State {
  const { path } = scope
  const types = Object.keys(events)
  const schemas = forms ?? declaredSchemas(scope, types)
  const shownOf = (frame: Frame, context: PipelineContext): WaitInfo =>
    subject?.shown(frame, context) ?? { events: schemas, input: frame.input }
  const on = Object.entries(events).map(([type, { schema, target, keep = keepValue }]) => {
    const known = knownKeys(schemas[type])
    scope.takes(type, {
      subject,
      misfit: (payload, frame, context) => misfit(schema, payload) ?? subject?.misfit?.(type, payload, frame, context),
    })
    const guard = scope.guard(`takes:${type}`, (_, { event }) => isTaken(event, path))
    const actions = scope.action(`take:${type}`, ({ waitsFor: _, ...frame }, { event }) =>
      keep(frame, { ...parsedValueOf(schema, event), type }),
    )
    return [type, { guard, target, actions }] as const

    function misfit(of: StandardSchema, payload: object): string | undefined {
      if (parsedPayloadOf(payload)) return undefined
      try {
        setParsedPayload(payload, parsePayload(of, payload))
      } catch (thrown) {
        return attempt(() => toCause(thrown).message) ?? 'it cannot be read'
      }
      return unknownKeysProblem(known, payload)
    }
  })
  scope.restores(({ waitsFor }, _, [state]) =>
    isDeepEqual(waitsFor, state === own ? types : undefined) ? undefined : 'waits for events that it does not declare',
  )
  return {
    entry: scope.action('wait', (frame) => ({ ...frame, waitsFor: types })),
    invoke: {
      ...scope.actor('waiting', waitActor(path, schemas)),
      input: ({ context, self }) => ({
        ...shownOf(readSlot(context.slots, scope.slot) as Frame, context),
        since: now(self),
      }),
    },
    on: Object.fromEntries(on),
  }
}

const keepValue = (frame: Frame, value: object): Frame => ({ ...frame, value })

/** The payload as its schema parsed it when the event was routed. */
function parsedValueOf(schema: StandardSchema, event: object): object {
  const { taker } = routingOf(event)?.routing ?? {}
  const reading = taker && parsedPayloadOf(taker.payload)
  return reading ? reading.value : parsePayload(schema, payloadIn(event))
}

/** The JSON Schemas of the events from the `meta` of the function. */
function declaredSchemas({ node }: Scope, types: readonly string[]): EventSchemas {
  const schemas = Object(node.policy.meta?.events) as EventSchemas
  return Object.fromEntries(types.map((type) => [type, schemas[type] ?? {}]))
}
