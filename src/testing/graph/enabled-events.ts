import type { AnyMachineSnapshot } from 'xstate'
import type { Frame } from '../../types.ts'
import type { TurnCalls } from '../../compile/tool-calls.ts'
import { isAsking, wordsTo } from './agent/approval-events.ts'
import { callHappenings } from './agent/tool-call-outcomes.ts'
import { callsIn, isMidst, modelValues, turnValues } from '../samples/agent/model-answers.ts'
import { RESUMING } from '../samples/agent/resumed-conversation.ts'
import { callStarts } from './agent/tool-call-starts.ts'
import { candidatesFor, errorsFor } from '../samples/sample-values.ts'
import { isCalls, type Part, isAgent } from '../../analysis/definition.ts'
import { askedOf, needOf } from '../samples/constraints.ts'
import { type Happening, isSilence } from '../simulation/simulated-event.ts'
import { type ChartModel, frameAt, framesOf, type Moment } from '../simulation/test-model.ts'
import { outsideOf } from '../../border/external-events/machines.ts'
import { pathIn, turns } from './partial-order-reduction.ts'
import { checked, instanceOf, refusedBy } from '../../analysis/schema/values.ts'
import { isWhatever } from '../../analysis/schema/unknown-value.ts'

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
    const all = inMidst(
      part,
      snapshot,
      callsAt(part, snapshot, samples, model) ?? answersOf(part, actor, samples, model, snapshot),
    )
    return turn === 'well' ? all.slice(0, 1) : [...all, ...late(all[0], moment)]
  })
  const sent = framesOf(snapshot).flatMap((frame) => {
    const { path, waitsFor } = frame
    const part = model.parts.get(path)
    if (!part || !waitsFor || turnOf(path) !== 'any') return []
    return model.tool && part === model.root && isAsking(frame) ? wordsTo(part) : eventsOf(part, samples)
  })
  const queued: Happening[] = snapshot.value === 'queued' ? [{ type: 'turn', path: model.root.path }] : []
  const said = framesOf(snapshot).flatMap((frame) =>
    turnOf(frame.path) === 'any' ? saidTo(frame, snapshot, model) : [],
  )
  const sorted = [...timers].toSorted(([, a], [, b]) => a - b).map(([id]) => id)
  // Signs of life put off all that wait for silence, until another timer has its time.
  const [next] = sorted
  const nexts =
    next && isSilence(next) ? [next, ...sorted.filter((id) => !isSilence(id)).slice(0, 1)] : sorted.slice(0, 1)
  const time = nexts.map((actor): Happening => ({ type: 'time', path: pathIn(actor), actor }))
  return [...answers, ...queued, ...sent, ...said, ...time, { type: 'cancel' }]
}

function starts(model: ChartModel, { inputs }: Samples): Happening[] {
  const { root, guesses, tool } = model
  if (tool) return callStarts(model, tool)
  const need = needOf(root)
  const all = [...(inputs ?? []), ...guessed(candidatesFor(need), guesses, '')]
  const given = all.map((input): Happening => ({ type: 'start', input, ...(all.length > 1 && { matters: true }) }))
  const refused = need.schemas.flatMap((schema) => refusedBy(schema) ?? []).slice(0, 1)
  const { input } = root.node
  const read = isAgent(root) && input ? checked(input, RESUMING) : undefined
  const mayResume = read && 'value' in read && (Object(read.value) as { resume?: unknown }).resume === true
  const says = 'the input has a call without a result'
  return [
    ...given,
    ...(mayResume ? [{ type: 'start' as const, input: RESUMING, says }] : []),
    ...refused.map(({ value }) => ({ type: 'start' as const, input: value, refused: true })),
  ]
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
  snapshot: AnyMachineSnapshot,
): readonly Happening[] {
  const { path, node, parent: agent } = part
  const frame = part.key === 'think' && isAgent(agent) ? frameAt(snapshot, agent.path) : undefined
  // What a model may say is not the same in each turn.
  const moment = frame ? `${actor} ${frame.isLast} ${frame.wasEmpty} ${roleAt(snapshot, path)}` : actor
  const found = known.get(moment)
  if (found) return found
  const isLast = actor !== path
  const given = byPath?.[actor]
  // What `processOutput` makes of the output comes after its schema.
  const own = isLast ? undefined : node.output
  const values =
    given?.filter((value) => !(value instanceof Error)) ??
    (isLast ? undefined : ofAgent(part, snapshot)) ??
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
  known.set(moment, answers)
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

/** What the model of an agent may say, and what stands before it; undefined for all others. */
function ofAgent({ path, key, parent: agent, node }: Part, snapshot: AnyMachineSnapshot): unknown[] | undefined {
  if (!isAgent(agent)) return undefined
  if (key === 'beforeTurn') return turnValues(agent, { path, key, node } as Part)
  const values = modelValues(agent, frameAt(snapshot, agent.path) as Frame, roleAt(snapshot, path) === 'tool')
  // What stands in for its model may give what is no message.
  return node.output && 'refused' in checked(node.output, 42) ? values : [...values, 42]
}

/** Of what may happen in a turn in the midst of many, what leads on to the last ones. */
function inMidst(part: Part, snapshot: AnyMachineSnapshot, all: readonly Happening[]): readonly Happening[] {
  const { parent: agent } = part
  if (!isAgent(agent)) return all
  const act = agent.children.find(({ key }) => key === 'act')
  if (!isMidst(frameAt(snapshot, agent.path) as Frame, act)) return all
  const onward = part.key === 'think' ? all.find((each) => each.type === 'gives' && callsIn(each.value)) : all[0]
  return onward ? [onward] : all
}

/** Who spoke last, before a turn of the model. */
function roleAt(snapshot: AnyMachineSnapshot, think: string): unknown {
  const { messages = [] } = Object(frameAt(snapshot, think)?.input) as { messages?: readonly { role?: unknown }[] }
  return messages.at(-1)?.role
}

/** What the calls of a turn come to; undefined for all others. */
function callsAt(
  part: Part,
  snapshot: AnyMachineSnapshot,
  samples: Samples,
  model: ChartModel,
): Happening[] | undefined {
  const pool = isCalls(part) ? model.poolAt(part.path) : undefined
  const calls = frameAt(snapshot, part.path)?.input as TurnCalls | undefined
  return pool && calls && callHappenings(part, pool, { snapshot, calls, samples, rounds: model.rounds })
}

/** What the user says to an agent while it thinks for the first time: later it makes no difference to what may happen. */
function saidTo(frame: Frame, snapshot: AnyMachineSnapshot, { machine }: ChartModel): Happening[] {
  const { path, hears, heard, iteration = 0, attempt } = frame
  if (!hears || heard || iteration > 0 || attempt > 1 || !(`${path}.think` in snapshot.children)) return []
  // Who asks is each call; of a word to none of them the agent says so.
  const { takers } = outsideOf(machine) ?? {}
  const words = ['APPROVE', 'REJECT'].filter((type) => takers?.get(type)?.has(path))
  const send = (event: object, refused = false): Happening => ({
    type: 'send',
    path,
    event: { ...event, path } as unknown as { type: string },
    ...(refused && { refused }),
  })
  return [
    send({ type: 'MESSAGE', content: 'text' }),
    { ...send({ type: 'MESSAGE', content: 'text', mode: 'now' }), says: 'receives MESSAGE with mode now' } as Happening,
    send({ type: 'MESSAGE', content: 'text', mode: 'never' }, true),
    send({ type: 'CANCEL_CALL', id: 'none' }, true),
    ...words.map((type) => send({ type, id: 'none' }, true)),
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
