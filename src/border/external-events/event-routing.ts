import { isWithin } from '../../errors.ts'
import type { Frame, RefusedCode } from '../../types.ts'
import { readSlot } from '../slots.ts'
import { definitionPathOf, isBeyond, type LiveMachine, machinesIn, type Receiver } from './machines.ts'
import { formatValue } from '../format-value.ts'

/** An external event as it was sent, before validation. */
export type ExternalEvent = { readonly type: string; readonly path?: unknown; readonly [key: string]: unknown }

/** A state that takes such an event; it has a `frame` if it can take one now. */
export type Candidate = {
  /** Its path in the run, and that in the definition of its machine. */
  readonly at: string
  readonly own: string
  readonly live: LiveMachine
  readonly taker: Receiver
  readonly frame: Frame | undefined
  readonly about: 'now' | 'before' | 'unknown' | undefined
  readonly payload: object
}
export type EventRejection = { taker?: undefined; code: RefusedCode; reason: string; path?: string | undefined }
/** `others`: an event that refers to several calls is taken by each of them. */
export type Routing = { readonly taker: Candidate; readonly others?: readonly Candidate[] } | EventRejection

/** How many states a message lists. */
const MAX_LISTED = 20

/** An event without `type` and `path`. */
export function payloadIn(event: object): Record<string, unknown> {
  const { type: _, path: __, ...payload } = event as ExternalEvent
  return payload
}

/** Decides which state of a run takes an external event, or why none does; used by guards, `can` and `refused`. */
export function routeEvent(root: LiveMachine, event: ExternalEvent): Routing {
  const { outside } = root
  const { type, path } = event
  if (typeof type !== 'string' || type === '') {
    return {
      code: 'invalid',
      reason: `An event is an object whose type is a non-empty string, and the type of this one is ${formatValue(type)}. Send an object such as { type: 'APPROVE' }.`,
    }
  }
  const places = outside.places.get(type)
  if (!places && !outside.isOpen) return unknownType(root, type)
  if (path !== undefined && typeof path !== 'string') {
    return {
      code: 'unknown_path',
      reason: `The path of ${type} is not a string but ${formatValue(path)}. Send the path of the state that waits.`,
    }
  }
  const payload = payloadIn(event)
  // Most events have the path of their state: of a thousand regions the others are not looked at.
  const exact = typeof path === 'string' ? outside.takers.get(type)?.get(path) : undefined
  if (exact && !exact.isMemory) {
    const known = () => knownPlaces([...candidatesIn(root, type, undefined, payload)], places)
    return validateFor(candidateAt(root, path as string, exact, type, payload), type, payload, known)
  }
  const all = [...candidatesIn(root, type, path, payload)]
  if (!places && all.length === 0 && path === undefined) return unknownType(root, type)
  const known = () => knownPlaces(all, places)
  if (path !== undefined) {
    // Two pipelines may have the same name: the one that waits is meant.
    const named = all.filter(({ at, taker }) => at === path && !taker.isMemory)
    const open = named.filter(({ frame }) => frame)
    if (open.length > 1) return routeWithoutPath(open, type, payload, known)
    const meant = open[0] ?? named[0]
    if (meant && !meant.taker.subject?.several?.(payload)) return validateFor(meant, type, payload, known)
    // The path of a function around a state will do, where that state is the only one inside it.
    const inside = all.filter(({ at, frame, about }) => (frame || about === 'before') && isWithin(at, path))
    // A function that asks itself takes precedence over functions inside it.
    const own = inside.filter(({ at, taker: { subject } }) => subject?.ownerAt(at) === path)
    const nearest = own.some(({ about }) => about !== 'unknown') ? own : inside
    if (nearest.length > 0) return routeWithoutPath(nearest, type, payload, known)
    const past = all.find((asked) => asked.taker.isMemory && answeredBefore(asked, path, payload))
    if (past)
      return { path, code: 'not_now', reason: objection(past, answeredBefore(past, path, payload) as object) ?? '' }
    const reason = notNow(`${path === '' ? 'The empty path' : path} does not wait for ${type} now`, known)
    const place = definitionPathOf(path)
    const isThere = path !== '' && [...(places ?? [])].some((one) => isWithin(one, place)) && !isBeyond(root, path)
    return { code: isThere ? 'not_now' : 'unknown_path', reason, path }
  }
  return routeWithoutPath(all, type, payload, known)
}

/** What an event refers to by its path alone, if that was answered before. */
function answeredBefore(
  { at, live, taker: { subject } }: Candidate,
  path: string,
  payload: object,
): object | undefined {
  const named = isWithin(path, at) ? subject?.named?.(path, at, live.snapshot) : undefined
  const full = named && { ...payload, ...named }
  return full && subject?.about(full, undefined, live.snapshot) === 'before' ? full : undefined
}

function routeWithoutPath(
  all: readonly Candidate[],
  type: string,
  payload: object,
  known: () => readonly string[],
): Routing {
  const several = all.find(({ taker }) => taker.subject?.several?.(payload))?.taker.subject?.several?.(payload)
  if (several) return routeToSeveral(several, all, type, payload, known)
  const takers = outermost(all.filter(({ frame, about }) => frame && (about === undefined || about === 'now')))
  // A state that has already taken such an event may be meant as well: a click that was sent twice.
  const past = all.filter(({ about }) => about === 'before')
  const [only, ...others] = [...takers, ...past]
  if (only && (others.length === 0 || takers.length === 0)) return validateFor(only, type, payload, known)
  if (only) {
    // An event that is invalid for all is rejected as invalid. Schemas of the user run once, for the state that is meant.
    const isOurs = takers.every(({ taker }) => taker.subject ?? taker.isListener)
    const routings = isOurs ? takers.map((taker) => validateFor(taker, type, { ...payload }, known)) : []
    const misfit = isOurs && routings.every((routing) => !routing.taker && routing.code === 'invalid') && routings[0]
    return misfit || { code: 'ambiguous', reason: ambiguous(type, [only, ...others]) }
  }
  const [near, ...more] = all.filter(({ frame }) => frame)
  if (!near) return { code: 'not_now', reason: notNow(`Nothing waits for ${type} now`, known) }
  const routing = validateFor(near, type, payload, known)
  if (routing.taker || more.length === 0) return routing
  const reasons = [near, ...more].map((one) => objection(one, payload))
  return { code: 'not_now', reason: reasons.filter((reason) => reason !== undefined).join(' ') }
}

/** Either all of them take the event, or none: it is one transaction. */
function routeToSeveral(
  ids: readonly string[] | 'all',
  all: readonly Candidate[],
  type: string,
  payload: object,
  known: () => readonly string[],
): Routing {
  const open = all.filter(({ frame, about }) => frame && about === 'now')
  const owners = new Set(open.map(({ at, taker }) => taker.subject?.ownerAt(at) ?? at))
  if (owners.size > 1) {
    const [one] = owners
    const reason = `More than one agent asks about calls: ${formatList([...owners])}. Send it with the path of one: { type: '${type}', path: '${one}', … }.`
    return { code: 'ambiguous', reason }
  }
  const [first, ...others] = open
  const wrong = all.find(({ about }) => about === 'before')
  if (ids !== 'all' && (wrong || open.length < new Set(ids).size)) {
    const asked = wrong ?? first ?? all.find(({ taker }) => taker.subject)
    const reason = asked && objection(asked, payload)
    return { path: asked?.at, code: 'not_now', reason: reason ?? notNow(`Nothing waits for ${type} now`, known) }
  }
  if (!first) return { code: 'not_now', reason: notNow(`Nothing waits for ${type} now`, known) }
  const routings = open.map((asked) => validateFor(asked, type, payload, known))
  return routings.find(({ taker }) => !taker) ?? { taker: first, others }
}

/** Of listeners, the outermost takes the event: an agent before the agents that are its tools. */
const outermost = (takers: readonly Candidate[]): readonly Candidate[] =>
  takers.filter(
    ({ at, taker }) => !taker.isListener || !takers.some((other) => at !== other.at && at.startsWith(`${other.at}.`)),
  )

function* candidatesIn(
  root: LiveMachine,
  type: string,
  path: string | undefined,
  payload: object,
): Generator<Candidate> {
  for (const live of machinesIn(root, path)) {
    for (const [own, taker] of live.outside.takers.get(type) ?? []) yield candidateAt(live, own, taker, type, payload)
  }
}

function candidateAt(live: LiveMachine, own: string, taker: Receiver, type: string, payload: object): Candidate {
  const { context } = live.snapshot
  const found = readSlot(context.slots, taker.slot)
  const types = taker.isListener ? found?.hears : found?.waitsFor
  const frame = found?.path === own && !found.error && types?.includes(type) ? found : undefined
  return {
    at: live.at(own),
    own,
    live,
    taker,
    frame,
    about: taker.subject?.about(payload, frame, live.snapshot),
    payload,
  }
}

function validateFor(asked: Candidate, type: string, payload: object, known: () => readonly string[]): Routing {
  const { at, taker, frame, about } = asked
  if (about === 'before' || (about === 'unknown' && frame)) {
    return { path: at, code: 'not_now', reason: objection(asked, payload) ?? '' }
  }
  if (!frame) {
    const others = () => known().filter((one) => one !== at)
    return { path: at, code: 'not_now', reason: notNow(`${at} does not wait for ${type} now`, others) }
  }
  const reason = taker.misfit(payload, frame, asked.live.snapshot.context)
  if (reason === undefined) {
    const { snapshot } = asked.live
    if (!taker.route || taker.route(payload, frame, snapshot)) return { taker: asked }
    return { path: at, code: 'not_now', reason: objection(asked, payload) ?? '' }
  }
  const message = `${at} rejected ${type}: ${reason.replace(/\.$/, '')}. Send it again with a payload that its schema accepts.`
  return { path: at, code: 'invalid', reason: message }
}

/** The message of a subject; it uses paths of the definition, which are mapped to those of the run. */
const objection = ({ live, taker, frame }: Candidate, payload: object): string | undefined =>
  taker.subject?.objection(payload, frame, live.snapshot, (path) => live.at(path))

function unknownType({ outside }: LiveMachine, type: string): EventRejection {
  const types = [...outside.places.keys()]
  const known =
    types.length > 0 ? `The events that it can wait for: ${formatList(types)}.` : 'It never waits for an event.'
  return { code: 'unknown_type', reason: `Nothing in ${outside.path} waits for ${type}. ${known}` }
}

function notNow(now: string, known: () => readonly string[]): string {
  const others = known()
  return others.length === 0 ? `${now}.` : `${now}. The states that can wait for it: ${formatList(others)}.`
}

/** The paths of the states that exist in the run, and the definition paths of all others. */
function knownPlaces(all: readonly Candidate[], places: ReadonlySet<string> = new Set()): string[] {
  const paths = new Set(all.flatMap(({ at, taker }) => (taker.isMemory ? [] : [at])))
  const there = new Set([...paths].map(definitionPathOf))
  return [...paths, ...[...places].filter((place) => !there.has(place))]
}

function ambiguous(type: string, all: readonly Candidate[]): string {
  const took = all.some(({ about }) => about === 'before') ? ', or has already taken one with this id' : ''
  const verb = all.every(({ taker }) => taker.isListener) ? 'takes' : 'waits for'
  const byId = all.every(({ taker }) => taker.subject && !taker.isListener) ? 'the id or ' : ''
  return `More than one state ${verb} ${type}${took}: ${formatList(all.map(({ at }) => at))}. Send it with ${byId}the path of one: { type: '${type}', path: '${all[0]?.at}', … }.`
}

function formatList(all: readonly string[]): string {
  const more = all.length > MAX_LISTED ? ` and ${all.length - MAX_LISTED} more` : ''
  return all.slice(0, MAX_LISTED).join(', ') + more
}
