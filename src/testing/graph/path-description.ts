import { endGuard, stepGuard } from '../../analysis/chart/guards.ts'
import type { TransitionTable } from '../../analysis/chart/transition-table.ts'
import { callsModel, type Definition, isToolCalls } from '../../analysis/definition.ts'
import { lenientStringify } from '../../analysis/stringify.ts'
import { pathLabelOf } from '../../border/label.ts'
import { toolNamesIn } from '../samples/agent/model-outputs.ts'
import { isApprovalTimer, isIdleTimer, isRetryTimer, type SimulatedEvent } from '../simulation/simulated-event.ts'
import type { RunEnd, SimulationState } from '../simulation/simulation-state.ts'
import type { TestModel } from '../simulation/test-model.ts'
import { withoutRepetitions } from './repetitions.ts'

type Definitions = ReadonlyMap<string, Definition>
/** Phrases about the flows of a pipeline, by the step that leads to them. */
type FlowNotes = ReadonlyMap<SimulatedEvent, readonly string[]>

/** A path in words: "chat fails twice, then answers 'bad' → emailNotification fails → failed at …". */
export function describePath(
  { definitions, table }: Pick<TestModel, 'definitions' | 'table'>,
  steps: readonly SimulatedEvent[],
  states: readonly SimulationState[],
  end: RunEnd,
): string {
  const notes = new Map(
    states.map(({ taken }, index) => [steps[index] as SimulatedEvent, flowNotes(taken, table, definitions)]),
  )
  const phrases = withoutRepetitions(grouped(steps).flatMap((group) => phraseOf(group, definitions, notes) ?? []))
  const isHappyPath =
    end.state === 'complete' &&
    steps.every((step) => step.type === 'start' || (step.type === 'done' && !step.rejected && !step.isVariant))
  return [...phrases, ...(isHappyPath ? ['no failures'] : []), endPhrase(end, definitions)].join(' → ')
}

function endPhrase(end: RunEnd, definitions: Definitions): string {
  if (end.state === 'complete') return end.isRejected ? 'rejected' : 'complete'
  return `failed at ${definitions.get(end.path)?.displayName ?? end.path} (${end.code})`
}

/** Successive events of one function make one phrase; the delays before its retries belong to it. */
function grouped(events: readonly SimulatedEvent[]): SimulatedEvent[][] {
  const groups: SimulatedEvent[][] = []
  for (const event of events) {
    const last = groups.at(-1)
    const before = last?.[0]
    if (event.type === 'after' && isRetryTimer(event.actor) && !event.failpoint) {
      // A retry of a parent starts a new phrase.
      if (before && 'path' in before && before.path !== event.path) groups.push([])
      continue
    }
    const hasFailpoint = last?.some((each) => 'failpoint' in each && each.failpoint)
    const isSamePath = before && 'path' in before && 'path' in event && before.path === event.path
    if (isSamePath && before.type !== 'send' && !hasFailpoint) last?.push(event)
    else groups.push([event])
  }
  return groups
}

function phraseOf(group: readonly SimulatedEvent[], definitions: Definitions, notes: FlowNotes): string | undefined {
  const [first] = group
  if (!first) return undefined
  const flowPhrases = group.flatMap((event) => notes.get(event) ?? [])
  // A failpoint throws last.
  const failpoints = group.flatMap((event) =>
    'failpoint' in event && event.failpoint ? [failpointPhrase(event.failpoint, definitions)] : [],
  )
  if (first.type === 'start') {
    if (first.rejected) return 'the input is rejected'
    const input = first.isVariant ? `input ${excerpt(first.input)}` : undefined
    return [input, first.label, ...flowPhrases, ...failpoints].filter(Boolean).join(' → ') || undefined
  }
  if (first.type === 'cancel') return 'it is cancelled'
  if (first.type === 'dequeue') return `${shortName(first.path, definitions)} leaves the queue`
  const definition = definitions.get(first.path)
  // The label of an outcome of tool calls names the calls.
  if ('label' in first && first.label && isToolCalls(definition)) return first.label
  const verbs = verbsOf(group, definition)
  const own = verbs.length > 0 ? [`${shortName(first.path, definitions)} ${verbs.join(', then ')}`] : []
  return [...own, ...flowPhrases, ...failpoints].join(' → ') || undefined
}

function verbsOf(group: readonly SimulatedEvent[], definition: Definition | undefined): string[] {
  const verbs: string[] = []
  let times = 1
  group.forEach((event, index) => {
    const verb = verbOf(event, definition, group.length > 1)
    if (verb === undefined) return
    const next = group[index + 1]
    if (next && verbOf(next, definition, true) === verb) {
      times += 1
      return
    }
    verbs.push(times > 1 ? `${verb} ${times === 2 ? 'twice' : `${times} times`}` : verb)
    times = 1
  })
  return verbs
}

/** `isOneOfMany`: a plain success is worth a verb only beside other events. */
function verbOf(event: SimulatedEvent, definition: Definition | undefined, isOneOfMany: boolean): string | undefined {
  switch (event.type) {
    case 'done': {
      const { value, isVariant, rejected, late, actor, path } = event
      if (event.label) return event.label
      const verb = definition && callsModel(definition) ? 'answers' : 'returns'
      if (rejected) return `${verb} what its schema rejects`
      if (actor !== path) return undefined
      const when = late ? ' at the last moment' : ''
      const tools = toolNamesIn(value)
      if (tools !== undefined) return `calls ${tools}${when}`
      if (isVariant) return `${verb} ${excerpt(value)}${when}`
      return isOneOfMany || late ? `${verb === 'returns' ? 'works' : verb}${when}` : undefined
    }
    case 'error': {
      const { message } = event.error
      const verb = event.actor === event.path ? 'fails' : 'fails in processOutput'
      return `${verb}${message === 'simulated failure' ? '' : ` with ${excerpt(message)}`}`
    }
    case 'after':
      // The delay before a retry: the failpoint of the next attempt has a phrase of its own.
      if (event.failpoint) return undefined
      if (isApprovalTimer(event.actor)) return 'is not approved in time'
      return isIdleTimer(event.actor) ? 'makes no progress' : 'times out'
    case 'send':
      if (event.label) return event.label
      return event.rejected ? `rejects ${event.event.type}` : `receives ${event.event.type}`
    default:
      return undefined
  }
}

function failpointPhrase(failpoint: string, definitions: Definitions): string {
  const [path = '', verb = ''] = failpoint.split('#')
  const name = shortName(path, definitions)
  if (verb === 'validateInput') return `${name} rejects its input`
  if (verb === 'validateOutput') return `${name} rejects its output`
  if (verb.startsWith('endWhen:')) return `endWhen of ${name} throws`
  if (verb.startsWith('when:')) {
    let step = `${path}.${verb.slice('when:'.length)}`
    // The key of the state of a predicate has another colon where a step has the same key.
    while (!definitions.has(step) && step.endsWith(':')) step = step.slice(0, -1)
    return `the predicate of ${shortName(step, definitions)} throws`
  }
  if (verb !== 'begin') return `the predicate of ${name} throws`
  const parent = definitions.get(path)?.parent
  return parent?.node.facts?.next
    ? `next of ${shortName(parent.path, definitions)} throws`
    : `the mapper of ${name} throws`
}

/** What the transitions tell about the steps of flows: which was skipped, and which flow ended early. */
function flowNotes(taken: readonly string[], { transitions }: TransitionTable, definitions: Definitions): string[] {
  return taken.flatMap((id) => {
    const { from, guard, path } = transitions.get(id) ?? {}
    if (from === undefined || path === undefined) return []
    const step = guard === undefined ? conditionalStep(from, path, transitions) : undefined
    if (step !== undefined) return [`${shortName(`${path}.${step}`, definitions)} is skipped`]
    return guard?.startsWith(endGuard(path)) ? [`${shortName(path, definitions)} ends early`] : []
  })
}

/** The step of a flow for which a state runs a predicate: the guard of its other transition names it. */
function conditionalStep(state: string, flow: string, transitions: TransitionTable['transitions']): string | undefined {
  const guards = [...transitions.values()].flatMap(({ from, guard }) => (from === state ? (guard ?? []) : []))
  return guards.find((guard) => guard.startsWith(stepGuard(flow)))?.slice(stepGuard(flow).length)
}

/** The shortest end of a path that names one function only, with the user's own name of it. */
function shortName(path: string, definitions: Definitions): string {
  const { ownName } = definitions.get(path) ?? {}
  const keys = path.split('.')
  for (let count = 1; count < keys.length; count++) {
    const name = keys.slice(-count).join('.')
    const same = [...definitions.keys()].filter((other) => other === name || other.endsWith(`.${name}`))
    if (same.length === 1 && name !== 'deciding' && name !== 'body' && name !== 'each')
      return pathLabelOf(name, ownName)
  }
  return pathLabelOf(path, ownName)
}

/** A value as a text of at most 60 characters. */
function excerpt(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 39)}…` : value}'`
  const text = lenientStringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
