import { describe } from '../errors.ts'
import { read } from '../border/slots.ts'
import { attempt, isSame } from '../border/shape.ts'
import type { Awaited } from '../border/open-waits.ts'
import type { Shown } from '../border/outside/machines.ts'
import { verdictOn } from '../border/outside/judging.ts'
import { keepReading, readingOf } from '../border/outside/reading.ts'
import { payloadOf } from '../border/outside/verdict.ts'
import type { Frame, StandardSchema } from '../types.ts'
import { announcing } from './announcing.ts'
import type { State, Subject } from './chart.ts'
import { isTaken } from './outside/delivering.ts'
import { knownKeys, readPayload, unknownKeys } from './payload.ts'
import type { Scope } from './scope.ts'
import { now } from './timer.ts'

/** A state that waits for events from outside; one that fits its schema is the value, and leads on. */
export function awaiting(
  scope: Scope,
  next: string,
  events: Readonly<Record<string, StandardSchema>>,
  subject?: Subject,
): State {
  const { path } = scope
  const types = Object.keys(events)
  const told = toldOf(scope, types)
  const shownOf = (frame: Frame): Shown => subject?.shown(frame) ?? { events: told, input: frame.input }
  const on = Object.entries(events).map(([type, schema]) => {
    const known = knownKeys(told[type])
    scope.takes(type, {
      subject,
      misfit: (payload, frame, slots) => misfit(schema, payload) ?? subject?.misfit?.(type, payload, frame, slots),
    })
    const guard = scope.guard(
      `takes:${type}`,
      (frame, { event }) => isTaken(event, path) && !subject?.isAside?.(payloadOf(event), frame),
    )
    const actions = scope.action(`take:${type}`, ({ waitsFor: _, ...frame }, { event }) => ({
      ...frame,
      value: { ...valueOf(schema, event), type },
    }))
    return [type, { guard, target: next, actions }] as const

    function misfit(of: StandardSchema, payload: object): string | undefined {
      if (readingOf(payload)) return undefined
      try {
        keepReading(payload, readPayload(of, payload))
      } catch (thrown) {
        return attempt(() => describe(thrown).message) ?? 'it cannot be read'
      }
      return unknownKeys(known, payload)
    }
  })
  scope.restores(({ waitsFor }, _, [state]) =>
    isSame(waitsFor, state === 'running' ? types : undefined) ? undefined : 'waits for events that it does not declare',
  )
  return {
    entry: scope.action('wait', (frame) => ({ ...frame, waitsFor: types })),
    invoke: {
      ...scope.actor('waiting', announcing(path, told)),
      input: ({ context, self }) => ({ ...shownOf(read(context.slots, scope.slot) as Frame), since: now(self) }),
    },
    on: Object.fromEntries(on),
  }
}

/** What the schema made of the payload when the event was judged. */
function valueOf(schema: StandardSchema, event: object): object {
  const { taker } = verdictOn(event)?.verdict ?? {}
  const reading = taker && readingOf(taker.payload)
  return reading ? reading.value : readPayload(schema, payloadOf(event))
}

/** The events as the chart tells of them: each by its JSON Schema. */
function toldOf({ node }: Scope, types: readonly string[]): Awaited {
  const told = Object(node.policy.meta?.events) as Awaited
  return Object.fromEntries(types.map((type) => [type, told[type] ?? {}]))
}
