import { describe } from '../errors.ts'
import { readSlot } from '../border/slots.ts'
import { attempt, isDeepEqual } from '../border/shape.ts'
import type { EventSchemas } from '../border/open-waits.ts'
import type { WaitInfo } from '../border/external-events/machines.ts'
import { routingOf } from '../border/external-events/current-event.ts'
import { setParsedPayload, parsedPayloadOf } from '../border/external-events/parsed-payload.ts'
import { payloadIn } from '../border/external-events/event-routing.ts'
import type { Frame, PipelineContext, StandardSchema } from '../types.ts'
import { announcing } from './announcing.ts'
import type { State, Subject } from './chart.ts'
import { isTaken } from './outside/delivering.ts'
import { knownKeys, readPayload, unknownKeys } from './payload.ts'
import type { Scope } from './scope.ts'
import { now } from './timer.ts'

/** What a state waits for: the schema of the payload, where the event leads, and what is kept of it. */
export type Way = {
  readonly schema: StandardSchema
  readonly target: string
  keep?(frame: Frame, event: { readonly type: string }): Frame
}
type Where = {
  readonly subject?: Subject | undefined
  /** The state of the function in which it waits. */
  readonly state?: string
  /** What is told of the events, where the function itself does not say it. */
  readonly forms?: EventSchemas
}

/** A state that waits for events from outside; one that fits its schema is the value, and leads on. */
export function awaiting(
  scope: Scope,
  events: Readonly<Record<string, Way>>,
  { subject, state: own = 'running', forms }: Where = {},
): State {
  const { path } = scope
  const types = Object.keys(events)
  const told = forms ?? toldOf(scope, types)
  const shownOf = (frame: Frame, context: PipelineContext): WaitInfo =>
    subject?.shown(frame, context) ?? { events: told, input: frame.input }
  const on = Object.entries(events).map(([type, { schema, target, keep = keepValue }]) => {
    const known = knownKeys(told[type])
    scope.takes(type, {
      subject,
      misfit: (payload, frame, context) => misfit(schema, payload) ?? subject?.misfit?.(type, payload, frame, context),
    })
    const guard = scope.guard(`takes:${type}`, (_, { event }) => isTaken(event, path))
    const actions = scope.action(`take:${type}`, ({ waitsFor: _, ...frame }, { event }) =>
      keep(frame, { ...valueOf(schema, event), type }),
    )
    return [type, { guard, target, actions }] as const

    function misfit(of: StandardSchema, payload: object): string | undefined {
      if (parsedPayloadOf(payload)) return undefined
      try {
        setParsedPayload(payload, readPayload(of, payload))
      } catch (thrown) {
        return attempt(() => describe(thrown).message) ?? 'it cannot be read'
      }
      return unknownKeys(known, payload)
    }
  })
  scope.restores(({ waitsFor }, _, [state]) =>
    isDeepEqual(waitsFor, state === own ? types : undefined) ? undefined : 'waits for events that it does not declare',
  )
  return {
    entry: scope.action('wait', (frame) => ({ ...frame, waitsFor: types })),
    invoke: {
      ...scope.actor('waiting', announcing(path, told)),
      input: ({ context, self }) => ({
        ...shownOf(readSlot(context.slots, scope.slot) as Frame, context),
        since: now(self),
      }),
    },
    on: Object.fromEntries(on),
  }
}

const keepValue = (frame: Frame, value: object): Frame => ({ ...frame, value })

/** What the schema made of the payload when the event was judged. */
function valueOf(schema: StandardSchema, event: object): object {
  const { taker } = routingOf(event)?.routing ?? {}
  const reading = taker && parsedPayloadOf(taker.payload)
  return reading ? reading.value : readPayload(schema, payloadIn(event))
}

/** The events as the chart tells of them: each by its JSON Schema. */
function toldOf({ node }: Scope, types: readonly string[]): EventSchemas {
  const told = Object(node.policy.meta?.events) as EventSchemas
  return Object.fromEntries(types.map((type) => [type, told[type] ?? {}]))
}
