import { emit } from 'xstate'
import { describe } from '../errors.ts'
import type { Frame, PipelineContext, RefusedEvent, StandardSchema } from '../types.ts'
import type { Build, Slots, State } from './chart.ts'
import { validate } from '../schema.ts'
import type { Scope } from './scope.ts'

type Outside = { type: string; path?: string; [key: string]: unknown }

/** Why an event that fits its schema is not for what is waited for in this frame, or nothing if it is. */
export type Objection = (payload: object, frame: Frame) => string | undefined

/** A state that waits for events from outside; one that fits its schema is the value, and leads on. */
export function awaiting(
  scope: Scope,
  next: string,
  events: Readonly<Record<string, StandardSchema>>,
  objection?: Objection,
): State {
  const { path } = scope
  const types = Object.keys(events)
  const on = Object.entries(events).map(([type, schema]) => {
    const refusal = (payload: object, frame: Frame) =>
      whyNot(path, type, schema, payload) ?? objection?.(payload, frame)
    scope.awaits(type, refusal)
    const guard = scope.guard(`takes:${type}`, (_, { event, slots }) => {
      const [frame, ...others] = waiting(slots, event as Outside)
      return frame?.path === path && others.length === 0 && refusal(payloadOf(event), frame) === undefined
    })
    const actions = scope.action(`take:${type}`, ({ waitsFor: _, ...frame }, { event }) => ({
      ...frame,
      value: { ...(validate(schema, payloadOf(event)) as object), type },
    }))
    return [type, { guard, target: next, actions }] as const
  })
  return { entry: scope.action('wait', (frame) => ({ ...frame, waitsFor: types })), on: Object.fromEntries(on) }
}

/** The root's answer to an event that no state took: an emitted `refused` event that says why. */
export const refuse = (root: string, awaited: Build['awaited']) =>
  emit(({ context, event }: { context: PipelineContext; event: Outside }): RefusedEvent => {
    const frames = waiting(context.slots, event)
    const path = event.path ?? (frames.length === 1 ? frames[0]?.path : undefined) ?? root
    return { type: 'refused', path, event, reason: reasonOf(event, frames, awaited) }
  })

/** The frames that wait for an event: of those, the one with its path, if it has one. */
function waiting(slots: Slots, { type, path }: Outside): Frame[] {
  const waits = (frame: Frame | null): frame is Frame =>
    frame?.waitsFor?.includes(type) === true && !frame.error && (path === undefined || path === frame.path)
  return slots.flatMap((page) => page.filter(waits))
}

function reasonOf(event: Outside, frames: readonly Frame[], awaited: Build['awaited']): string {
  const { type, path } = event
  const [only, ...others] = frames
  if (!only) {
    const known = [...(awaited.get(type)?.keys() ?? [])].join(', ')
    const now = path === undefined ? `Nothing waits for ${type} now` : `${path} does not wait for ${type} now`
    return `${now}. Those that ever do: ${known}.`
  }
  if (others.length > 0) {
    const paths = frames.map((frame) => frame.path).join(', ')
    return `More than one state waits for ${type}: ${paths}. Send it with the path of one: { type: '${type}', path: '${only.path}', … }.`
  }
  return awaited.get(type)?.get(only.path)?.(payloadOf(event), only) ?? `${only.path} did not take it.`
}

function whyNot(path: string, type: string, schema: StandardSchema, payload: object): string | undefined {
  try {
    validate(schema, payload)
  } catch (thrown) {
    return `${path} refused ${type}: ${describe(thrown).message}. Send it again with what its schema asks for.`
  }
}

const payloadOf = (event: object): object => {
  const { type: _, path: __, ...payload } = event as Outside
  return payload
}
