import type { AnyMachineSnapshot } from 'xstate'
import { type Definition, isAgent } from '../../analysis/definition.ts'
import { isUnknownValue } from '../../analysis/schema/unknown-value.ts'
import { findInvalid, findValid } from '../../analysis/schema/find-value.ts'
import { tryValidate } from '../../analysis/schema/validate.ts'
import type { StandardSchema } from '../../types.ts'
import { resumes } from '../samples/agent/resumed-conversation.ts'
import { inputConstraints, outputConstraints } from '../samples/constraints.ts'
import { sampleErrors } from '../samples/sample-errors.ts'
import type { SampleOptions } from '../samples/sample-options.ts'
import { sampleValues } from '../samples/sample-values.ts'
import { isIdleTimer, pathOfActor, type SimulatedEvent } from '../simulation/simulated-event.ts'
import { framesOf, type SimulationState } from '../simulation/simulation-state.ts'
import type { TestModel } from '../simulation/test-model.ts'
import { agentOutputs, messagesToAgent, stateOfTurn, toolCallEvents, withoutMiddleTurns } from './agent/agent-events.ts'
import { approvalEvents, isAwaitingApproval } from './agent/approval-events.ts'
import { resumedStart, toolCallStarts } from './agent/start-events.ts'
import { ampleSets } from './partial-order-reduction.ts'

/** The events that may happen next: the happy path first, then what a schema rejects, failures, timers and the end. */
export function enabledEvents(model: TestModel, state: SimulationState, samples: SampleOptions): SimulatedEvent[] {
  const { snapshot, timers, end, now } = state
  if (end) return []
  if (!snapshot) return startEvents(model, samples)
  const due = [...timers].find(([, at]) => at <= now)
  if (due) return [timerEvent(due[0])]

  const ampleSetOf = ampleSets(state)
  const settled = Object.keys(snapshot.children).flatMap((actor): readonly SimulatedEvent[] => {
    const [path = '', verb] = actor.split('#')
    const definition = model.definitions.get(path)
    if (!definition || (verb !== undefined && verb !== 'processOutput')) return []
    const ampleSet = ampleSetOf(path)
    if (ampleSet === 'none') return []
    const all =
      toolCallEvents(definition, snapshot, samples, model) ?? actorEvents(definition, actor, samples, model, snapshot)
    const events = withoutMiddleTurns(definition, snapshot, all)
    return ampleSet === 'success' ? events.slice(0, 1) : [...events, ...lateEvents(events[0], state)]
  })
  const frames = framesOf(snapshot).filter(({ path }) => ampleSetOf(path) === 'all')
  const sent = frames.flatMap((frame) => {
    const definition = model.definitions.get(frame.path)
    if (!definition || !frame.waitsFor) return []
    return model.tool && definition === model.root && isAwaitingApproval(frame)
      ? approvalEvents(definition)
      : sendEvents(definition, samples)
  })
  const dequeued: SimulatedEvent[] = snapshot.value === 'queued' ? [{ type: 'dequeue', path: model.root.path }] : []
  const messages = frames.flatMap((frame) => messagesToAgent(frame, snapshot, model))
  return [...settled, ...dequeued, ...sent, ...messages, ...timerEvents(timers), { type: 'cancel' }]
}

const timerEvent = (actor: string): SimulatedEvent => ({ type: 'after', path: pathOfActor(actor), actor })

/** The next timer; where that is an idle timer, which progress restarts, also the next that is not. */
function timerEvents(timers: SimulationState['timers']): SimulatedEvent[] {
  const sorted = [...timers].toSorted(([, a], [, b]) => a - b).map(([id]) => id)
  const [next] = sorted
  const others = next !== undefined && isIdleTimer(next) ? sorted.filter((id) => !isIdleTimer(id)) : []
  return [...sorted.slice(0, 1), ...others.slice(0, 1)].map(timerEvent)
}

function startEvents(model: TestModel, { inputs }: SampleOptions): SimulatedEvent[] {
  const { root, inferred, tool } = model
  if (tool) return toolCallStarts(model, tool)
  const constraints = inputConstraints(root)
  const all = [...(inputs ?? []), ...withInferred(sampleValues(constraints), inferred, '')]
  const invalid = constraints.schemas.flatMap((schema) => findInvalid(schema) ?? []).slice(0, 1)
  return [
    ...all.map((input): SimulatedEvent => ({ type: 'start', input, ...(all.length > 1 && { isVariant: true }) })),
    ...(isAgent(root) && resumes(root) ? [resumedStart] : []),
    ...invalid.map(({ value }) => ({ type: 'start' as const, input: value, rejected: true })),
  ]
}

const withInferred = (values: readonly unknown[], inferred: TestModel['inferred'], actor: string): unknown[] =>
  values.map((value) => (isUnknownValue(value) && inferred.has(actor) ? inferred.get(actor) : value))

/** The events that end an actor: outputs, an output that its schema rejects, and errors. */
function actorEvents(
  definition: Definition,
  actor: string,
  { samples }: SampleOptions,
  { inferred, outcomes }: TestModel,
  snapshot: AnyMachineSnapshot,
): readonly SimulatedEvent[] {
  const { path, node } = definition
  const key = `${actor}${stateOfTurn(definition, snapshot)}`
  const known = outcomes.get(key)
  if (known) return known
  const isProcessOutput = actor !== path
  const given = samples?.[actor]
  // The output of `processOutput` is not validated again.
  const schema = isProcessOutput ? undefined : node.output
  const values =
    given?.filter((value) => !(value instanceof Error)) ??
    (isProcessOutput ? undefined : agentOutputs(definition, snapshot)) ??
    withInferred(sampleValues(outputConstraints(definition), schema), inferred, actor)
  const done = values.map((value): SimulatedEvent => ({
    type: 'done',
    path,
    actor,
    value,
    ...(values.length > 1 && { isVariant: true }),
    ...(schema && 'issue' in tryValidate(schema, value) && { rejected: true }),
  }))
  const invalid = schema && findInvalid(schema)
  const rejected: SimulatedEvent[] = invalid
    ? [{ type: 'done', path, actor, value: invalid.value, rejected: true }]
    : []
  const errors = given?.filter((value) => value instanceof Error) ?? []
  const failed = (errors.length > 0 ? errors : sampleErrors(definition)).map((error, index): SimulatedEvent => ({
    type: 'error',
    path,
    actor,
    error,
    index,
  }))
  const events = [...done, ...rejected, ...failed]
  outcomes.set(key, events)
  return events
}

/** The same output just before the next timer fires, where a timer further out can fire only after it. */
function lateEvents(event: SimulatedEvent | undefined, { timers, now }: SimulationState): SimulatedEvent[] {
  if (event?.type !== 'done' || event.rejected || timers.size < 2) return []
  const next = Math.min(...timers.values())
  const hasLonger = [...timers].some(([id, at]) => at > next && event.path.startsWith(`${pathOfActor(id)}.`))
  return hasLonger && next - 1 > now ? [{ ...event, late: true }] : []
}

/** The events that a `receive` accepts, and one of each type that it rejects. */
function sendEvents({ path, node }: Definition, { samples }: SampleOptions): SimulatedEvent[] {
  const events = Object.entries(node.facts?.events ?? {})
  const given = samples?.[path] as { type: string }[] | undefined
  const sent = given ?? events.map(([type, schema]) => ({ ...payloadOf(schema), type }))
  return [
    ...sent.map((event): SimulatedEvent => ({ type: 'send', path, event: { ...event, path } as { type: string } })),
    ...events.map(([type, schema]): SimulatedEvent => {
      const invalid = [{}, ...withNullFields(schema)].find((payload) => 'issue' in tryValidate(schema, payload))
      // A schema that accepts any payload: the event is rejected because its path is another.
      const event = invalid ? { ...invalid, type, path } : { type, path: `${path}?` }
      return { type: 'send', path, event, rejected: true }
    }),
  ]
}

/** The smallest valid payload. */
const payloadOf = (schema: StandardSchema): object =>
  'value' in tryValidate(schema, {}) ? {} : ((findValid(schema)?.value ?? {}) as object)

function withNullFields(schema: StandardSchema): object[] {
  const value = findValid(schema)?.value
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return keys.map((key) => ({ ...(value as object), [key]: null }))
}
