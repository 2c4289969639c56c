import type { AnyMachineSnapshot } from 'xstate'
import type { Frame } from '../types.ts'
import { agentValues } from './agent-values.ts'
import { candidatesFor, errorsFor } from './candidates.ts'
import type { Part } from './definition.ts'
import { askedOf, needOf } from './demand.ts'
import { type Happening, isSilence } from './events.ts'
import { type ChartModel, framesOf, type Moment } from './model.ts'
import { pathIn, turns } from './regions.ts'
import { checked, instanceOf, refusedBy } from './values.ts'
import { isWhatever } from './whatever.ts'

/**
 * Values to try: inputs of the pipeline, and by path what a function gives. An `Error` among them is a failure; for a
 * `receive` they are events.
 */
export type Samples = {
  readonly inputs?: readonly unknown[]
  readonly samples?: Readonly<Record<string, readonly unknown[]>>
}

/** All that may happen next. */
export function happenings(model: ChartModel, moment: Moment, samples: Samples): Happening[] {
  const { snapshot, timers, end, now } = moment
  if (end) return []
  if (!snapshot) return starts(model, samples)
  const due = [...timers].find(([, at]) => at <= now)
  if (due) return [{ type: 'time', path: pathIn(due[0]), actor: due[0] }]

  const turnOf = turns(moment)
  const answers = Object.keys(snapshot.children).flatMap((actor): readonly Happening[] => {
    const [path = '', verb] = actor.split('#')
    const part = model.parts.get(path)
    if (!part || (verb !== undefined && verb !== 'processOutput')) return []
    const turn = turnOf(path)
    if (turn === 'none') return []
    const all = answersOf(part, actor, samples, model)
    return turn === 'well' ? all.slice(0, 1) : [...all, ...late(all[0], moment)]
  })
  const sent = framesOf(snapshot).flatMap(({ path, waitsFor }) => {
    const part = model.parts.get(path)
    if (!part || !waitsFor || turnOf(path) !== 'any') return []
    return [...eventsOf(part, samples), ...asideOf(path, snapshot, model)]
  })
  const said = framesOf(snapshot).flatMap((frame) =>
    turnOf(frame.path) === 'any' ? saidTo(frame, snapshot.children) : [],
  )
  const sorted = [...timers].toSorted(([, a], [, b]) => a - b).map(([id]) => id)
  // Signs of life put off all that wait for silence, until another timer has its time.
  const [next] = sorted
  const nexts =
    next && isSilence(next) ? [next, ...sorted.filter((id) => !isSilence(id)).slice(0, 1)] : sorted.slice(0, 1)
  const time = nexts.map((actor): Happening => ({ type: 'time', path: pathIn(actor), actor }))
  return [...answers, ...sent, ...said, ...time, { type: 'cancel' }]
}

function starts({ root, guesses }: ChartModel, { inputs }: Samples): Happening[] {
  const need = needOf(root)
  const all = [...(inputs ?? []), ...guessed(candidatesFor(need), guesses, '')]
  const given = all.map((input): Happening => ({ type: 'start', input, ...(all.length > 1 && { matters: true }) }))
  const refused = need.schemas.flatMap((schema) => refusedBy(schema) ?? []).slice(0, 1)
  return [...given, ...refused.map(({ value }) => ({ type: 'start' as const, input: value, refused: true }))]
}

/** By path, what a function gives of which nothing is known; the input is under the empty path. */
export type Guesses = Map<string, unknown>
const guessed = (values: readonly unknown[], guesses: Guesses, at: string): unknown[] =>
  values.map((value) => (isWhatever(value) && guesses.has(at) ? guesses.get(at) : value))

/** What an actor may come to: what it gives, what it gives against its own schema, and its failures. */
function answersOf(
  part: Part,
  actor: string,
  { samples: byPath }: Samples,
  { guesses, answers: known }: ChartModel,
): readonly Happening[] {
  const found = known.get(actor)
  if (found) return found
  const { path, node } = part
  const isLast = actor !== path
  const given = byPath?.[actor]
  // What `processOutput` makes of the output comes after its schema.
  const own = isLast ? undefined : node.output
  const values =
    given?.filter((value) => !(value instanceof Error)) ??
    (isLast ? undefined : agentValues(part)) ??
    guessed(candidatesFor(askedOf(part), own), guesses, actor)
  const gives = values.map((value): Happening => ({
    type: 'gives',
    path,
    actor,
    value,
    ...(values.length > 1 && { matters: true }),
    ...(own && 'refused' in checked(own, value) && { refused: true }),
  }))
  const bad = own && refusedBy(own)
  const refused: Happening[] = bad ? [{ type: 'gives', path, actor, value: bad.value, refused: true }] : []
  const errors = given?.filter((value) => value instanceof Error) ?? []
  const fails = (errors.length > 0 ? errors : errorsFor(part)).map((error, nth): Happening => ({
    type: 'fails',
    path,
    actor,
    error,
    nth,
  }))
  const answers = [...gives, ...refused, ...fails]
  known.set(actor, answers)
  return answers
}

/** A slow answer, where a timer further out can only run out if this one does not. */
function late(answer: Happening | undefined, { timers, now }: Moment): Happening[] {
  if (answer?.type !== 'gives' || answer.refused || timers.size < 2) return []
  const shortest = Math.min(...timers.values())
  const waits = [...timers].some(([id, at]) => at > shortest && answer.path.startsWith(`${pathIn(id)}.`))
  return waits && shortest - 1 > now ? [{ ...answer, late: true }] : []
}

function eventsOf({ path, node }: Part, { samples }: Samples): Happening[] {
  const events = Object.entries(node.facts?.events ?? {})
  const given = samples?.[path] as { type: string }[] | undefined
  const sent = given ?? events.map(([type, schema]) => ({ ...payloadOf(schema), type }))
  const takes: Happening[] = sent.map((event) => ({
    type: 'send',
    path,
    event: { ...event, path } as { type: string },
  }))
  return [
    ...takes,
    ...events.map(([type, schema]): Happening => {
      const bad = [{}, ...refusedFields(schema)].find((payload) => 'refused' in checked(schema, payload))
      // Where any payload will do, it is refused for being meant for another.
      const event = bad ? { ...bad, type, path } : { type, path: `${path}?` }
      return { type: 'send', path, event, refused: true }
    }),
  ]
}

/** What a person says to a call of an agent that is asked about next, while another one is shown. */
function asideOf(path: string, snapshot: AnyMachineSnapshot, model: ChartModel): Happening[] {
  const frames = framesOf(snapshot)
  const shown = frames.find((frame) => frame.path === path)?.input as { id?: unknown } | undefined
  const { messages } = Object(frames.find((frame) => `${frame.path}.approve` === path)?.value) as {
    messages?: readonly { tool_calls?: readonly { id: string }[] }[]
  }
  const ids = (messages?.at(-1)?.tool_calls ?? []).map(({ id }) => id).filter((id) => id !== shown?.id)
  const events = ids.slice(0, 1).flatMap((id) => ['APPROVE', 'REJECT'].map((type) => ({ type, id, path })))
  return events.filter((event) => model.takes(snapshot, event)).map((event) => ({ type: 'send', path, event }))
}

/** What the user says to an agent while it thinks for the first time: later it makes no difference to what may happen. */
function saidTo({ path, hears, heard, iteration = 0, attempt }: Frame, children: object): Happening[] {
  if (!hears || heard || iteration > 0 || attempt > 1 || !(`${path}.think` in children)) return []
  const send = (event: object, refused = false): Happening => ({
    type: 'send',
    path,
    event: { ...event, path } as unknown as { type: string },
    ...(refused && { refused }),
  })
  return [
    send({ type: 'MESSAGE', content: 'text' }),
    send({ type: 'MESSAGE', content: 'text', mode: 'now' }),
    send({ type: 'MESSAGE', content: 'text', mode: 'never' }, true),
    send({ type: 'CANCEL_CALL', id: 'none' }, true),
  ]
}

/** As little as will do. */
const payloadOf = (schema: Parameters<typeof instanceOf>[0]): object =>
  'value' in checked(schema, {}) ? {} : ((instanceOf(schema)?.value ?? {}) as object)

function refusedFields(schema: Parameters<typeof instanceOf>[0]): object[] {
  const value = instanceOf(schema)?.value
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return keys.map((key) => ({ ...(value as object), [key]: null }))
}
