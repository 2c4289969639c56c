import { emit } from 'xstate'
import { describe } from '../errors.ts'
import { attempt, isSame } from '../border/shape.ts'
import type { Awaited } from '../border/open-waits.ts'
import type { Frame, PipelineContext, RefusedCode, RefusedEvent, StandardSchema } from '../types.ts'
import { announcing } from './announcing.ts'
import type { Build, Slots, State, Subject, Waiter, Waiters } from './chart.ts'
import { readPayload } from './payload.ts'
import type { Scope } from './scope.ts'

type Outside = { type: string; path?: string; [key: string]: unknown }
/** The frame that takes an event, or why none does. */
type Verdict = { taker: Frame } | { taker?: undefined; code: RefusedCode; reason: string; path?: string | undefined }

/** A state that waits for events from outside; one that fits its schema is the value, and leads on. */
export function awaiting(
  scope: Scope,
  next: string,
  events: Readonly<Record<string, StandardSchema>>,
  subject?: Subject,
): State {
  const { path } = scope
  const types = Object.keys(events)
  const on = Object.entries(events).map(([type, schema]) => {
    const misfit = (payload: object) => whyNot(path, type, schema, payload)
    const waiters = scope.awaits(type, { misfit, subject })
    const guard = scope.guard(
      `takes:${type}`,
      (_, { event, slots }) => attempt(() => verdictOn(event as Outside, slots, waiters).taker?.path) === path,
    )
    const actions = scope.action(`take:${type}`, ({ waitsFor: _, ...frame }, { event }) => ({
      ...frame,
      value: { ...readPayload(schema, payloadOf(event)), type },
    }))
    return [type, { guard, target: next, actions }] as const
  })
  scope.restores(({ waitsFor }, _, [state]) =>
    isSame(waitsFor, state === 'running' ? types : undefined) ? undefined : 'waits for events that it does not declare',
  )
  return {
    entry: scope.action('wait', (frame) => ({ ...frame, waitsFor: types })),
    invoke: scope.actor('waiting', announcing(path, toldOf(scope, types))),
    on: Object.fromEntries(on),
  }
}

/** The events as the chart tells of them: each by its JSON Schema. */
function toldOf({ node }: Scope, types: readonly string[]): Awaited {
  const told = Object(node.policy.meta?.events) as Awaited
  return Object.fromEntries(types.map((type) => [type, told[type] ?? {}]))
}

/** Whether a machine (of ours, of any copy of this package) waits for events from outside. */
export const awaitsAny = (logic: unknown): boolean =>
  attempt(() => {
    const { on } = (logic as { config: { on: Readonly<Record<string, { meta?: { refusal?: unknown } }>> } }).config
    return Object.values(on).some(({ meta }) => meta?.refusal === true)
  }) === true

/** The root's answer to an event that no state took: an emitted `refused` event that says why. */
export const refuse = (root: string, awaited: Build['awaited']) =>
  emit(({ context, event }: { context: PipelineContext; event: Outside }): RefusedEvent => {
    const verdict = attempt(() => verdictOn(event, context.slots, awaited.get(event.type) ?? new Map<string, Waiter>()))
    const refused = verdict && !verdict.taker ? verdict : undefined
    const {
      code = 'invalid',
      reason = `The event ${event.type} could not be read. Send plain data.`,
      path,
    } = refused ?? {}
    return { type: 'refused', path: path ?? root, event, reason, code }
  })

/** Who takes an event: the one place where this is decided, for guards and for the refusal alike. */
function verdictOn(event: Outside, slots: Slots, waiters: Waiters): Verdict {
  const { type, path } = event
  const payload = payloadOf(event)
  const waiting = new Map(waitingFor(slots, type).map((frame) => [frame.path, frame]))
  const all = [...waiters].map(([at, waiter]): Asked => {
    const frame = waiting.get(at)
    return { at, waiter, frame, about: waiter.subject?.about(payload, frame, slots) }
  })
  const tried = ({ at, waiter: { misfit, subject }, frame, about }: Asked): Verdict => {
    const here = { path: at }
    if (subject && (about === 'before' || (about === 'unknown' && frame))) {
      return { ...here, code: 'not_now', reason: subject.objection(payload, frame, slots) }
    }
    if (!frame) return { ...here, code: 'not_now', reason: notNow(`${at} does not wait for ${type} now`, all) }
    const reason = misfit(payload)
    return reason === undefined ? { taker: frame } : { ...here, code: 'invalid', reason }
  }

  if (path !== undefined) {
    const meant = all.find(({ at }) => at === path) ?? all.find(({ waiter }) => waiter.subject?.owner === path)
    if (meant) return tried(meant)
    const reason = notNow(`${String(path)} does not wait for ${type} now`, all)
    return { code: 'unknown_path', reason, path: typeof path === 'string' ? path : undefined }
  }
  const takers = all.filter(({ frame, about }) => frame && (about === undefined || about === 'now'))
  // Who has answered an event of that name already could be meant as well: a click that was sent twice.
  const past = all.filter(({ about }) => about === 'before')
  const [only, ...others] = [...takers, ...past]
  if (only && (others.length === 0 || takers.length === 0)) return tried(only)
  if (only) return { code: 'ambiguous', reason: ambiguous(type, [only, ...others]) }
  const [near, ...more] = all.filter(({ frame }) => frame)
  if (!near) return { code: 'not_now', reason: notNow(`Nothing waits for ${type} now`, all) }
  const verdict = tried(near)
  if (verdict.taker || more.length === 0) return verdict
  const reasons = [near, ...more].map(({ waiter, frame }) => waiter.subject?.objection(payload, frame, slots))
  return { code: 'not_now', reason: reasons.filter((reason) => reason !== undefined).join(' ') }
}
type Asked = { at: string; waiter: Waiter; frame: Frame | undefined; about: ReturnType<Subject['about']> }

function waitingFor(slots: Slots, type: string): Frame[] {
  const waits = (frame: Frame | null): frame is Frame => frame?.waitsFor?.includes(type) === true && !frame.error
  return slots.flatMap((page) => page.filter(waits))
}

const notNow = (now: string, all: readonly Asked[]): string =>
  `${now}. The states that can wait for it: ${all.map(({ at }) => at).join(', ')}.`

function ambiguous(type: string, all: readonly Asked[]): string {
  const took = all.some(({ about }) => about === 'before') ? ', or has already taken one with this id' : ''
  return `More than one state waits for ${type}${took}: ${all.map(({ at }) => at).join(', ')}. Send it with the path of one: { type: '${type}', path: '${all[0]?.at}', … }.`
}

function whyNot(path: string, type: string, schema: StandardSchema, payload: object): string | undefined {
  try {
    readPayload(schema, payload)
  } catch (thrown) {
    return `${path} rejected ${type}: ${describe(thrown).message}. Send it again with a payload that its schema accepts.`
  }
}

const payloadOf = (event: object): object => {
  const { type: _, path: __, ...payload } = event as Outside
  return payload
}
